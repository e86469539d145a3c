import { beforeEach, describe, expect, test } from 'vitest'
import type { Channel } from '../kernel/network.ts'
import { Network } from './network.ts'
import { Process } from './process.ts'
import { Dice } from './random.ts'
import { Time } from './time.ts'
import { Trace } from './trace.ts'

let time: Time
let network: Network
let here: Process
let there: Process
/** What box a saw (`<`), and what box b saw (`>`), with the moment. */
let seen: string[]
let far: Channel[]

beforeEach(() => {
  time = new Time()
  network = new Network(time, new Dice('network'), new Trace())
  here = new Process('a/1', time)
  there = new Process('b/1', time)
  seen = []
  far = []
  network.listen('b', there, (channel) => {
    far.push(channel)
    return {
      message: (message) => seen.push(`> ${String(message)}`),
      closed: () => seen.push('> closed'),
    }
  })
})

async function open(): Promise<Channel> {
  let opened: Channel | undefined
  network.dialer('a', here)('box:b', {
    opened: (channel) => (opened = channel),
    message: (message) => seen.push(`< ${String(message)}`),
    closed: (why) => seen.push(`< closed ${why}`),
  })
  await time.run(time.now + 100)
  if (!opened) throw new Error('not opened')
  return opened
}

const bytes = (...values: readonly number[]) => Uint8Array.from(values)

test('messages arrive whole and in order, whatever becomes of the buffer', async () => {
  const channel = await open()
  const buffer = bytes(1)
  channel.send(buffer)
  buffer[0] = 9
  for (let i = 2; i < 10; i += 1) channel.send(bytes(i))
  await time.run(time.now + 1000)
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => `> ${i}`))
})

test('packet loss delays, and keeps the order', async () => {
  const channel = await open()
  network.setWeather('a', 'b', { loss: 0.5 })
  for (let i = 0; i < 50; i += 1) channel.send(bytes(i))
  await time.run(time.now + 60_000)
  expect(seen.filter((each) => each.startsWith('> '))).toEqual(Array.from({ length: 50 }, (_, i) => `> ${i}`))
})

test('a narrow link takes its time, and says what waits', async () => {
  const channel = await open()
  network.setWeather('a', 'b', { bytesPerSecond: 8000 })
  channel.send(new Uint8Array(16_000 - 40))
  expect(channel.waiting()).toBe(16_000)
  await time.run(time.now + 1900)
  expect(seen).toEqual([])
  await time.run(time.now + 200)
  expect(seen).toHaveLength(1)
  expect(channel.waiting()).toBe(0)
})

test('nobody listens: the dial is refused; nobody answers: it gives up', async () => {
  there.end('killed')
  await expect(open()).rejects.toThrow('not opened')
  expect(seen).toEqual(['< closed nobody listens there'])
  network.cut('a', 'b')
  await expect(open()).rejects.toThrow('not opened')
  await time.run(time.now + 20_000)
  expect(seen).toEqual(['< closed nobody listens there', '< closed no answer'])
})

test('closing is told to both ends, once', async () => {
  const channel = await open()
  channel.send(bytes(1))
  channel.close('enough')
  channel.close('again')
  channel.send(bytes(2))
  await time.run(time.now + 20_000)
  expect(seen).toEqual(['> 1', '> closed', '< closed enough'])
})

describe('a cut', () => {
  test('holds back what is on its way, and lets it arrive late', async () => {
    const channel = await open()
    network.cut('a', 'b')
    channel.send(bytes(1))
    await time.run(time.now + 60_000)
    expect(seen).toEqual([])
    network.heal('a', 'b')
    channel.send(bytes(2))
    await time.run(time.now + 10_000)
    expect(seen).toEqual(['> 1', '> 2'])
  })

  test('lets an old channel speak after a new one was opened', async () => {
    const old = await open()
    network.cut('a', 'b')
    old.send(bytes(1))
    old.close('I gave up')
    await time.run(time.now + 6000)
    expect(seen).toEqual(['< closed I gave up'])
    network.heal('a', 'b')
    const fresh = await open()
    fresh.send(bytes(2))
    await time.run(time.now + 10_000)
    expect(seen.toSorted()).toEqual(['< closed I gave up', '> 1', '> 2', '> closed'])
  })

  test('may go one way only', async () => {
    const channel = await open()
    network.cut('a', 'b', 'forth')
    channel.send(bytes(1))
    far[0]?.send(bytes(2))
    await time.run(time.now + 10_000)
    expect(seen).toEqual(['< 2'])
  })
})

test('a half-open channel loses everything, and tells nobody', async () => {
  const channel = await open()
  expect(network.forget('a', 'b', 'forth')).toBe(1)
  channel.send(bytes(1))
  far[0]?.send(bytes(2))
  await time.run(time.now + 3_600_000)
  expect(seen).toEqual(['< 2'])
})

describe('an end without its process', () => {
  test('that was killed closes: its operating system says so', async () => {
    await open()
    there.end('killed')
    await time.run(time.now + 1000)
    expect(seen).toEqual(['< closed the process is gone'])
  })

  test('that lost its power says nothing, until its machine is back and is spoken to', async () => {
    const channel = await open()
    there.end('unplugged')
    channel.send(bytes(1))
    await time.run(time.now + 60_000)
    expect(seen).toEqual([])
    network.listen('b', new Process('b/2', time), () => ({ message: () => {}, closed: () => {} }))
    channel.send(bytes(2))
    await time.run(time.now + 60_000)
    expect(seen).toEqual(['< closed nobody is here'])
  })
})

test.each([
  ['drop', (got: readonly number[]) => got.length < 200 && new Set(got).size === got.length],
  ['double', (got: readonly number[]) => got.length > 200 && new Set(got).size === 200],
  [
    'swap',
    (got: readonly number[]) =>
      got.length >= 199 && got.some((value, i) => i > 0 && value < (got[i - 1] as number)),
  ],
] as const)('a hostile middle can %s whole messages', async (hostile, happened) => {
  const channel = await open()
  network.setWeather('a', 'b', { hostile, hostility: 0.1 })
  for (let i = 0; i < 200; i += 1) channel.send(bytes(i))
  await time.run(time.now + 60_000)
  expect(happened(seen.map((each) => Number(each.slice(2))))).toBe(true)
})

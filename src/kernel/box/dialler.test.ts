import { describe, expect, test } from 'vitest'
import type { Link } from '../link/link.ts'
import { manualMachine } from '../manual-machine.ts'
import type { Channel, ChannelEvents, Dial } from '../network.ts'
import { Dialler } from './dialler.ts'

type Attempt = Parameters<Dial>[1]
const above = { address: 'hub:443', box: 'boxh', publicKey: 'key' }

function dialling() {
  const time = manualMachine()
  const attempts: Attempt[] = []
  const happened: string[] = []
  const dial: Dial = (address, events) => {
    expect(address).toBe(above.address)
    attempts.push(events)
  }
  const channel: Channel = {
    send: () => {},
    waiting: () => 0,
    close: (why) => happened.push(`channel closed: ${why}`),
  }
  const channelEvents: ChannelEvents = {
    message: (message) => happened.push(`message ${message.length}`),
    closed: (why) => happened.push(`link closed: ${why}`),
  }
  const link = {
    channelEvents,
    close: (why: string) => happened.push(`link told: ${why}`),
  } as unknown as Link
  const dialler = new Dialler(above, dial, time.machine, () => link)
  /** Fails the last attempt; tells how long it takes until the next. */
  const fails = () => {
    attempts.at(-1)?.closed('nobody answers')
    const count = attempts.length
    let waited = 0
    for (; attempts.length === count && waited < 20_000; waited++) time.pass(1)
    return waited
  }
  return { ...time, dialler, attempts, happened, channel, fails }
}

describe('keeping a link to the box above', () => {
  test('it dials at once, and again when nobody answers, at growing distances up to 5 s', () => {
    const { fails } = dialling()
    for (const wait of [250, 500, 1000, 2000, 4000, 5000, 5000, 5000]) {
      const waited = fails()
      expect(waited).toBeGreaterThanOrEqual(wait * 0.75)
      expect(waited).toBeLessThanOrEqual(wait * 1.25)
    }
  })

  test('once the link works, the next break is a new one', () => {
    const { dialler, fails } = dialling()
    for (let time = 0; time < 6; time++) fails()
    dialler.established()
    expect(fails()).toBeLessThanOrEqual(313)
  })

  test('what comes on the channel goes to its link', () => {
    const { attempts, happened, channel } = dialling()
    attempts[0]?.opened(channel)
    attempts[0]?.message(new Uint8Array(7))
    attempts[0]?.closed('cable')
    expect(happened).toEqual(['message 7', 'link closed: cable'])
  })

  test('stopped, it closes its link and never dials again', () => {
    const { dialler, attempts, happened, channel, pass } = dialling()
    attempts[0]?.opened(channel)
    dialler.stop()
    attempts[0]?.closed('stopped')
    pass(60_000)
    expect(attempts).toHaveLength(1)
    expect(happened[0]).toMatch(/^link told: /)
  })

  test('stopped while it waits or while it dials, nothing comes of it', () => {
    const waiting = dialling()
    waiting.attempts[0]?.closed('nobody answers')
    waiting.dialler.stop()
    waiting.pass(60_000)
    expect(waiting.attempts).toHaveLength(1)
    const underWay = dialling()
    underWay.dialler.stop()
    underWay.attempts[0]?.opened(underWay.channel)
    expect(underWay.happened).toEqual(['channel closed: stopped'])
  })
})

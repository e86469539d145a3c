import { describe, expect, test } from 'vitest'
import type { Link } from '../link/link.ts'
import { manualMachine } from '../manual-machine.ts'
import type { Channel, ChannelEvents, Dial } from '../network.ts'
import { Dialler } from './dialler.ts'

type Attempt = Parameters<Dial>[1]
const above = { address: 'hub:443', box: 'boxh', publicKey: 'key' }

function dialling(linked = false) {
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
  const state = { linked }
  const { machine } = time
  const dialler = new Dialler({
    above,
    dial,
    machine,
    isLinked: () => state.linked,
    makeLink: () => link,
  })
  /** Fails the last attempt; tells how long it takes until the next. */
  const fails = () => {
    attempts.at(-1)?.closed('nobody answers')
    const count = attempts.length
    let waited = 0
    for (; attempts.length === count && waited < 20_000; waited++) time.pass(1)
    return waited
  }
  return { ...time, dialler, state, attempts, happened, channel, fails }
}

describe('keeping a link to the box above', () => {
  test('LINK-14 it dials at once, and again when nobody answers, at growing distances up to 5 s', () => {
    const { fails } = dialling()
    for (const wait of [250, 500, 1000, 2000, 4000, 5000, 5000, 5000]) {
      const waited = fails()
      expect(waited).toBeGreaterThanOrEqual(wait * 0.75)
      expect(waited).toBeLessThanOrEqual(wait * 1.25)
    }
  })

  test('LINK-14 once the link works, the next break is a new one', () => {
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
  test('LINK-14 while there is a link that the other box dialled it does not dial', () => {
    const { dialler, state, attempts, pass } = dialling(true)
    pass(60_000)
    expect(attempts).toHaveLength(0)
    state.linked = false
    dialler.lost()
    pass(313)
    expect(attempts).toHaveLength(1)
  })

  test('LINK-14 its own channel, closed in favour of the link of the other, is not dialled again until that is lost', () => {
    const { dialler, state, attempts, channel, pass } = dialling()
    attempts[0]?.opened(channel)
    state.linked = true
    attempts[0]?.closed('another link of the same box')
    pass(60_000)
    expect(attempts).toHaveLength(1)
    state.linked = false
    dialler.lost()
    pass(5_000)
    expect(attempts).toHaveLength(2)
  })

  test('a link lost while its channel is open, or while it waits, is dialled once', () => {
    const { dialler, attempts, channel, pass } = dialling()
    attempts[0]?.opened(channel)
    dialler.lost()
    pass(60_000)
    expect(attempts).toHaveLength(1)
    attempts[0]?.closed('cable')
    dialler.lost()
    pass(60_000)
    expect(attempts).toHaveLength(2)
  })

  test('lost after it was stopped, it leaves no timer behind', () => {
    const { dialler, attempts, channel, pending } = dialling()
    attempts[0]?.opened(channel)
    dialler.stop()
    attempts[0]?.closed('stopped')
    dialler.lost()
    expect(pending()).toBe(0)
  })
})

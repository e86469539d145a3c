import { describe, expect, test } from 'vitest'
import { manualMachine, seededRandom } from '../manual-machine.ts'
import type { Frame, SiteFrame } from './frames.ts'
import { wireVersion } from './frames.ts'
import type { Identity } from './identity.ts'
import { makeIdentity, signText } from './identity.ts'
import { backlogInFlight } from './lines.ts'
import type { LinkEvents, Peer } from './link.ts'
import { Link, deadAfterMs } from './link.ts'
import { MemoryChannel } from './memory-channel.ts'
import { decodeFrame, encodeFrame } from './wire.ts'

const above = makeIdentity(seededRandom(1))
const below = makeIdentity(seededRandom(2))
const stranger = makeIdentity(seededRandom(3))

type Side = {
  readonly link: Link
  readonly happened: string[]
  readonly frames: {
    readonly frame: SiteFrame
    readonly lines: readonly string[]
    readonly done: () => void
  }[]
}

type Options = {
  readonly identity?: Identity
  readonly accepts?: (peer: Peer) => boolean
  readonly process?: string
  readonly seed?: number
}

/** A box below that dials the one above. Nothing has been carried yet. */
function dialled(options: { a?: Options; b?: Options } = {}) {
  const time = manualMachine(9)
  const channel = new MemoryChannel()
  const side = (end: 'a' | 'b', identity: Identity): Side => {
    const happened: string[] = []
    const frames: Side['frames'] = []
    const events: LinkEvents = {
      established: () => happened.push('established'),
      frame: (_link, frame, lines, done) => frames.push({ frame, lines, done }),
      drained: () => happened.push('drained'),
      closed: (_link, why) => happened.push(`closed: ${why}`),
    }
    const own = options[end] ?? {}
    const parts = {
      identity: own.identity ?? identity,
      machine: { ...time.machine, random: seededRandom(own.seed ?? (end === 'a' ? 21 : 22)) },
      process: own.process ?? `process${end}`,
      accepts: own.accepts ?? (() => true),
      events,
    }
    const link = new Link(parts, channel[end].channel, end === 'a')
    channel[end].listen(link.channelEvents)
    return { link, happened, frames }
  }
  const [a, b] = [side('a', below), side('b', above)]
  return { a, b, channel, ...time }
}

function established() {
  const pair = dialled()
  pair.channel.flow()
  expect([pair.a.happened, pair.b.happened]).toEqual([['established'], ['established']])
  return pair
}

const records = (from: number): SiteFrame => {
  return { t: 'records', site: 'fair', box: 'box1', stream: 'stream1', from }
}
const hello: Frame = {
  t: 'hello',
  wire: wireVersion,
  box: 'boxx',
  publicKey: '',
  process: 'proc',
  nonce: 'x'.repeat(32),
}
const want: SiteFrame = { t: 'want', site: 'fair', after: 3, chain: '' }
const closedBecause = ({ happened }: Side) => happened.find((each) => each.startsWith('closed'))
/** The frame inside a message. */
const typeOf = (message: Uint8Array) => decodeFrame(message).frame.t
/** The same message, saying something else. */
const rewritten = (message: Uint8Array, change: object) => {
  const { number, frame, lines } = decodeFrame(message)
  return encodeFrame(number, { ...frame, ...change }, lines)
}

describe('meeting', () => {
  test('LINK-3 both sides prove who they are, then the link is up on both', () => {
    const { a, b } = established()
    expect(a.link.peer).toEqual({ box: above.box, publicKey: above.publicKey, process: 'processb' })
    expect(b.link.peer).toEqual({ box: below.box, publicKey: below.publicKey, process: 'processa' })
    expect([a.link.isUp, b.link.isUp, a.link.dialled, b.link.dialled]).toEqual([true, true, true, false])
  })

  test('LINK-3 before the proof nothing leaves, and nobody is believed', () => {
    const { a, b, channel } = dialled()
    a.link.send(want)
    channel.alter = (message) => (typeOf(message) === 'proof' ? [] : [message])
    channel.flow()
    expect([a.link.isUp, b.link.isUp]).toEqual([false, false])
    expect([a.link.hasBacklogRoom(), a.link.hasLiveRoom()]).toEqual([false, false])
    expect([...a.frames, ...b.frames, ...a.happened, ...b.happened]).toEqual([])
  })

  test('LINK-15 a box that is not known here, or comes with another key, is sent away in words', () => {
    const met: Peer[] = []
    const { a, b, channel } = dialled({ b: { accepts: (peer) => (met.push(peer), false) } })
    channel.flow()
    const why = `closed: box ${below.box} is not known here, or its key is another`
    expect([closedBecause(a), closedBecause(b)]).toEqual([why, why])
    expect(met).toEqual([{ box: below.box, publicKey: below.publicKey, process: 'processa' }])
  })

  test('LINK-3 a box that claims the key of another cannot prove it', () => {
    const { a, b, channel } = dialled({ a: { identity: { ...stranger, box: below.box } } })
    channel.alter = (message, to) =>
      to === 'b' && typeOf(message) === 'hello'
        ? [rewritten(message, { publicKey: below.publicKey })]
        : [message]
    channel.flow()
    expect(closedBecause(b)).toBe(`closed: box ${below.box} did not prove its key`)
    expect([a.link.isUp, b.link.isUp]).toEqual([false, false])
    expect(b.happened).toHaveLength(1)
  })

  test('LINK-3 a hello and a proof that were overheard prove nothing on another connection', () => {
    const overheard: Uint8Array[] = []
    const earlier = dialled()
    earlier.channel.alter = (message, to) => {
      if (to === 'b') overheard.push(message)
      return [message]
    }
    earlier.channel.flow()
    expect([earlier.b.link.isUp, overheard.length]).toEqual([true, 2])
    const later = dialled({ b: { seed: 23 } })
    for (const message of overheard) later.b.link.channelEvents.message(message)
    expect(closedBecause(later.b)).toBe(`closed: box ${below.box} did not prove its key`)
  })

  test('LINK-3 a proof is for one end: sent back to who made it, it proves nothing', () => {
    const { a, channel } = dialled({ b: { identity: below, process: 'processb' } })
    const signed: string[] = []
    channel.alter = (message, to) => {
      const { frame } = decodeFrame(message)
      if (frame.t === 'proof' && to === 'b') signed.push(frame.signature)
      return frame.t === 'proof' ? [] : [message]
    }
    channel.flow()
    const [signature = ''] = signed
    a.link.channelEvents.message(encodeFrame(1, { t: 'proof', signature }))
    expect(signature).not.toBe('')
    expect(closedBecause(a)).toBe(`closed: box ${below.box} did not prove its key`)
  })

  test('LINK-3 a signature over the right words under the wrong key is refused', () => {
    const { b, channel } = dialled()
    channel.alter = (message, to) =>
      typeOf(message) === 'proof' && to === 'b'
        ? [rewritten(message, { signature: signText(stranger, 'regie-link') })]
        : [message]
    channel.flow()
    expect(closedBecause(b)).toMatch(/did not prove its key/)
  })

  test('LINK-3 a proof is for one process: a hello that names another is refused', () => {
    const { b, channel } = dialled()
    channel.alter = (message, to) =>
      typeOf(message) === 'hello' && to === 'b'
        ? [rewritten(message, { process: 'anotherprocess00' })]
        : [message]
    channel.flow()
    expect(closedBecause(b)).toMatch(/did not prove its key/)
  })

  test('LINK-3 a box that calls itself hangs up', () => {
    const { a, channel } = dialled({ b: { identity: below, process: 'processa' } })
    channel.flow()
    expect(closedBecause(a)).toBe('closed: this box called itself')
  })

  test('LINK-20 another version of the wire is told which of the two to update', () => {
    const { a, b, channel } = dialled()
    channel.alter = (message, to) =>
      to === 'b' && typeOf(message) === 'hello' ? [rewritten(message, { wire: wireVersion + 1 })] : [message]
    channel.flow()
    const words = `the other box speaks wire ${wireVersion + 1}, this one ${wireVersion}: update the older`
    expect(closedBecause(b)).toBe(`closed: ${words}`)
    expect(a.happened).toHaveLength(1)
  })

  test.each(['proof', 'ping', 'want'] as const)('LINK-19 %s before hello closes', (t) => {
    const { b, channel } = dialled()
    const proof = { t: 'proof', signature: '' } as const
    const frame: Frame = { proof, ping: { t: 'ping', at: 0 } as const, want }[t]
    channel.alter = (_message, to) => (to === 'b' ? [encodeFrame(0, frame)] : [])
    channel.flow()
    expect(closedBecause(b)).toBe(`closed: ${t} before hello`)
  })

  test.each(['hello', 'want', 'credit'] as const)('LINK-19 %s before proof closes', (t) => {
    const { b, channel } = dialled()
    channel.alter = (message, to) => {
      if (to === 'a' || typeOf(message) !== 'proof') return [message]
      const frame: Frame = { hello, want, credit: { t: 'credit', bytes: 1 } as const }[t]
      return [encodeFrame(1, frame)]
    }
    channel.flow()
    expect(closedBecause(b)).toBe(`closed: ${t} before proof`)
  })
})

describe('frames', () => {
  test('LINK-2 they arrive in order, with their lines', () => {
    const { a, b, channel } = established()
    a.link.send(want)
    a.link.send(records(1), ['head', 'body'])
    channel.flow()
    expect(b.frames.map(({ frame, lines }) => [frame, lines])).toEqual([
      [want, []],
      [records(1), ['head', 'body']],
    ])
  })

  const accidents: [string, (all: Uint8Array[]) => Uint8Array[], string][] = [
    ['dropped', ([, ...rest]) => rest, 'frame 3 came where 2 was due'],
    [
      'doubled',
      ([one, ...rest]) => [one as Uint8Array, one as Uint8Array, ...rest],
      'frame 2 came where 3 was due',
    ],
    ['out of order', (all) => all.toReversed(), 'frame 4 came where 2 was due'],
    ['cut off', ([one]) => [(one as Uint8Array).subarray(0, 6)], 'a frame is cut off'],
  ]
  test.each(accidents)('LINK-2 a frame %s closes the link in words', (_, accident, words) => {
    const { a, b, channel } = established()
    const caught: Uint8Array[] = []
    channel.alter = (message) => {
      caught.push(message)
      return []
    }
    for (let from = 1; from <= 3; from++) a.link.send(records(from), ['h', 'b'])
    channel.flow()
    for (const message of accident(caught)) b.link.channelEvents.message(message)
    expect(closedBecause(b)).toBe(`closed: ${words}`)
    expect(closedBecause(a)).toBe(`closed: ${words}`)
    expect(b.happened).toHaveLength(2)
  })

  test.each(['hello', 'proof'])('LINK-19 %s a second time closes', (t) => {
    const { b } = established()
    const frame = t === 'hello' ? hello : ({ t: 'proof', signature: '' } as const)
    b.link.channelEvents.message(encodeFrame(2, frame))
    expect(closedBecause(b)).toBe(`closed: ${t} twice`)
  })

  test('after the close nothing is sent, taken, or told again', () => {
    const { a, b, channel, pending } = established()
    a.link.send(want)
    b.link.close('enough')
    b.link.close('again')
    a.link.send(want)
    channel.flow()
    b.link.channelEvents.message(encodeFrame(2, want))
    expect(closedBecause(a)).toBe('closed: enough')
    expect([a.happened, b.happened]).toEqual([
      ['established', 'closed: enough'],
      ['established', 'closed: enough'],
    ])
    expect(b.frames).toEqual([])
    expect([a.link.isUp, pending()]).toEqual([false, 0])
  })

  test('what breaks in a listener closes the link with its words', () => {
    const { a, b, channel } = established()
    b.frames.push = () => {
      throw new Error('a listener broke')
    }
    a.link.send(want)
    channel.flow()
    expect(closedBecause(a)).toBe('closed: a listener broke')
  })
})

describe('a dead connection', () => {
  test('LINK-8 a link on which nothing happens stays up', () => {
    const { a, b, channel, pass } = established()
    for (let second = 0; second < 120; second++) {
      pass(1000)
      channel.flow()
    }
    expect([a.link.isUp, b.link.isUp]).toEqual([true, true])
    expect([...a.frames, ...b.frames]).toEqual([])
  })

  test('LINK-8 on a quiet link one of the two asks', () => {
    const { channel, pass } = established()
    const seen: string[] = []
    channel.alter = (message, to) => {
      seen.push(`${typeOf(message)} to ${to}`)
      return [message]
    }
    for (let second = 0; second < 41; second++) {
      pass(1000)
      channel.flow()
    }
    expect([...new Set(seen)]).toEqual(['ping to b', 'pong to a'])
    expect(seen).toHaveLength(20)
  })

  test('LINK-8 half open: who hears nothing for 10 s gives up, and not before', () => {
    const { a, b, channel, pass, pending } = established()
    channel.cut()
    pass(deadAfterMs - 1)
    expect([a.link.isUp, b.link.isUp]).toEqual([true, true])
    pass(1)
    expect([closedBecause(a), closedBecause(b)]).toEqual([
      'closed: heard nothing for 10 s',
      'closed: heard nothing for 10 s',
    ])
    expect(pending()).toBe(0)
  })

  test('LINK-8 one way only: the side that hears nothing ends it for both', () => {
    const { a, b, channel, pass } = established()
    channel.alter = (message, to) => (to === 'a' ? [] : [message])
    for (let second = 0; second < 10; second++) {
      pass(1000)
      channel.flow()
    }
    expect([closedBecause(a), closedBecause(b)]).toEqual([
      'closed: heard nothing for 10 s',
      'closed: heard nothing for 10 s',
    ])
  })

  test('LINK-8 whenever the last word came, it is noticed 10 s later', () => {
    for (let heardAt = 0; heardAt < 9500; heardAt += 700) {
      const { a, channel, pass } = established()
      channel.cut()
      pass(heardAt)
      a.link.channelEvents.message(encodeFrame(2, { t: 'pong', at: 0 }))
      pass(deadAfterMs - 1)
      expect([heardAt, a.link.isUp]).toEqual([heardAt, true])
      pass(1)
      expect([heardAt, a.link.isUp]).toEqual([heardAt, false])
    }
  })

  test('LINK-8 who never says hello is given up too', () => {
    const { b, channel, pass, pending } = dialled()
    channel.alter = () => []
    channel.flow()
    pass(deadAfterMs)
    expect(closedBecause(b)).toBe('closed: heard nothing for 10 s')
    expect(pending()).toBe(0)
  })
})

describe('credit', () => {
  const big = ['x'.repeat(40), 'y'.repeat(40)]
  const bytes = encodeFrame(0, records(1), big).length

  /** Sends backlog while there is room; tells how many frames left. */
  function fill(link: Link): number {
    let sent = 0
    for (; link.hasBacklogRoom(); sent++) link.send(records(1), big)
    return sent
  }

  test('LINK-10 backlog leaves while less than 16 KiB are under way', () => {
    const { a } = established()
    expect(fill(a.link)).toBe(Math.ceil(backlogInFlight / bytes))
    expect([a.link.hasBacklogRoom(), a.link.hasLiveRoom()]).toEqual([false, true])
  })

  test('LINK-10 what is dealt with makes room again, to the byte', () => {
    const { a, b, channel } = established()
    const sent = fill(a.link)
    channel.flow()
    expect(b.frames).toHaveLength(sent)
    expect(a.link.hasBacklogRoom()).toBe(false)
    for (const { done } of b.frames) done()
    channel.flow()
    expect(a.happened.filter((each) => each === 'drained')).toHaveLength(sent)
    expect(fill(a.link)).toBe(sent)
  })

  test('LINK-10 what is live leaves twice as long; then it joins the backlog', () => {
    const { a } = established()
    let sent = 0
    for (; a.link.hasLiveRoom(); sent++) a.link.send(records(1), big)
    expect(sent).toBe(Math.ceil((2 * backlogInFlight) / bytes))
  })

  test('LINK-10 only what carries facts counts and is credited', () => {
    const { a, b, channel } = established()
    for (let i = 0; i < 500; i++) a.link.send(want)
    expect(a.link.hasBacklogRoom()).toBe(true)
    channel.flow()
    for (const { done } of b.frames) done()
    channel.flow()
    expect(a.happened).toEqual(['established'])
  })

  test('LINK-10 more credit than was ever sent is worth no more', () => {
    const { a, channel } = established()
    a.link.channelEvents.message(encodeFrame(2, { t: 'credit', bytes: 1e9 }))
    expect(fill(a.link)).toBe(Math.ceil(backlogInFlight / bytes))
    channel.flow()
    expect(a.link.isUp).toBe(true)
  })

  test('LINK-10 credit for a link that has closed goes nowhere', () => {
    const { a, b, channel } = established()
    a.link.send(records(1), big)
    channel.flow()
    b.link.close('enough')
    for (const { done } of b.frames) done()
    channel.flow()
    expect(a.happened).toEqual(['established', 'closed: enough'])
  })
})

import type { Dice } from '../../../src/world/random.ts'
import { known } from '../box/known.ts'
import { schemaOf } from './http-door.ts'
import { Line } from './line.ts'
import { cut } from './raw-http-door.ts'
import type { Played, Tries } from './tally.ts'
import { diceOf, smallest, Tally, throughAll } from './tally.ts'
import type { Target } from './target.ts'
import { json, mutated, wild } from './wild.ts'
import type { FrameForm } from './ws-bytes.ts'
import { frame, heardIn, opcode, upgradeBytes } from './ws-bytes.ts'

const lines = 24
const ping = frame(Buffer.from('over'), { opcode: opcode.ping })

/** Sockets of live queries on which frames are wrong. */
export const attackLiveFrames = (target: Target, tries: Tries): Promise<Tally> =>
  attack(target, tries, 'live frames', someFrames, 1)

/** Whole messages, each of the form of the protocol, with whatever in it; the last may be anything. */
export const messagesOfOne = 10
export const attackLiveMessages = (target: Target, tries: Tries): Promise<Tally> =>
  attack(target, tries, 'live messages', someMessages, messagesOfOne)

async function attack(
  target: Target,
  tries: Tries,
  door: string,
  make: (dice: Dice) => readonly Uint8Array[],
  each: number,
): Promise<Tally> {
  const tally = new Tally(door)
  const sockets = { ...tries, from: Math.floor(tries.from / each), count: Math.ceil(tries.count / each) }
  return throughAll(sockets, lines, tally, async (index) => {
    const dice = diceOf(tries, door, index)
    const frames = make(dice)
    const token = dice.pick(target.tokens)
    const [outcome, wrong] = await play(target, token, cut(dice, Buffer.concat([...frames, ping])))
    tally.saw(outcome, each)
    if (wrong === undefined) return
    const isWrong = async (fewer: readonly Uint8Array[]) =>
      (await play(target, token, [...fewer, ping]))[1] !== undefined
    const few = target.ended === undefined ? await smallest(frames, isWrong) : frames
    tally.wrong(
      index * each,
      `${wrong}: ${few.map((bytes) => Buffer.from(bytes).toString('hex').slice(0, 400)).join(' ')}`,
    )
  })
}

async function play(target: Target, token: string, pieces: readonly Uint8Array[]): Promise<Played> {
  const line = new Line(target.port)
  await line.say([upgradeBytes('/api/live', [`Authorization: Bearer ${token}`])])
  const opened = await line.until((bytes) => bytes.includes('\r\n\r\n'), 10_000)
  await line.say(pieces)
  let heard = heardIn(line.heard)
  const ending = await line.until((bytes) => {
    heard = heardIn(bytes)
    return heard.frames.some(isLast)
  })
  line.cut()
  if (target.ended !== undefined) return ['died', target.ended]
  if (heard.status !== 101) return [`${heard.status}`, `not opened (${opened}), but ${heard.status}`]
  const closed = heard.frames.find((each) => each.opcode === opcode.close)
  const code = closed && closed.payload.length >= 2 ? closed.payload.readUInt16BE(0) : undefined
  const texts = heard.frames
    .filter((each) => each.opcode === opcode.text)
    .map(({ payload }) => payload.toString())
  const internal = texts.find((text) => text.includes('"code":"internal"'))
  const wrong = code === 1011 ? 'closed with 1011' : internal
  return [code === undefined ? ending : `closed ${code}`, wrong]
}

const isLast = ({ opcode: code, payload }: { readonly opcode: number; readonly payload: Buffer }) =>
  code === opcode.close || (code === opcode.pong && payload.toString() === 'over')

function someMessages(dice: Dice): readonly Uint8Array[] {
  const all: Uint8Array[] = Array.from({ length: messagesOfOne }, (_, at) => Buffer.from(aMessage(dice, at)))
  const last = all.at(-1)
  if (last && dice.chance(0.5)) all[all.length - 1] = mutated(dice, last)
  return all.map((payload) => frame(payload, { opcode: opcode.text }))
}

const queries = [...known.queries.values()]

function aMessage(dice: Dice, at: number): string {
  const id = dice.pick(['a', 'b', `${at}`, 'x'.repeat(40)])
  switch (dice.int(0, 9)) {
    case 0:
      return json({ t: 'stop', id })
    case 1:
      return json({ t: dice.pick(['got', 'beat']), count: dice.pick([0, 0, 0, at]) })
    default: {
      const { name, query } = dice.pick(queries)
      const input = wild(dice, schemaOf(query.input), dice.pick([0, 0, 0.1, 0.4]))
      const site = dice.pick(['fair', 'fair', 'fleet', 'nowhere', undefined, ''])
      const has = dice.chance(0.2)
        ? { hash: 'x'.repeat(22), at: { [dice.pick(['fair', '__proto__', ''])]: dice.int(0, 9) } }
        : undefined
      return json({
        t: 'read',
        id,
        query: dice.chance(0.95) ? name : 'constructor',
        site,
        input,
        has,
        everyMs: dice.pick([undefined, 1, 1000]),
      })
    }
  }
}

function someFrames(dice: Dice): readonly Uint8Array[] {
  const made = Array.from({ length: dice.int(1, 4) }, (_, at) => {
    const payload = Buffer.from(aMessage(dice, at))
    const good = { opcode: opcode.text }
    return dice.chance(0.4) ? [frame(payload, good)] : odd(dice, payload)
  })
  const all = made.flat()
  return dice.chance(0.3) ? all.map((bytes) => (dice.chance(0.5) ? mutated(dice, bytes) : bytes)) : all
}

function odd(dice: Dice, payload: Buffer): readonly Uint8Array[] {
  const half = dice.int(0, payload.length)
  const part = (bytes: Uint8Array, form: FrameForm) => frame(bytes, form)
  switch (dice.int(0, 9)) {
    case 0:
      // Rightly in parts, with something in between.
      return [
        part(payload.subarray(0, half), { opcode: opcode.text, fin: false }),
        ...(dice.chance(0.5) ? [part(Buffer.alloc(0), { opcode: opcode.ping })] : []),
        part(payload.subarray(half), { opcode: opcode.more }),
      ]
    case 1:
      return [part(payload, { opcode: opcode.more })]
    case 2:
      return [part(payload, { opcode: opcode.text, fin: false }), part(payload, { opcode: opcode.text })]
    case 3:
      return [part(payload, { opcode: dice.int(0, 15), fin: dice.chance(0.5), rsv: dice.int(0, 7) })]
    case 4:
      return [part(payload, { opcode: opcode.text, masked: false })]
    case 5:
      return [part(payload, { opcode: opcode.text, lengthBytes: dice.pick([2, 8] as const) })]
    case 6:
      return [
        part(payload, {
          opcode: opcode.text,
          length: dice.pick([0, 1, 40_000, 2 ** 31, 2 ** 53 - 1]),
          lengthBytes: 8,
        }),
      ]
    case 7:
      return [
        part(dice.bytes(dice.pick([0, 1, 2, 125, 126, 200])), {
          opcode: dice.pick([opcode.close, opcode.ping, opcode.pong]),
          fin: dice.chance(0.8),
        }),
      ]
    case 8:
      return [part(Buffer.concat([Buffer.of(0xc0, 0x80), payload]), { opcode: opcode.text })]
    default:
      return [
        part(Buffer.alloc(dice.pick([32_768, 32_769, 70_000]), 32), {
          opcode: dice.pick([opcode.text, opcode.bytes]),
        }),
      ]
  }
}

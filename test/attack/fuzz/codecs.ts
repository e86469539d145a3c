import { setImmediate as breathe } from 'node:timers/promises'
import { csvLine } from '../../../src/doors/api/csv.ts'
import { inputFrom } from '../../../src/doors/api/fields.ts'
import { Trouble } from '../../../src/doors/errors.ts'
import { usualMqtt } from '../../../src/doors/mqtt/limits.ts'
import type { Frame } from '../../../src/doors/mqtt/wire/frames.ts'
import { Frames } from '../../../src/doors/mqtt/wire/frames.ts'
import { readConnect, readPacket } from '../../../src/doors/mqtt/wire/incoming.ts'
import { Malformed } from '../../../src/doors/mqtt/wire/reader.ts'
import { parseAsking } from '../../../src/kernel/live/messages.ts'
import type { Dice } from '../../../src/world/random.ts'
import { known } from '../box/known.ts'
import { schemaOf } from './http-door.ts'
import { aScript } from './mqtt-sessions.ts'
import { cut } from './raw-http-door.ts'
import type { Tries } from './tally.ts'
import { diceOf, Tally } from './tally.ts'
import { json, mutated, wild } from './wild.ts'

/** What stands behind the doors and judges bytes alone, without sockets: so it is tried much more often. */
export const codecs: Readonly<Record<string, (dice: Dice) => string>> = {
  'mqtt packets': mqttPackets,
  'live texts': liveTexts,
  addresses,
  csv,
}

export async function attackCodec(door: string, tries: Tries): Promise<Tally> {
  const tally = new Tally(door)
  const one = codecs[door]
  if (!one) throw new Error(`there is no ${door}`)
  for (let index = tries.from; index < tries.from + tries.count && tally.bad.length < 4; index += 1) {
    try {
      tally.saw(one(diceOf(tries, door, index)))
    } catch (error) {
      tally.wrong(index, error instanceof Error ? (error.stack ?? error.message) : String(error))
    }
    if (index % 1_000 === 0) await breathe()
  }
  return tally
}

const device = { id: 'gate-1', token: 'x' }

/** Only Malformed is thrown, whatever comes, in whatever pieces. */
function mqttPackets(dice: Dice): string {
  const { packets, version } = aScript(dice, device, 0)
  const frames = new Frames()
  let read = 0
  try {
    for (const piece of cut(dice, Buffer.concat(packets))) {
      frames.add(piece)
      for (let frame: Frame | undefined; (frame = frames.next(usualMqtt.packetBytes)); read += 1)
        if (read === 0) readConnect(frame)
        else readPacket(frame, version)
    }
  } catch (error) {
    if (error instanceof Malformed) return 'malformed'
    throw error
  }
  return 'read'
}

const queries = [...known.queries.values()]

function liveTexts(dice: Dice): string {
  const { name, query } = dice.pick(queries)
  const input = wild(dice, schemaOf(query.input), dice.pick([0, 0.1, 0.4]))
  const site = dice.pick(['fair', '', undefined])
  const whole = Buffer.from(
    json({ t: dice.pick(['read', 'stop', 'got', 'x']), id: 'a', query: name, site, input, count: 1 }),
  )
  return parseAsking(dice.chance(0.7) ? mutated(dice, whole) : whole) ? 'understood' : 'not understood'
}

/** The fields of an address become an input, or it is said in words why not. */
function addresses(dice: Dice): string {
  const { query } = dice.pick(queries)
  const input = wild(dice, schemaOf(query.input), dice.pick([0, 0.1, 0.4])) as object | null
  const fields = Object.entries(input ?? {}).map(([name, value]) => {
    const text = typeof value === 'string' && dice.chance(0.5) ? value : json(value)
    const odd = dice.chance(0.1) ? mutated(dice, Buffer.from(text)).toString() : text
    return [name, dice.chance(0.05) ? [odd, odd] : odd] as const
  })
  if (dice.chance(0.05)) fields.push([dice.pick(['__proto__', 'constructor', 'site']), 'x'])
  try {
    inputFrom(query.input, Object.fromEntries(fields), ['site'])
    return 'fit'
  } catch (error) {
    if (error instanceof Trouble && error.status === 400) return error.code
    throw error
  }
}

const formula = /^[=+\-@\t\r\n]/

/** Whatever is in the cells, another reader sees the same cells, and no text that a spreadsheet would compute. */
function csv(dice: Dice): string {
  const cells = Array.from({ length: dice.int(1, 6) }, () => aCell(dice))
  const line = csvLine(cells)
  const [read = [], ...more] = cellsIn(line)
  if (more.length > 0) throw new Error(`${json(cells)} became ${more.length + 1} lines: ${json(line)}`)
  if (read.length !== cells.length)
    throw new Error(`${json(cells)} became ${read.length} cells: ${json(line)}`)
  for (const [at, cell] of cells.entries()) {
    const seen = read[at] ?? ''
    if (typeof cell === 'string' && seen !== cell && seen !== `'${cell}`)
      throw new Error(`${json(cell)} is read as ${json(seen)}`)
    if (typeof cell !== 'number' && formula.test(seen))
      throw new Error(`${json(cell)} is computed: ${json(seen)}`)
  }
  return `${cells.length} cells`
}

function aCell(dice: Dice): unknown {
  const odd = [
    '=1+1',
    '+1',
    '-1',
    '@x',
    '\t=1',
    '\r=1',
    '\n=1',
    '"',
    '""',
    ';',
    '\r\n',
    ' =1',
    '\u{FEFF}=1',
    '＝1',
    ',',
    "'",
  ]
  switch (dice.int(0, 4)) {
    case 0:
      return dice.pick([null, undefined, true, 0, -0, -1, 1e308, Number.NaN, { a: ';"' }, ['=1']])
    case 1:
      return wild(dice, { type: 'string' }, 0)
    case 2:
      return Array.from({ length: dice.int(0, 4) }, () => dice.pick(odd)).join('')
    case 3:
      return Buffer.from(dice.bytes(dice.int(0, 12))).toString()
    default:
      return dice.pick(odd) + dice.int(-9, 9)
  }
}

/** RFC 4180 with `;`, as other programs read it. */
function cellsIn(text: string): readonly (readonly string[])[] {
  const lines: string[][] = []
  let [line, cell, isQuoted]: [string[], string, boolean] = [[], '', false]
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]
    if (isQuoted) {
      if (letter !== '"') cell += letter
      else if (text[at + 1] === '"') {
        cell += '"'
        at += 1
      } else isQuoted = false
    } else if (letter === '"' && cell === '') isQuoted = true
    else if (letter === ';') {
      line.push(cell)
      cell = ''
    } else if (letter === '\r' && text[at + 1] === '\n') {
      lines.push([...line, cell])
      ;[line, cell] = [[], '']
      at += 1
    } else cell += letter
  }
  return lines
}

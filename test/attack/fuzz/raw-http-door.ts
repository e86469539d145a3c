import type { Dice } from '../../../src/world/random.ts'
import { aRequest, bytesOf } from './http-door.ts'
import { Line } from './line.ts'
import type { Played, Tries } from './tally.ts'
import { diceOf, smallest, Tally, throughAll } from './tally.ts'
import type { Target } from './target.ts'
import { mutated } from './wild.ts'

const lines = 24
const last = Buffer.from('GET /live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')

/** What stands between two requests, or in one, and makes two readers see two different things. */
const oddHeaders = [
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding : chunked',
  'Content-Length: 5',
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Content-Length: 300000',
  'Expect: 100-continue',
  'Expect: the unexpected',
  'Connection: upgrade\r\nUpgrade: websocket',
  'Connection: upgrade\r\nUpgrade: h2c',
  'Connection: close',
  'Host: elsewhere.example',
  'Host:',
  'X-Forwarded-For: 1.2.3.4',
  'X-Forwarded-Host: elsewhere.example',
  'X-Forwarded-Proto: https',
  'Cookie: regie_session=; regie_session=x',
  'Origin: null',
  'Accept-Language: *;q=9,fr;q=é',
  'If-None-Match: W/"',
  'Range: bytes=0-,5-1',
  `X: ${'a'.repeat(20_000)}`,
  'no colon',
  ' folded: x',
  'Bad\u0001Name: x',
]
const methods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PURGE',
  'get',
  '',
]

/** Bytes that are nearly HTTP. */
export async function attackRawHttp(target: Target, tries: Tries): Promise<Tally> {
  const tally = new Tally('http bytes')
  return throughAll(tries, lines, tally, async (index) => {
    const pieces = piecesOf(diceOf(tries, tally.door, index), target)
    const [outcome, wrong] = await play(target, pieces)
    tally.saw(outcome)
    if (wrong === undefined) return
    const few =
      target.ended === undefined
        ? await smallest(pieces, async (less) => (await play(target, less))[1] !== undefined)
        : pieces
    tally.wrong(index, `${wrong} after ${JSON.stringify(Buffer.concat(few).toString('latin1'))}`)
  })
}

async function play(target: Target, pieces: readonly Uint8Array[]): Promise<Played> {
  const line = new Line(target.port)
  await line.say(pieces)
  const ending = await line.until(() => false)
  line.cut()
  if (target.ended !== undefined) return ['died', target.ended]
  // What answers a HEAD has no body, and nobody can tell here what was taken for one.
  const text = line.heard.toString('latin1')
  const all = text.split(/(?=HTTP\/1\.1 \d{3} )/)
  const bad = all.find(
    (each) =>
      each.startsWith('HTTP/1.1 5') && !(each.startsWith('HTTP/1.1 503') && each.includes('box_busy')),
  )
  return [`${text.slice(9, 12)}, ${ending}`, bad?.slice(0, 600)]
}

function piecesOf(dice: Dice, { tokens }: Target): readonly Uint8Array[] {
  const some = Array.from({ length: dice.int(1, 2) }, () => {
    const asked = bytesOf(aRequest(dice), dice.pick(tokens))
    switch (dice.int(0, 4)) {
      case 0:
        return mutated(dice, asked)
      case 1:
        return withHeaders(dice, asked)
      case 2:
        return Buffer.from(asked.toString('latin1').replace(/^\w+/, dice.pick(methods)), 'latin1')
      case 3:
        return Buffer.from(asked.toString('latin1').replace(/ \/\S*/, ` ${anAddress(dice)}`), 'latin1')
      default:
        return asked
    }
  })
  return cut(dice, Buffer.concat([...some, last]))
}

function withHeaders(dice: Dice, asked: Buffer): Buffer {
  const text = asked.toString('latin1')
  const more = Array.from({ length: dice.int(1, 3) }, () => dice.pick(oddHeaders))
  return Buffer.from(text.replace('\r\n', `\r\n${more.join('\r\n')}\r\n`), 'latin1')
}

function anAddress(dice: Dice): string {
  const odd = [
    '*',
    '//',
    '/..',
    '/%',
    '/%00',
    '/%2e%2e/',
    '/api',
    '/api/',
    '/live',
    '/blobs/x',
    '?',
    '#',
    'http://elsewhere.example/',
    '/\u00ff',
  ]
  return Array.from({ length: dice.int(1, 4) }, () => dice.pick(odd)).join('')
}

/** In so many segments. */
export function cut(dice: Dice, bytes: Buffer): readonly Uint8Array[] {
  const most = dice.pick([1, 1, 2, 3, 10])
  const places = Array.from({ length: most - 1 }, () => dice.int(0, bytes.length)).toSorted((a, b) => a - b)
  return [...places, bytes.length]
    .map((end, at) => bytes.subarray(at === 0 ? 0 : places[at - 1], end))
    .filter(({ length }) => length > 0)
}

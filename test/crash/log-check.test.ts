import { hash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Ledger } from './ledger.ts'
import type { Reads } from './log-check.ts'
import { LogCheck } from './log-check.ts'
import type { LogLine } from './truth-copy.ts'

type Line = Pick<LogLine, 'head' | 'bodies'>

const record = (seq: number, hits: number): Line => ({
  head: JSON.stringify(['r', [0, 0, 0], 'fair.seen', 'boxa', 'streama', seq]),
  bodies: JSON.stringify({ tag: 'ada', gate: 'gate', at: hits, hits }),
})
const moves = [
  { account: 'bank', cents: -5 },
  { account: 'wallet:ada', cents: 5 },
]
const decision: Line = {
  head: JSON.stringify([
    'a',
    [0, 0, 0],
    ['fair.moved'],
    'fair.grant',
    'key',
    'digest',
    'who',
    { left: [-5, 5] },
  ]),
  bodies: JSON.stringify({ moves, note: 'grant' }),
}

/** A log as a sound box would have written it. */
function logOf(lines: readonly Line[]): Reads {
  let chain = ''
  const log = lines.map((line, index): LogLine => {
    chain = hash('sha256', `${chain}\n${line.head}\n${line.bodies}`, 'base64url')
    return { n: index + 1, ...line, chain }
  })
  return { log: () => log.values(), head: { n: log.length, chain } }
}

const recorded = { box: 'boxa', stream: 'streama', from: 1, to: 2 }
const wish = { key: 'key', moves, refused: undefined, unclear: 1 }
const answer = { n: 3, answer: { left: [-5, 5] }, copies: 2, again: false }
const ledger = {
  batches: [{ names: ['gate 1', 'gate 2'], recorded, refused: undefined }],
  wishes: [{ ...wish, answers: [answer, { ...answer, again: true }] }],
} as unknown as Ledger
const sound = [record(1, 1), record(2, 2), decision]

const problemsOf = (lines: readonly Line[]) => new LogCheck(logOf(lines), ledger).problems.join('; ')

test('a log that holds what was told has no problem', () => {
  expect(problemsOf(sound)).toBe('')
})

test.each([
  ['a record is lost', [record(1, 1), decision], /acknowledged and is lost/],
  ['half a call is lost', [record(1, 1), decision], /kept in part/],
  ['a record is doubled', [...sound, record(3, 2)], /gate 2 is doubled/],
  ['a stream has a gap', [record(1, 1), record(3, 2), decision], /seq 3 of stream streama follows seq 1/],
  ['records stand in another order', [record(1, 2), record(2, 1), decision], /stands elsewhere/],
  ['an answer is lost', sound.slice(0, 2), /key key was answered and is lost/],
  ['a decision is doubled', [...sound, decision], /key key is doubled/],
  ['a decision stands elsewhere', [decision, ...sound.slice(0, 2)], /answered in two ways/],
])('%s: it is seen', (_name, lines, words) => {
  expect(problemsOf(lines)).toMatch(words)
})

test('an altered entry is seen', () => {
  const { log, head } = logOf(sound)
  const altered = [...log()].map((line) => (line.n === 2 ? { ...line, ...record(2, 3) } : line))
  expect(new LogCheck({ log: () => altered.values(), head }, ledger).problems.join()).toMatch(
    /the running hash at entry 2/,
  )
})

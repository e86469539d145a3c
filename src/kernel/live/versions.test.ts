import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical, sha256 } from '../digest.ts'
import { parseLines } from './site-answer.ts'
import { ToyReader } from './toy-live.ts'
import { changedKeys, Versions } from './versions.ts'

const at = (n: number) => ({ fair: n })
const linesOf = (rows: ReadonlyMap<string, number>) =>
  new Map([...rows].map(([account, cents]) => [`["${account}"]`, JSON.stringify({ account, cents })]))
const hashOf = (rows: ReadonlyMap<string, number>) => sha256(canonical(Object.fromEntries(rows))).slice(0, 22)

const answers = fc.array(
  fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 0, max: 3 })),
  { minLength: 1, maxLength: 40 },
)

test('LIVE-8 whoever stopped listening anywhere is brought to the newest by one message', () => {
  fc.assert(
    fc.property(answers, fc.array(fc.nat()), (made, when) => {
      const versions = new Versions('topic')
      const readers = Array.from({ length: 4 }, () => new ToyReader())
      made.forEach((answer, n) => {
        const rows = new Map(Object.entries(answer))
        versions.add(hashOf(rows), at(n), linesOf(rows))
        readers.forEach((reader, index) => {
          // Each of them listens at other times; the first one always.
          if (index > 0 && ((when[n % when.length] ?? 0) >> index) % 3 === 0) return
          const message = versions.message(reader.hash, false)
          if (message) reader.send(message)
          expect(
            Object.fromEntries([...reader.rows.values()].map((row) => Object.values(row as object))),
          ).toEqual(answer)
          expect(reader.at).toEqual(at(n))
        })
      })
    }),
    { numRuns: 200 },
  )
})

test('LIVE-7 a message is made once for all who are at the same place', () => {
  const versions = new Versions('topic')
  versions.add('one', at(1), linesOf(new Map([['a', 1]])))
  versions.add('two', at(2), linesOf(new Map([['a', 2]])))
  expect(versions.message('one', false)).toBe(versions.message('one', false))
  expect(versions.message(undefined, false)).toBe(versions.message(undefined, false))
  expect(versions.message('two', false)).toBe(versions.message('two', false))
  const before = versions.message('one', false)
  versions.add('three', at(3), linesOf(new Map([['a', 3]])))
  expect(versions.message('one', false)).not.toBe(before)
})

test('a reader that says that it has something strange spoils nothing for the others', () => {
  const versions = new Versions('topic')
  versions.add('one', at(1), linesOf(new Map([['a', 1]])))
  const told = (has: string | undefined, anew = false) =>
    JSON.parse(Buffer.from(versions.message(has, anew) ?? []).toString()) as { t: string; anew?: boolean }
  for (const has of ['anew', 'same', 'rows', '']) expect(told(has).t).toBe('rows')
  expect(told('one').t).toBe('same')
  expect(told('one', true)).toMatchObject({ t: 'rows', anew: true })
})

test('LIVE-8 what is kept of the past is bounded, and whoever is further behind gets all rows', () => {
  const versions = new Versions('topic')
  const wide = (n: number) =>
    linesOf(new Map(Array.from({ length: 3 }, (_, index) => [`a${index}`, n + index])))
  for (let n = 0; n <= 70; n += 1) versions.add(`v${n}`, at(n), wide(n))
  const kind = (has: string | undefined) =>
    Buffer.from(versions.message(has, false) ?? [])
      .toString()
      .slice(0, 12)
  expect(kind('v69')).toBe('{"t":"change')
  expect(kind('v5')).toBe('{"t":"rows",')
  expect(kind('never')).toBe('{"t":"rows",')
  expect(kind('v70')).toBe('{"t":"same",')
})

test('LIVE-8 a difference that is no shorter than the rows is not sent in their place', () => {
  const versions = new Versions('topic')
  versions.add('one', at(1), linesOf(new Map([['a', 1]])))
  versions.add('two', at(2), linesOf(new Map([['b', 1]])))
  versions.add('three', at(3), linesOf(new Map([['c', 1]])))
  expect(Buffer.from(versions.message('one', false) ?? []).toString()).toContain('"t":"rows"')
})

test('LIVE-11 after the log was given up there is nothing to tell, and nothing to build upon', () => {
  const versions = new Versions('topic')
  versions.add('one', at(5), linesOf(new Map([['a', 1]])))
  versions.forget()
  expect(versions.message('one', true)).toBeUndefined()
  versions.add('one', at(3), linesOf(new Map([['a', 1]])))
  const message = JSON.parse(Buffer.from(versions.message('one', true) ?? []).toString()) as unknown
  expect(message).toMatchObject({ t: 'rows', at: { fair: 3 }, anew: true })
})

test('what changed is what was put and what is gone', () => {
  const before = linesOf(
    new Map([
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ]),
  )
  const after = linesOf(
    new Map([
      ['a', 1],
      ['b', 2],
      ['d', 1],
    ]),
  )
  expect(changedKeys(before, after)).toEqual(['["b"]', '["d"]', '["c"]'])
})

test('LIVE-7 what is kept of former answers is what changed, and not the answers', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const heldMiB = () => {
    collect()
    return process.memoryUsage().heapUsed / 1024 / 1024
  }
  const answer = (n: number) =>
    parseLines(
      Array.from({ length: 2_000 }, (_, row) => {
        const body = JSON.stringify({
          name: `a long enough name ${row}`,
          n: row === n ? n : -1,
          more: 'x'.repeat(400),
        })
        return `["a long enough name ${row}"]\n${body}`
      }).join('\n'),
    )
  const versions = new Versions('topic')
  versions.add('0', at(0), answer(0))
  const before = heldMiB()
  for (let n = 1; n <= 60; n += 1) versions.add(`${n}`, at(n), answer(n))
  // Each answer is a MiB.
  expect(heldMiB() - before).toBeLessThan(10)
  const told = JSON.parse(Buffer.from(versions.message('0', false) ?? []).toString()) as {
    readonly t: string
  }
  expect(told.t).toBe('change')
})

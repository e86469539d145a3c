import { expect, test } from 'vitest'
import { SqliteTruth } from '../../store/truth-sqlite.ts'
import { openTruthFile } from '../../store/truth-tables.ts'
import type { Write } from '../../store/truth.ts'
import { StoreError } from '../../store/truth.ts'
import { settled } from '../manual-machine.ts'
import type { Recording } from './journal.ts'
import { Once } from './once.ts'

type Fail = 'before the disk' | 'after the disk'

/** Real truth in a file of its own; `process` is a new process on the same disk. */
function disk() {
  const db = openTruthFile(':memory:')
  const truth = new SqliteTruth(db)
  const stored: string[] = []
  let fail: Fail | undefined
  let writes = 0
  const commit = (all: readonly Write[]) => {
    const [outcome] = truth.commitGroup([all])
    if (outcome !== 'done') throw new Error(String(outcome))
  }
  const process = () => {
    const notes = () => Promise.resolve(truth.reads.notes())
    return new Once({
      site: 'fair',
      first: truth.reads.notes(),
      notes,
      record: async (facts: readonly Recording[], beside: readonly Write[]) => {
        const failing = fail
        fail = undefined
        await settled()
        writes += 1
        if (failing === 'before the disk') throw new StoreError('full', 'the disk is full')
        commit(beside)
        stored.push(...facts.map(({ body }) => String(body)))
        if (failing === 'after the disk')
          throw new StoreError('io', 'the thread that holds the store is gone')
      },
    })
  }
  return { process, stored, failNext: (how: Fail) => (fail = how), writes: () => writes }
}

const fact = (body: string) => [{ kind: 'fair.seen', body }]
const gate = (id: string) => ({ by: 'gate-1', id })

test('LOG-27 a record with an identity counts once: at once, later, and in a process that came after', async () => {
  const { process, stored } = disk()
  const one = process()
  expect(await Promise.all([one.record(gate('a'), fact('a')), one.record(gate('a'), fact('a'))])).toEqual([
    true,
    false,
  ])
  expect(await one.record(gate('a'), fact('a'))).toBe(false)
  expect(await one.record({ by: 'gate-2', id: 'a' }, fact('a of another'))).toBe(true)
  const other = process()
  expect(await other.record(gate('a'), fact('a'))).toBe(false)
  expect(await other.record(gate('b'), fact('b'))).toBe(true)
  expect(stored).toEqual(['a', 'a of another', 'b'])
})

test('LOG-27 a refused write is no record: the same identity is recorded when it comes again', async () => {
  const { process, stored, failNext } = disk()
  const once = process()
  failNext('before the disk')
  const first = once.record(gate('a'), fact('a'))
  const second = once.record(gate('b'), fact('b'))
  await expect(first).rejects.toThrow('full')
  const ended = await second.catch(() => 'refused')
  expect(await once.record(gate('a'), fact('a'))).toBe(true)
  expect(await once.record(gate('b'), fact('b'))).toBe(ended === 'refused')
  expect(stored.toSorted()).toEqual(['a', 'b'])
})

test('LOG-27 a write that failed after it was on disk is not made twice', async () => {
  const { process, stored, failNext } = disk()
  const once = process()
  await once.record(gate('z'), fact('z'))
  failNext('after the disk')
  await expect(once.record(gate('a'), fact('a'))).rejects.toThrow('gone')
  expect(await once.record(gate('a'), fact('a'))).toBe(false)
  expect(await once.record(gate('z'), fact('z'))).toBe(false)
  expect(stored).toEqual(['z', 'a'])
})

test('LOG-27 what one caller records meanwhile is one write, in order', async () => {
  const { process, stored, writes } = disk()
  const once = process()
  const names = Array.from({ length: 40 }, (_, at) => `n${at}`)
  await Promise.all(names.map((name) => once.record(gate(name), fact(name))))
  expect(stored).toEqual(names)
  expect(writes()).toBeLessThan(5)
})

test('LOG-27 what one caller records in one moment is one write, from the first message on', async () => {
  const { process, stored, writes } = disk()
  const once = process()
  const say = (from: number) =>
    Promise.all(
      Array.from({ length: 20 }, (_, at) => once.record(gate(`n${from + at}`), fact(`${from + at}`))),
    )
  await say(0)
  expect(writes()).toBe(1)
  await say(20)
  expect(writes()).toBe(2)
  expect(stored).toEqual(Array.from({ length: 40 }, (_, at) => `${at}`))
})

test('LOG-27 what comes while the disk is asked what it knows of a caller stays in order', async () => {
  const { process, stored } = disk()
  await process().record(gate('a'), fact('a'))
  const once = process()
  const early = ['b', 'a', 'c'].map((name) => once.record(gate(name), fact(name)))
  await Promise.resolve()
  const late = ['d', 'c'].map((name) => once.record(gate(name), fact(name)))
  expect(await Promise.all([...early, ...late])).toEqual([true, false, true, true, false])
  expect(stored).toEqual(['a', 'b', 'c', 'd'])
})

test('LOG-27 at least the last 900 identities of a caller are known, and their room is bounded', async () => {
  const { process } = disk()
  const one = process()
  for (let at = 0; at < 5000; at += 50)
    await Promise.all(Array.from({ length: 50 }, (_, i) => one.record(gate(`n${at + i}`), fact('x'))))
  for (const once of [one, process()]) {
    expect(await once.record(gate('n4999'), fact('again'))).toBe(false)
    expect(await once.record(gate(`n${5000 - 900}`), fact('again'))).toBe(false)
  }
  expect(await one.record(gate('n0'), fact('long ago'))).toBe(true)
})

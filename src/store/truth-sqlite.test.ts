import { describe, expect, test } from 'vitest'
import { manualTime } from './manual-time.ts'
import { openSqlite } from './sqlite.ts'
import { answerRead, TruthFront, type ReadGate } from './truth-front.ts'
import { entries, records, stream, type TruthStore } from './truth-samples.ts'
import { SqliteTruth, type Boundary } from './truth-sqlite.ts'
import { openTruthFile } from './truth-tables.ts'
import { truthContract } from './truth.contract.ts'
import { StoreError, type Write } from './truth.ts'

truthContract('sqlite in memory', openInMemory)

async function openInMemory(): Promise<TruthStore> {
  const db = openTruthFile(':memory:')
  const open = () => {
    const core = new SqliteTruth(db)
    const read = (async (name, ...values) => answerRead(core.reads, name, values)) as ReadGate
    const write = async (calls: readonly (readonly Write[])[]) => core.commitGroup(calls)
    return new TruthFront({ write, read, close: async () => {} }, manualTime())
  }
  let truth = open()
  const reopen = async () => {
    await truth.close()
    truth = open()
    return truth
  }
  return { truth, reopen, [Symbol.asyncDispose]: async () => db.close() }
}

const group: readonly (readonly Write[])[] = [
  [{ do: 'records', ...stream, rows: records(1, 2) }],
  [{ do: 'entries', site: 'meeting', rows: entries(1, 2) }],
]

describe('a commit that is cut', () => {
  for (const cut of ['begin', 'write', 'commit'] as const) {
    test(`STORE-1 at ${cut}: nothing is kept, and the same group can be written next`, () => {
      const db = openTruthFile(':memory:')
      let faults = 1
      const truth = new SqliteTruth(db, { at: (boundary) => fail(boundary === cut && faults-- > 0) })
      expect(() => truth.commitGroup(group)).toThrow('cut')
      expect([truth.reads.sites(), truth.reads.streams('meeting')]).toEqual([[], []])
      expect(truth.commitGroup(group)).toEqual(['done', 'done'])
      expect(truth.reads.records(stream, 0, 1e6)).toEqual(records(1, 2))
      db.close()
    })
  }

  test('STORE-1 at reply: all is kept although the caller hears nothing', () => {
    const db = openTruthFile(':memory:')
    const truth = new SqliteTruth(db, { at: (boundary) => fail(boundary === 'reply') })
    expect(() => truth.commitGroup(group)).toThrow('cut')
    const next = new SqliteTruth(db)
    expect(next.reads.entries('meeting', 0, 1e6)).toEqual(entries(1, 2))
    expect(next.commitGroup(group)).toMatchObject([{ reason: 'fence' }, { reason: 'fence' }])
    db.close()
  })

  test('STORE-3 between two writes of a later call: the earlier call is not kept either', () => {
    const db = openTruthFile(':memory:')
    const seen: Boundary[] = []
    const truth = new SqliteTruth(db, {
      at: (boundary) => fail(seen.push(boundary) === 3),
    })
    expect(() => truth.commitGroup(group)).toThrow('cut')
    expect(seen).toEqual(['begin', 'write', 'write'])
    expect(truth.reads.streams('meeting')).toEqual([])
    db.close()
  })
})

test('STORE-3 a disk that is really full fails the whole group in words, and writes again when there is room', () => {
  const db = openTruthFile(':memory:')
  const truth = new SqliteTruth(db)
  const big = { do: 'note', name: 'big', value: 'x'.repeat(1_000_000) } as const
  db.exec('PRAGMA max_page_count = 60')
  expect(() => truth.commitGroup([...group, [big]])).toThrow(/the disk is full/)
  expect(() => truth.commitGroup([...group, [big]])).toThrow(expect.objectContaining({ reason: 'full' }))
  expect([truth.reads.sites(), truth.reads.notes()]).toEqual([[], new Map()])
  db.exec('PRAGMA max_page_count = 1000000')
  expect(truth.commitGroup([...group, [big]])).toEqual(['done', 'done', 'done'])
  db.close()
})

test('STORE-17 truth refuses a connection that a power cut could make a liar', () => {
  const db = openTruthFile(':memory:')
  db.exec('PRAGMA synchronous = NORMAL')
  expect(() => new SqliteTruth(db)).toThrow(/synchronous 1 instead of 2, so a power cut could lose/)
  db.close()
  const views = openSqlite(':memory:', { durable: false })
  expect(() => new SqliteTruth(views)).toThrow(StoreError)
  views.close()
})

function fail(now: boolean): void {
  if (now) throw new Error('cut')
}

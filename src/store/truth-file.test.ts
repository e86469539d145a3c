import { mkdtempDisposableSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { entries, records, stream } from './truth-samples.ts'
import { SqliteTruth } from './truth-sqlite.ts'
import { openTruthFile, readTruthFile } from './truth-tables.ts'
import { TruthReads } from './truth-reads.ts'

test('STORE-5 two writers on one file: the fences hold against what the other wrote', () => {
  using folder = newFolder()
  const [one, two] = [0, 1].map(() => openTruthFile(join(folder.path, 'truth.db')))
  if (one === undefined || two === undefined) throw new Error('not opened')
  const [first, second] = [new SqliteTruth(one), new SqliteTruth(two)]
  const put = (truth: SqliteTruth, from: number, to: number) =>
    truth.commitGroup([
      [{ do: 'entries', site: 'meeting', rows: entries(from, to) }],
      [{ do: 'records', ...stream, rows: records(from, to) }],
    ])
  expect(put(first, 1, 2)).toEqual(['done', 'done'])
  expect(put(second, 1, 2)).toMatchObject([{ reason: 'fence' }, { reason: 'fence' }])
  expect(put(second, 3, 4)).toEqual(['done', 'done'])
  expect(put(first, 3, 3)).toMatchObject([{ reason: 'fence' }, { reason: 'fence' }])
  expect(put(first, 5, 5)).toEqual(['done', 'done'])
  expect(second.reads.entries('meeting', 0, 1e6)).toEqual(entries(1, 5))
  one.close()
  two.close()
})

test('STORE-4 a reader beside the writer sees what is committed, and nothing of a group under way', () => {
  using folder = newFolder()
  const path = join(folder.path, 'truth.db')
  const db = openTruthFile(path)
  const reader = readTruthFile(path)
  const reads = new TruthReads(reader)
  const seen: number[] = []
  const truth = new SqliteTruth(db, { at: () => void seen.push(reads.records(stream, 0, 1e6).length) })
  truth.commitGroup([[{ do: 'records', ...stream, rows: records(1, 3) }]])
  expect(seen).toEqual([0, 0, 0, 3])
  reader.close()
  db.close()
})

test('STORE-12 what was trimmed, settled or given up leaves nothing on a free page either', () => {
  using folder = newFolder()
  const db = openTruthFile(join(folder.path, 'truth.db'))
  const truth = new SqliteTruth(db)
  const long = `Ada Lovelace ${'x'.repeat(20_000)} Countess`
  truth.commitGroup([
    [{ do: 'records', ...stream, rows: records(1, 3).map((row) => ({ ...row, body: long })) }],
    [{ do: 'entries', site: 'meeting', rows: entries(1, 3).map((row) => ({ ...row, bodies: long })) }],
  ])
  truth.commitGroup([
    [{ do: 'trim', ...stream, upTo: 3 }],
    [{ do: 'giveUp', site: 'meeting', keep: 0 }],
    [{ do: 'settle', site: 'meeting', term: '', upTo: 3 }],
  ])
  db.close()
  const bytes = readdirSync(folder.path).map((name) => readFileSync(join(folder.path, name), 'latin1'))
  expect(bytes.join('')).toContain('meeting')
  expect(bytes.join('')).not.toMatch(/Lovelace|Countess|xxxx/)
})

test('STORE-17 a file of format 1 gains a place for asks that wait, and is kept beside', () => {
  using folder = newFolder()
  const path = join(folder.path, 'truth.db')
  const old = openTruthFile(path)
  new SqliteTruth(old).commitGroup([[{ do: 'entries', site: 'meeting', rows: entries(1, 2) }]])
  old.exec('DROP TABLE waits; PRAGMA user_version = 1')
  old.close()
  const db = openTruthFile(path)
  const truth = new SqliteTruth(db)
  truth.commitGroup([[{ do: 'wait', site: 'meeting', key: 'k', doc: 'd' }]])
  expect(truth.reads.waits('meeting')).toEqual([{ key: 'k', doc: 'd' }])
  expect(truth.reads.entries('meeting', 0, 1e6)).toEqual(entries(1, 2))
  expect(readdirSync(folder.path)).toContain('truth.db.format-1')
  db.close()
})

test('STORE-12 what was made hollow is in no file any more once the store is closed, not even on a free page', () => {
  using folder = newFolder()
  const db = openTruthFile(join(folder.path, 'truth.db'))
  const truth = new SqliteTruth(db)
  const long = `Ada Lovelace ${'x'.repeat(20_000)} Countess`
  truth.commitGroup([
    [{ do: 'entries', site: 'meeting', rows: entries(1, 3).map((row) => ({ ...row, bodies: long })) }],
    [{ do: 'records', ...stream, rows: records(1, 3).map((row) => ({ ...row, body: long })) }],
  ])
  truth.commitGroup([
    [
      { do: 'entries', site: 'hall', rows: entries(1, 3).map((row) => ({ ...row, bodies: long })) },
      { do: 'giveUp', site: 'hall', keep: 0 },
    ],
  ])
  for (const n of [1, 2, 3]) {
    truth.commitGroup([
      [{ do: 'hollow', site: 'meeting', n, bodies: '-' }],
      [{ do: 'hollowSalvage', site: 'hall', term: '', n, bodies: '-' }],
      [{ do: 'hollowRecord', ...stream, seq: n, body: '-' }],
    ])
  }
  db.close()
  const bytes = readdirSync(folder.path).map((name) => readFileSync(join(folder.path, name), 'latin1'))
  expect(bytes.join('')).toContain('meeting')
  expect(bytes.join('')).not.toMatch(/Lovelace|Countess|xxxx/)
})

function newFolder() {
  return mkdtempDisposableSync(join(tmpdir(), 'regie-store-'))
}

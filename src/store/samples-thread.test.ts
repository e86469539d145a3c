import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { manualTime } from './manual-time.ts'
import type { Rings } from './ring.ts'
import { SamplesKeeper } from './samples-keeper.ts'
import { SamplesThread } from './samples-thread.ts'
import { openSqlite } from './sqlite.ts'

const rings: Rings = {
  lines: { columns: { text: 'text' }, keepRows: 10_000, keepBytes: 10_000_000, keepMs: 1e9 },
}
const lines = (...texts: readonly string[]) => texts.map((text) => ({ at: 1, values: { text } }))

let folder: string
let path: string
let said: string[]
let open: { close(): unknown }[]
let time: ReturnType<typeof manualTime>
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regie-samples-'))
  path = join(folder, 'samples.db')
  said = []
  open = []
  time = manualTime()
})
afterEach(async () => {
  for (const each of open) await each.close()
  rmSync(folder, { recursive: true })
})

function thread(): SamplesThread {
  const samples = new SamplesThread(path, rings, time.timers, (text) => said.push(text))
  open.push(samples)
  return samples
}

function keeper(): SamplesKeeper {
  const samples = new SamplesKeeper(path, rings, (text) => said.push(text))
  open.push(samples)
  return samples
}

const textsOf = ({ rows }: { rows: readonly { values: Readonly<Record<string, unknown>> }[] }) =>
  rows.map(({ values }) => values['text'])

test('SAMPLE-1 what is appended is read, by the next process too', async () => {
  const one = thread()
  one.append('lines', lines('a', 'b'), 1)
  expect(textsOf(await one.read('lines', { limit: 5 }))).toEqual(['b', 'a'])
  await one.close()
  one.append('lines', lines('late'), 1)
  expect(one.dropped()).toBe(1)
  await expect(one.read('lines', { limit: 5 })).rejects.toMatchObject({ reason: 'closed' })
  expect(textsOf(await thread().read('lines', { limit: 5 }))).toEqual(['b', 'a'])
})

test('SAMPLE-1 who appends faster than the disk takes loses the rest, and it is counted', async () => {
  const samples = thread()
  for (let i = 0; i < 100; i += 1) samples.append('lines', lines(`${i}`), 1)
  expect(samples.dropped()).toBe(84)
  expect((await samples.sizes())['lines']?.rows).toBe(16)
  samples.append('lines', lines('again'), 1)
  expect((await samples.sizes())['lines']?.rows).toBe(17)
})

test('SAMPLE-3 a thread that has nothing to do ends, and the next sample starts another', async () => {
  const samples = thread()
  samples.append('lines', lines('a'), 1)
  await samples.sizes()
  expect(existsSync(`${path}-wal`)).toBe(true)
  time.pass(9_999)
  expect(existsSync(`${path}-wal`)).toBe(true)
  time.pass(1)
  // The last connection to close leaves nothing beside the file.
  await expect.poll(() => existsSync(`${path}-wal`)).toBe(false)
  samples.append('lines', lines('b'), 1)
  expect(textsOf(await samples.read('lines', { limit: 5 }))).toEqual(['b', 'a'])
  expect(samples.dropped()).toBe(0)
})

test('a question that makes no sense is an error of the asker alone', async () => {
  const samples = thread()
  await expect(samples.read('nothing', { limit: 1 })).rejects.toThrow('no ring')
  samples.append('nothing', lines('a'), 1)
  expect(textsOf(await samples.read('lines', { limit: 1 }))).toEqual([])
  expect(samples.dropped()).toBe(1)
})

test.each([
  [
    'is no database',
    () => writeFileSync(path, 'not a database, and longer than a header of one would be '.repeat(20)),
  ],
  ['is of another program', () => keeperOf(`CREATE TABLE x (a)`)],
  ['is of a newer Regie', () => keeperOf('PRAGMA user_version = 99')],
])('SAMPLE-3 a file that %s is set aside, and the samples begin anew', (_, spoil) => {
  spoil()
  const samples = keeper()
  samples.append('lines', lines('new'), 1)
  expect(textsOf(samples.read('lines', { limit: 5 }))).toEqual(['new'])
  expect(readdirSync(folder)).toContain('samples.db.damaged')
  expect(said).toHaveLength(1)
})

test('SAMPLE-3 a file that is torn while it is open is set aside, and the samples go on', () => {
  const before = keeper()
  before.append('lines', lines(...Array.from({ length: 5000 }, (_, i) => `${i} ${'x'.repeat(100)}`)), 1)
  before.close()
  truncateSync(path, 20_000)
  const samples = keeper()
  for (let i = 0; i < 3; i += 1) samples.append('lines', lines(`after ${i}`), 1)
  expect(textsOf(samples.read('lines', { limit: 2 }))[0]).toBe('after 2')
  expect(existsSync(`${path}.damaged`)).toBe(true)
})

test('SAMPLE-1 a folder that cannot be written costs the samples, is said once, and nothing is thrown', () => {
  rmSync(folder, { recursive: true })
  const samples = keeper()
  for (let i = 0; i < 3; i += 1) expect(samples.append('lines', lines('a', 'b'), 1)).toBe(2)
  expect(said).toHaveLength(1)
  expect(said[0]).toMatch(/^samples are dropped/)
  writeFileSync(folder, '')
  expect(samples.append('lines', lines('a'), 1)).toBe(1)
})

function keeperOf(sql: string): void {
  const db = openSqlite(path, { durable: false })
  db.exec(sql)
  db.close()
}

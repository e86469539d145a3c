import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Rings, Sample } from './ring.ts'
import { SamplesFile } from './samples-file.ts'
import { openSqlite } from './sqlite.ts'

const rings = (keep: { keepRows?: number; keepBytes?: number; keepMs?: number } = {}) =>
  ({
    lines: {
      columns: { level: 'text', text: 'text', size: 'real' },
      index: 'level',
      keepRows: 1000,
      keepBytes: 1e6,
      keepMs: 1e12,
      ...keep,
    },
  }) as const satisfies Rings

function opened(keep?: Parameters<typeof rings>[0]) {
  const db = openSqlite(':memory:', { durable: false })
  const open = (declared: Rings) => new SamplesFile(db, ':memory:', declared)
  return { file: open(rings(keep)), db, open }
}

const line = (text: string, at: number | null = 0, level = 'info'): Sample => ({
  at,
  values: { level, text },
})
const texts = (file: SamplesFile) =>
  file.read('lines', { limit: 500 }).rows.map(({ values }) => values['text'])

test('SAMPLE-2 the newest come first, page by page', () => {
  const { file } = opened()
  file.append(
    'lines',
    Array.from({ length: 25 }, (_, i) => line(`${i}`, i)),
    0,
  )
  const first = file.read('lines', { limit: 10 })
  expect(first.rows.map(({ at }) => at)).toEqual([24, 23, 22, 21, 20, 19, 18, 17, 16, 15])
  const second = file.read('lines', { limit: 10, before: first.next ?? 0 })
  const third = file.read('lines', { limit: 10, before: second.next ?? 0 })
  expect([second.rows[0]?.at, third.rows.at(-1)?.at, third.next]).toEqual([14, 0, null])
  expect(third.rows.at(-1)?.values).toEqual({ level: 'info', text: '0', size: null })
})

test('SAMPLE-2 reading may be for some values only; a limit is kept between 1 and 500', () => {
  const { file } = opened()
  const levels = ['info', 'warn', 'error', 'debug']
  file.append(
    'lines',
    Array.from({ length: 800 }, (_, i) => line(`${i}`, i, levels[i % 4] ?? '')),
    0,
  )
  const where = { level: ['warn', 'error'] }
  expect(file.read('lines', { limit: 3, where }).rows.map(({ at }) => at)).toEqual([798, 797, 794])
  expect(file.read('lines', { limit: 9999 }).rows).toHaveLength(500)
  expect(file.read('lines', { limit: 0 }).rows).toHaveLength(1)
  expect(() => file.read('lines', { limit: 1, where: { 'text" OR 1 --': 'x' } })).toThrow(TypeError)
  expect(() => file.read('secrets', { limit: 1 })).toThrow(TypeError)
})

const batches = fc.array(
  fc.array(
    fc.record({
      at: fc.option(fc.integer({ min: 0, max: 1000 })),
      text: fc.string({ maxLength: 60 }),
    }),
    { maxLength: 30 },
  ),
  { maxLength: 12 },
)

test('SAMPLE-2 a ring is bounded by rows and by bytes after each batch, and holds the newest', () => {
  fc.assert(
    fc.property(
      batches,
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 200, max: 3000 }),
      (all, keepRows, keepBytes) => {
        const { file, db } = opened({ keepRows, keepBytes })
        const written: string[] = []
        for (const batch of all) {
          file.append(
            'lines',
            batch.map(({ text, at }) => line(text, at)),
            null,
          )
          written.push(...batch.map(({ text }) => text))
          const { rows = 0, bytes = 0 } = file.sizes()['lines'] ?? {}
          expect(rows).toBeLessThanOrEqual(keepRows)
          expect(bytes).toBeLessThanOrEqual(keepBytes)
          const found = db.prepare('SELECT count(*) AS rows, total(bytes) AS bytes FROM lines').get()
          expect(found).toEqual({ rows, bytes })
        }
        const kept = texts(file)
        expect(kept).toEqual(written.toReversed().slice(0, kept.length))
        db.close()
      },
    ),
    { numRuns: 60 },
  )
})

test('SAMPLE-2 by age only while somebody knows what time it is', () => {
  const { file } = opened({ keepMs: 100 })
  file.append('lines', [line('a', 1), line('b', null), line('c', 50), line('d', null)], null)
  file.append('lines', [line('e', 900)], null)
  expect(texts(file)).toEqual(['e', 'd', 'c', 'b', 'a'])
  // What has no time is as old as what came after it.
  file.append('lines', [], 140)
  expect(texts(file)).toEqual(['e', 'd', 'c', 'b'])
  file.append('lines', [], 2000)
  expect(texts(file)).toEqual([])
})

test('what is too large for a sample is dropped and counted', () => {
  const { file } = opened()
  expect(file.append('lines', [line('x'.repeat(70_000)), line('y')], 0)).toBe(1)
  expect(texts(file)).toEqual(['y'])
})

test('a batch that fails leaves the ring as it was', () => {
  const { file } = opened()
  file.append('lines', [line('a')], 0)
  const bad = { at: 0, values: { level: 'x', text: 'y', size: 'not a number' } }
  expect(() => file.append('lines', [line('b'), bad], 0)).toThrow(Error)
  file.append('lines', [line('c')], 0)
  expect(texts(file)).toEqual(['c', 'a'])
  expect(file.sizes()['lines']?.rows).toBe(2)
})

test('SAMPLE-2 a ring that is declared otherwise begins anew, with higher ids', () => {
  const { file, open } = opened()
  file.append('lines', [line('a'), line('b')], 0)
  expect(open(rings()).read('lines', { limit: 9 }).rows).toHaveLength(2)
  const other = open({ lines: { columns: { text: 'text' }, keepRows: 9, keepBytes: 999, keepMs: 9 } })
  expect(other.read('lines', { limit: 9 }).rows).toEqual([])
  other.append('lines', [{ at: 0, values: { text: 'c' } }], 0)
  expect(other.read('lines', { limit: 9 }).rows).toEqual([{ id: 3, at: 0, values: { text: 'c' } }])
})

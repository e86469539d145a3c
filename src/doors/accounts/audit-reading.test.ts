import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LogRow } from '../../store/truth.ts'
import { backwards } from './audit-reading.ts'

/** A log as a store gives it: ascending, until so many bytes are reached, and at least one entry. */
function logOf(sizes: readonly number[]) {
  const rows = sizes.map((size, i): LogRow => ({ n: i + 1, head: '', bodies: 'x'.repeat(size), chain: '' }))
  let most = 0
  const entries = (_: string, after: number, maxBytes: number) => {
    const found: LogRow[] = []
    let bytes = 0
    for (const row of rows.slice(after)) {
      if (bytes >= maxBytes) break
      found.push(row)
      bytes += row.bodies.length
    }
    most = Math.max(most, bytes)
    return Promise.resolve(found)
  }
  return { box: { entries }, most: () => most }
}

async function read(box: ReturnType<typeof logOf>['box'], before: number): Promise<readonly number[]> {
  const seen: number[] = []
  for await (const piece of backwards(box, 'one', before)) seen.push(...piece.map(({ n }) => n))
  return seen
}

const sizes = fc.array(fc.oneof(fc.nat(100), fc.constantFrom(300_000, 900_000)), { maxLength: 40 })

test('AUDIT-5 a log is read backwards without a gap, however large its entries are', async () => {
  await fc.assert(
    fc.asyncProperty(sizes, fc.nat(50), async (all, from) => {
      const { box, most } = logOf(all)
      const before = Math.min(from, all.length) + 1
      const wanted = Array.from({ length: before - 1 }, (_, i) => before - 1 - i)
      expect(await read(box, before)).toEqual(wanted)
      expect(most()).toBeLessThan(2 * 1024 * 1024)
    }),
    { numRuns: 60 },
  )
})

test('AUDIT-5 many small entries are read in few pieces', async () => {
  const { box } = logOf(Array.from({ length: 5000 }, () => 10))
  let pieces = 0
  for await (const piece of backwards(box, 'one', 5001)) pieces += Math.sign(piece.length)
  expect(pieces).toBe(20)
})

test('a log that was cut meanwhile ends the reading', async () => {
  expect(await read({ entries: () => Promise.resolve([]) }, 300)).toEqual([])
})

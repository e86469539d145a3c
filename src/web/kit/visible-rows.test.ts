import fc from 'fast-check'
import { expect, test } from 'vitest'
import { visibleRows } from './visible-rows.ts'

test('every row in sight is among those shown, and never many more', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -5_000, max: 500_000 }),
      fc.integer({ min: 200, max: 3_000 }),
      fc.integer({ min: 24, max: 80 }),
      fc.integer({ min: 1, max: 20_000 }),
      (top, height, rowHeight, count) => {
        const { from, to } = visibleRows(top, height, rowHeight, count)
        expect(from).toBeGreaterThanOrEqual(0)
        expect(to).toBeLessThanOrEqual(count)
        expect(to - from).toBeLessThanOrEqual(height / rowHeight + 42)
        const isSeen = (row: number) => (row + 1) * rowHeight > top && row * rowHeight < top + height
        const outside = [0, from - 1, to, count - 1].filter((row) => row >= 0 && row < count)
        expect(outside.filter((row) => isSeen(row) && (row < from || row >= to))).toEqual([])
      },
    ),
  )
})

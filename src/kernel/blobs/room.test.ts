import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Asked } from './room.ts'
import { diskLevels, nextLevel, roomFor, usualReserve } from './room.ts'

const gb = 1e9

describe('the disk of 29 GB in the acceptance example', () => {
  const reserve = usualReserve(29 * gb)
  const room = (need: number) => roomFor({ need: need * gb, free: 3.1 * gb, reserve, evictable: [] })

  test('BLOB-9 0.9 GB would leave 2.2: refused before its first byte; 0.7 leaves 2.4', () => {
    expect(reserve / gb).toBeCloseTo(2.32)
    expect(room(0.9)).toEqual({ is: 'refused', need: 0.9 * gb, free: 3.1 * gb, reserve })
    expect(room(0.7)).toEqual({ is: 'room', evict: [] })
  })

  test('BLOB-11 warning under 2.32, critical under 1.16; warning again over 2.03, clear over 3.19', () => {
    const level = (before: (typeof diskLevels)[number], free: number) =>
      nextLevel(before, { free: free * gb, size: 29 * gb, reserve })
    expect([level('good', 2.33), level('good', 2.31)]).toEqual(['good', 'low'])
    expect([level('low', 1.17), level('low', 1.15)]).toEqual(['low', 'short'])
    expect([level('short', 2.02), level('short', 2.04)]).toEqual(['short', 'low'])
    expect([level('low', 3.18), level('low', 3.2)]).toEqual(['low', 'good'])
    expect(level('good', 0.5)).toBe('scarce')
    expect(level('scarce', 1.46)).toBe('short')
    expect(level('scarce', 29)).toBe('good')
  })
})

test('the reserve is 1 GiB on a small disk', () => {
  expect(usualReserve(8 * gb)).toBe(1024 ** 3)
})

const size = fc.integer({ min: 0, max: 1000 })
const asked = fc.record({
  need: size,
  free: size,
  reserve: size,
  evictable: fc.array(fc.record({ sha256: fc.string(), size }), { maxLength: 8 }),
})

test('BLOB-9 what is let in leaves the reserve, and no more goes than must', () => {
  fc.assert(
    fc.property(asked, (each) => {
      expect(isRight(each)).toBe(true)
    }),
  )
})

function isRight(each: Asked): boolean {
  const { need, reserve, evictable } = each
  const room = roomFor(each)
  const freeWithout = (count: number) =>
    evictable.slice(0, count).reduce((sum, blob) => sum + blob.size, each.free)
  const all = freeWithout(evictable.length)
  if (room.is === 'refused') return need > 0 && all - need < reserve && room.free === all
  const { length } = room.evict
  const isOldest = room.evict.every((sha256, i) => sha256 === evictable[i]?.sha256)
  if (need === 0) return length === 0
  const isNeeded = length === 0 || freeWithout(length - 1) - need < reserve
  return isOldest && isNeeded && freeWithout(length) - need >= reserve
}

test('BLOB-11 less room never means a better level, and a level holds until there is clearly more', () => {
  const level = fc.constantFrom(...diskLevels)
  fc.assert(
    fc.property(level, size, size, fc.integer({ min: 1, max: 500 }), (before, a, b, reserve) => {
      const at = (free: number) => diskLevels.indexOf(nextLevel(before, { free, size: 1000, reserve }))
      expect(at(Math.min(a, b))).toBeGreaterThanOrEqual(at(Math.max(a, b)))
      expect(at(a)).toBeGreaterThanOrEqual(
        diskLevels.indexOf(nextLevel('good', { free: a, size: 1000, reserve })),
      )
    }),
  )
})

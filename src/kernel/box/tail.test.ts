import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LogRow } from '../../store/truth.ts'
import { Tail } from './tail.ts'

const row = (n: number, size = 10): LogRow => ({ n, head: 'h', bodies: 'x'.repeat(size - 1), chain: `c${n}` })
const rows = (from: number, to: number, size?: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => row(from + index, size))
const tailOf = (...all: readonly (readonly LogRow[])[]) => {
  const tail = new Tail()
  for (const each of all) tail.add(each)
  return tail
}
const places = (found: readonly LogRow[] | undefined) => found?.map(({ n }) => n)

describe('the newest entries', () => {
  test('are there, without a gap, after any of them', () => {
    const tail = tailOf(rows(5, 7), rows(8, 9))
    expect(places(tail.after(4, 1000))).toEqual([5, 6, 7, 8, 9])
    expect(places(tail.after(7, 1000))).toEqual([8, 9])
    expect(tail.after(9, 1000)).toEqual([])
  })

  test('what is older must be read from the disk', () => {
    expect(tailOf(rows(5, 9)).after(3, 1000)).toBeUndefined()
    expect(new Tail().after(0, 1000)).toBeUndefined()
  })

  test('as many as fit, and at least one', () => {
    const tail = tailOf(rows(1, 9))
    expect(places(tail.after(0, 25))).toEqual([1, 2, 3])
    expect(places(tail.after(0, 1))).toEqual([1])
  })

  test('a log that was cut starts anew', () => {
    const tail = tailOf(rows(5, 9))
    tail.clear()
    expect(tail.after(8, 1000)).toBeUndefined()
    tail.add(rows(7, 8))
    expect(places(tail.after(6, 1000))).toEqual([7, 8])
  })

  test('old ones go when there are more than 512 KiB', () => {
    const tail = tailOf(rows(1, 8, 100_000))
    expect(tail.after(2, 1e9)).toBeUndefined()
    expect(places(tail.after(3, 1e9))).toEqual([4, 5, 6, 7, 8])
    tail.add(rows(9, 9, 600_000))
    expect(tail.after(8, 1e9)).toBeUndefined()
    tail.add(rows(10, 10))
    expect(places(tail.after(9, 1e9))).toEqual([10])
  })

  test('whatever was added and asked, an answer follows on and is whole', () => {
    const batches = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat(300_000)), { maxLength: 12 })
    fc.assert(
      fc.property(batches, fc.nat(60), (all, after) => {
        const tail = new Tail()
        let head = 0
        for (const [count, size] of all) {
          tail.add(rows(head + 1, head + count, size + 1))
          head += count
        }
        const found = tail.after(after, 1e9)
        const expected = Array.from({ length: Math.max(0, head - after) }, (_, index) => after + 1 + index)
        expect([undefined, ...(after > head ? [[]] : [expected])]).toContainEqual(places(found))
      }),
    )
  })
})

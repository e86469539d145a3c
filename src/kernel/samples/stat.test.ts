import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Stat } from './stat.ts'
import { merge, mergeAll, statOf, statsOf, statsText } from './stat.ts'

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true })
const all = (values: readonly number[]): Stat => values.map(statOf).reduce(merge)

test('SAMPLE-5 min, mean, max and count are those of all values, however they were put together', () => {
  const list = fc.array(value, { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(list, list, (a, b) => {
      const values = [...a, ...b]
      const [min, avg, max, n] = merge(all(a), all(b))
      expect([min, max, n]).toEqual([Math.min(...values), Math.max(...values), values.length])
      expect(avg).toBeCloseTo(values.reduce((sum, each) => sum + each, 0) / values.length, 4)
    }),
  )
})

test('a metric that came later begins later', () => {
  const stats = mergeAll(statsOf({ cpu: 1 }), mergeAll(statsOf({ cpu: 3, heat: 50 }), {}))
  expect(stats).toEqual({ cpu: [1, 2, 3, 2], heat: [50, 50, 50, 1] })
  expect(statsText(mergeAll(stats, statsOf({ cpu: 1 / 3 })))).toBe(
    '{"cpu":[0.333333,1.44444,3,3],"heat":[50,50,50,1]}',
  )
})

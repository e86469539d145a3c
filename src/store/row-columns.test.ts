import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toColumns, toRows } from './row-columns.ts'

const row = fc.record(
  {
    n: fc.integer({ min: 1 }),
    head: fc.string(),
    bodies: fc.string(),
    chain: fc.string(),
    term: fc.string(),
  },
  { requiredKeys: ['n', 'head', 'bodies', 'chain'], noNullPrototype: true },
)

test('entries come out of a clone of their columns as they went in', () => {
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      expect(toRows(structuredClone(toColumns(rows)))).toStrictEqual(rows)
    }),
  )
})

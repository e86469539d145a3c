import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LogRow } from '../../store/truth.ts'
import { nothingToWake } from '../timers/rules.ts'
import type { Item } from './sequencer.ts'
import { toItemColumns, toItems, toStepped, toSteppedColumns } from './step-columns.ts'

/** Few texts, so that the same record comes twice. */
const record = fc.record({
  seq: fc.nat({ max: 3 }),
  head: fc.constantFrom('["r",1]', '["r",2]'),
  body: fc.constantFrom('{}', '{"é":1}'),
})
const item: fc.Arbitrary<Item> = fc.oneof(
  fc.record({
    do: fc.constant('records' as const),
    box: fc.constantFrom('b1', 'b2'),
    stream: fc.constantFrom('s1', 's2'),
    rows: fc.array(record, { maxLength: 4 }),
  }),
  fc.record({
    do: fc.constant('act' as const),
    action: fc.string(),
    key: fc.string(),
    who: fc.string(),
    input: fc.jsonValue(),
  }),
)
const entry = fc.oneof(
  record.map(({ head, body }) => ({ head, bodies: body })),
  fc.record({ head: fc.constantFrom('["k",1]', '["q",1]'), bodies: fc.string(), term: fc.string() }),
)

test('LOG-21 a step reaches the thread of the views as it was asked, and comes back as it was made', () => {
  fc.assert(
    fc.property(fc.array(item), fc.array(entry), fc.nat(), (items, entries, first) => {
      const there = toItems(structuredClone(toItemColumns(items)))
      expect(there).toEqual(items)
      const rows = entries.map((each, at): LogRow => ({ n: first + at, chain: `c${at}`, ...each }))
      const stepped = { rows, outcomes: [{ did: 'said', n: 1 } as const], wake: nothingToWake }
      expect(toStepped(structuredClone(toSteppedColumns(stepped, there)), items)).toEqual(stepped)
    }),
  )
})

test('LOG-21 the text of a record does not come back', () => {
  const rows = [{ seq: 1, head: '["r",1]', body: 'x'.repeat(1000) }]
  const items: readonly Item[] = [{ do: 'records', box: 'b1', stream: 's1', rows }]
  const entries = [{ n: 1, head: '["r",1]', bodies: 'x'.repeat(1000), chain: 'c' }]
  const columns = toSteppedColumns({ rows: entries, outcomes: [], wake: nothingToWake }, items)
  expect(JSON.stringify(columns).length).toBeLessThan(200)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toCallColumns, toCalls } from './call-columns.ts'
import type { LogRow, RecordRow, Write } from './truth.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 6 })
const name = fc.constantFrom('fair', 'hall', 'b1', 'b2', '')
const number = fc.nat({ max: 9 })
const record: fc.Arbitrary<RecordRow> = fc.record({ seq: number, head: text, body: text })
const entry: fc.Arbitrary<LogRow> = fc.record(
  { n: number, head: text, bodies: text, chain: text, term: text },
  { requiredKeys: ['n', 'head', 'bodies', 'chain'] },
)
const inRow = <T extends object>(rows: readonly T[], place: (at: number) => Partial<T>): T[] =>
  rows.map((row, at) => ({ ...row, ...place(at + 7) }))

const write: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ do: fc.constant('note' as const), name: text, value: text }),
  fc.record({ do: fc.constant('site' as const), site: name, doc: text }),
  fc.record({
    do: fc.constant('records' as const),
    site: name,
    box: name,
    stream: name,
    rows: fc.oneof(
      fc.array(record, { maxLength: 4 }),
      fc.array(record, { maxLength: 4 }).map((rows) => inRow(rows, (seq) => ({ seq }))),
    ),
  }),
  fc.record({
    do: fc.constant('entries' as const),
    site: name,
    rows: fc.oneof(
      fc.array(entry, { maxLength: 4 }),
      fc.array(entry, { maxLength: 4 }).map((rows) => inRow(rows, (n) => ({ n }))),
    ),
  }),
)

test('STORE-2 calls reach the thread that writes as they were made, in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.array(write, { maxLength: 4 }), { maxLength: 6 }), (calls) => {
      expect(toCalls(structuredClone(toCallColumns(calls)))).toEqual(calls)
    }),
  )
})

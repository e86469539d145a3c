import fc from 'fast-check'
import type { Document, Json } from './document.ts'

const plain = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.constantFrom('a', 'b'),
  fc.boolean(),
  fc.constantFrom<Json>([], ['x'], [1, 2]),
)
const item = fc.record(
  {
    id: fc.constantFrom('i1', 'i2', 'i3'),
    title: fc.oneof(plain, fc.constant(null)),
    removed: fc.constant(true),
  },
  { requiredKeys: ['id'] },
)
const items = fc.uniqueArray(item, { minLength: 1, maxLength: 3, selector: ({ id }) => id })
const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: plain },
  { weight: 1, arbitrary: fc.constant(null) },
)
/** For tests: patches that fit one schema: `f` and `s.g` are fields, `l` and `s.l` are lists. */
export const patches: fc.Arbitrary<Document> = fc.record(
  {
    f: value,
    l: fc.oneof(items, fc.constant(null)),
    s: fc.record({ g: value, h: value, l: items }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
)

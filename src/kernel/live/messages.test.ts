import { describe, expect, test } from 'vitest'
import {
  beatBytes,
  changeBytes,
  failedBytes,
  parseAsking,
  readingBytes,
  refusedBytes,
  rowsBytes,
  sameBytes,
} from './messages.ts'

// These bytes stand in docs/spec/live.md. Whoever changes them, changes what screens and boxes agreed on.

const newest = { at: { 'fair-1': 7 }, hash: 'bpV0OV9XUnwOt1E8mGfJxA' }
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()

describe('LIVE-16 what a box says', () => {
  test.each([
    [
      'reading',
      readingBytes('books', 'T0pic', ['account']),
      '{"t":"reading","id":"books","topic":"T0pic","key":["account"]}',
    ],
    [
      'refused',
      refusedBytes('books', 'unknown-query', { query: 'fair.boks' }),
      '{"t":"refused","id":"books","code":"unknown-query","detail":{"query":"fair.boks"}}',
    ],
    [
      'rows',
      rowsBytes('T0pic', newest, ['{"account":"bank","cents":-5}', '{"account":"été","cents":5}'], false),
      '{"t":"rows","topic":"T0pic","at":{"fair-1":7},"hash":"bpV0OV9XUnwOt1E8mGfJxA","rows":[{"account":"bank","cents":-5},{"account":"été","cents":5}]}',
    ],
    [
      'rows anew',
      rowsBytes('T0pic', newest, [], true),
      '{"t":"rows","topic":"T0pic","at":{"fair-1":7},"hash":"bpV0OV9XUnwOt1E8mGfJxA","anew":true,"rows":[]}',
    ],
    [
      'change',
      changeBytes(
        'T0pic',
        'older',
        newest,
        new Map([
          ['["a"]', '{"account":"a","cents":1}'],
          ['["b",2]', null],
          ['["c"]', null],
        ]),
      ),
      '{"t":"change","topic":"T0pic","at":{"fair-1":7},"from":"older","hash":"bpV0OV9XUnwOt1E8mGfJxA","put":[{"account":"a","cents":1}],"gone":[["b",2],["c"]]}',
    ],
    [
      'same',
      sameBytes('T0pic', newest.at, newest.hash),
      '{"t":"same","topic":"T0pic","at":{"fair-1":7},"hash":"bpV0OV9XUnwOt1E8mGfJxA"}',
    ],
    ['failed', failedBytes('T0pic', 'ada is odd'), '{"t":"failed","topic":"T0pic","why":"ada is odd"}'],
    ['beat', beatBytes([81_250, 1_763_650_000_000, 3]), '{"t":"beat","now":[81250,1763650000000,3]}'],
  ])('%s', (_, bytes, expected) => {
    expect(text(bytes)).toBe(expected)
  })
})

test.each([
  '{"t":"read","id":"books","query":"fair.books","input":{}}',
  '{"t":"read","id":"b","query":"fair.books","site":"fair-1","input":{},"has":{"hash":"bpV0OV9XUnwOt1E8mGfJxA","at":{"fair-1":7}},"everyMs":1000}',
  '{"t":"stop","id":"books"}',
  '{"t":"got","count":17}',
  '{"t":"beat","count":17}',
])('LIVE-16 what a reader says: %s', (message) => {
  expect(JSON.stringify(parseAsking(Buffer.from(message)))).toBe(message)
})

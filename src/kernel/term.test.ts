import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Term } from './term.ts'
import { compareTerms, parseTerm, sameTerm, termText } from './term.ts'

const names = fc.string({ unit: fc.constantFrom('0', '1', '9', 'a', 'b', 'z'), minLength: 4, maxLength: 5 })
const counts = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 999_999_999 }))
const terms: fc.Arbitrary<Term> = fc.record(
  { reign: counts, keeper: names, start: counts, stream: names },
  { noNullPrototype: true },
)
const term = (reign: number, keeper: string, start: number, stream = 'aaaa'): Term => {
  return { reign, keeper, start, stream }
}

describe('the order of terms', () => {
  test('LOG-7 the reign counts before the keeper, the keeper before the start, the start before the stream', () => {
    const ascending = [
      term(1, 'zzzz', 9, 'zzzz'),
      term(2, 'aaaa', 9, 'zzzz'),
      term(2, 'bbbb', 2, 'zzzz'),
      term(2, 'bbbb', 10, 'aaaa'),
      term(2, 'bbbb', 10, 'bbbb'),
      term(10, 'aaaa', 1, 'aaaa'),
    ]
    expect(ascending.toReversed().toSorted(compareTerms)).toEqual(ascending)
  })

  test('LOG-7 it is one order: mirrored when asked the other way round, and transitive', () => {
    fc.assert(
      fc.property(terms, terms, terms, (a, b, c) => {
        expect(Math.sign(compareTerms(a, b))).toBe(-Math.sign(compareTerms(b, a)) + 0)
        const [low = a, middle = b, high = c] = [a, b, c].toSorted(compareTerms)
        expect(compareTerms(low, middle)).toBeLessThanOrEqual(0)
        expect(compareTerms(middle, high)).toBeLessThanOrEqual(0)
        expect(compareTerms(low, high)).toBeLessThanOrEqual(0)
      }),
    )
  })

  test('LOG-7 two terms are the same when all four parts are', () => {
    fc.assert(
      fc.property(terms, terms, (a, b) => {
        expect(sameTerm(a, { ...a })).toBe(true)
        expect(sameTerm(a, b)).toBe(termText(a) === termText(b))
      }),
    )
  })
})

describe('terms as text', () => {
  test('TERM-15 a term comes back from its text', () => {
    fc.assert(
      fc.property(terms, (each) => {
        expect(parseTerm(termText(each))).toEqual(each)
      }),
    )
  })

  test.each([
    '',
    '1/box1/1',
    '1/box1/1/stream1/more',
    '-1/box1/1/stream1',
    '1/BOX1/1/stream1',
    '1/box/1/stream1',
    '1.5/box1/1/stream1',
    '1234567890/box1/1/stream1',
    '1/box1/1/stream1\n',
    ' 1/box1/1/stream1',
  ])('TERM-15 what is not a term throws: %j', (text) => {
    expect(() => parseTerm(text)).toThrow(/not a term/)
  })
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical, sha256 } from './digest.ts'

/** The same document with its keys in another order, at every depth. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).map(([key, inner]) => [key, shuffled(inner)] as const)
  return Object.fromEntries(entries.toReversed())
}

test('LOG-12 equal documents have equal texts, whatever the order of their keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const document: unknown = JSON.parse(JSON.stringify(value))
      expect(canonical(shuffled(document))).toBe(canonical(document))
      expect(JSON.parse(canonical(document))).toEqual(document)
    }),
  )
})

test('LOG-12 the order inside a list counts', () => {
  expect(canonical([1, 2])).not.toBe(canonical([2, 1]))
  expect(canonical({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}')
})

test('a digest is SHA-256 over UTF-8, 43 characters of base64url', () => {
  expect(sha256('')).toBe('47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU')
  expect(sha256('é🏁')).toHaveLength(43)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shortName } from './short-name.ts'

test.each([
  ['Trail des Crêtes 2026', 'trail-des-cretes-2026'],
  ['  L’Été "$HOME"; été ', 'l-ete-home-ete'],
  ['日本', ''],
])('%j is short %j', (name, short) => {
  expect(shortName(name)).toBe(short)
})

test('a short name keeps the form of a site, and is its own short name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      const short = shortName(name)
      expect(short).toMatch(/^(?:[a-z0-9][a-z0-9-]{0,62})?$/)
      expect(shortName(short)).toBe(short)
    }),
  )
})

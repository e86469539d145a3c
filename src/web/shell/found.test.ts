import { expect, test } from 'vitest'
import { found } from './found.ts'

const named = (name: string, also = '') => ({ name, also })
const all = [
  named('Trail des Crêtes', 'trail-2026'),
  named('107', 'Arrivée'),
  named('110', 'Départ'),
  named('1070'),
  named('Élodie Martin', 'elodie'),
]
const names = (text: string) => found(all, text).map(({ name }) => name)

test.each([
  ['crete', ['Trail des Crêtes']],
  ['ELODIE', ['Élodie Martin']],
  ['mar elo', ['Élodie Martin']],
  ['107', ['107', '1070']],
  ['arriv', ['107']],
  ['trail 2026', ['Trail des Crêtes']],
  ['nobody', []],
])('%j finds %j', (text, wanted) => {
  expect(names(text)).toEqual(wanted)
})

test('nothing asked finds everything, in its order', () => {
  expect(names('  ')).toEqual(all.map(({ name }) => name))
})

import { afterEach, expect, test } from 'vitest'
import { language } from '../kit/say.ts'
import { sayLent } from './lent-days.ts'

const before = language.value
afterEach(() => {
  language.value = before
})

test.each([
  ['en', null, 'Nobody knows how long the hub has not confirmed this account.'],
  ['en', 0, 'The hub has confirmed this account within the last day.'],
  ['en', 1, 'The hub has not confirmed this account for 1 day.'],
  ['en', 29, 'The hub has not confirmed this account for 29 days.'],
  ['fr', null, 'La dernière confirmation de ce compte par le hub est inconnue.'],
  ['fr', 0, 'Le hub a confirmé ce compte il y a moins d’un jour.'],
  ['fr', 1, 'Le hub n’a pas confirmé ce compte depuis 1 jour.'],
  ['fr', 29, 'Le hub n’a pas confirmé ce compte depuis 29 jours.'],
] as const)('ACCOUNT-13 in %s a page tells of %s days without the hub', (spoken, days, sentence) => {
  language.value = spoken
  expect(sayLent(days)).toBe(sentence)
})

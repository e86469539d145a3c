import { expect, test } from 'vitest'
import { nearest } from './suggest.ts'

test('the nearest name is suggested, and none where nothing is near', () => {
  const names = ['start', 'simulate', 'status']
  expect(nearest('strat', names)).toBe('start')
  expect(nearest('simulat', names)).toBe('simulate')
  expect(nearest('SATUS', names)).toBe('status')
  expect(nearest('topup', ['grant', 'topUp'])).toBe('topUp')
  expect(nearest('frobnicate', names)).toBeUndefined()
})

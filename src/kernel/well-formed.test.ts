import { expect, test } from 'vitest'
import { halfCharacterIn } from './well-formed.ts'

test.each([
  [{ tag: 'ada', more: [1, null, '😀'] }, undefined],
  [{ tag: '\ud800' }, 'tag'],
  [{ list: ['a', { deep: 'x\udc00' }] }, 'list.1.deep'],
  [{ '\ud83d': 1 }, '\ud83d'],
  ['\ud83d\ude00', undefined],
  ['\ude00\ud83d', ''],
  [null, undefined],
  [7, undefined],
])('%j holds half of a character at %j', (value, at) => {
  expect(halfCharacterIn(value)).toBe(at)
})

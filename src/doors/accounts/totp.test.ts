import fc from 'fast-check'
import { expect, test } from 'vitest'
import { base32, newTotpSecret, totpAddress, totpCode, totpStep } from './totp.ts'

const secret = base32(Buffer.from('12345678901234567890'))

// RFC 6238, appendix B: the last six of its eight digits.
test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('at second %i the code is %s', (second, code) => {
  expect(totpCode(secret, second * 1000)).toBe(code)
})

test('one step before and one after are let in, and no other', () => {
  const now = 1_234_567_890_000
  const stepOf = (ms: number) => totpStep(secret, totpCode(secret, now + ms), now)
  expect(stepOf(0)).toBe(Math.floor(now / 30_000))
  expect(stepOf(-30_000)).toBe(Math.floor(now / 30_000) - 1)
  expect(stepOf(30_000)).toBe(Math.floor(now / 30_000) + 1)
  expect(stepOf(-90_000)).toBeUndefined()
  expect(stepOf(90_000)).toBeUndefined()
  expect(totpStep(secret, '005 924', now)).toBeDefined()
})

test.each(['', '1', '0059245', 'abcdef', '００５９２４'])('%j is no code', (code) => {
  expect(totpStep(secret, code, 1_234_567_890_000)).toBeUndefined()
})

test('base32 is that of RFC 4648, without its padding', () => {
  const of = (text: string) => base32(Buffer.from(text))
  expect(['f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map(of)).toEqual([
    'MY',
    'MZXQ',
    'MZXW6',
    'MZXW6YQ',
    'MZXW6YTB',
    'MZXW6YTBOI',
  ])
})

test('whatever the secret, its own code opens', () => {
  expect(() =>
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        fc.integer({ min: 0, max: 4e12 }),
        (bytes, now) => {
          const own = newTotpSecret({ bytes: () => bytes })
          return totpStep(own, totpCode(own, now), now) === Math.floor(now / 30_000)
        },
      ),
    ),
  ).not.toThrow()
})

test('an app is given names as they are', () => {
  expect(totpAddress('ABC', 'zoé', 'L’Été & co')).toBe(
    `otpauth://totp/${encodeURIComponent('L’Été & co:zoé')}?secret=ABC&issuer=${encodeURIComponent('L’Été & co')}`,
  )
})

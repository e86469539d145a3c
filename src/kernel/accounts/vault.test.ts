import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { vaultOf } from './vault.ts'

const random = { bytes: (size: number) => randomBytes(size) }
const key = randomBytes(32)
const vault = vaultOf(key, random)

test('ACCOUNT-2 what is sealed under a site’s key opens there, and reads as nothing elsewhere', () => {
  const sealed = vault.seal('rosebud-1234', 'fleet anna password')
  expect(sealed).not.toContain('rosebud')
  expect(vault.open(sealed, 'fleet anna password')).toBe('rosebud-1234')
  expect(vaultOf(key, random).open(sealed, 'fleet anna password')).toBe('rosebud-1234')
  expect(vaultOf(randomBytes(32), random).open(sealed, 'fleet anna password')).toBeUndefined()
})

test('ACCOUNT-2 sealed for one account, it is no proof of another', () => {
  const sealed = vault.seal('rosebud-1234', 'fleet anna password')
  expect(vault.open(sealed, 'fleet marie password')).toBeUndefined()
  expect(vault.seal('rosebud-1234', 'fleet anna password')).not.toBe(sealed)
})

test.each(['', 'AAAA', 'no base64 !', `${'A'.repeat(40)}`])('%j opens to nothing', (text) => {
  expect(vault.open(text, 'x')).toBeUndefined()
})

test('one bit changed opens to nothing', () => {
  const bytes = Buffer.from(vault.seal('rosebud-1234', 'x'), 'base64url')
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(vault.open(changed.toString('base64url'), 'x')).toBeUndefined()
  }
})

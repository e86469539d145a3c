import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashPassword, isNobodysPassword, isPassword } from './passwords.ts'

const random = { bytes: (size: number) => randomBytes(size) }

test('a password is known again, however its accents were typed, and nothing else is', async () => {
  const hashed = await hashPassword('café au lait', random)
  expect(hashed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(hashed).not.toContain('lait')
  expect(await isPassword('cafe\u0301 au lait', hashed)).toBe(true)
  expect(await isPassword('cafe au lait', hashed)).toBe(false)
  expect(await hashPassword('café au lait', random)).not.toBe(hashed)
})

test.each(['', 'plain', '$argon2id$v=19$m=19456,t=2,p=1$short$short'])(
  '%j is no password’s',
  async (text) => {
    expect(await isPassword('password', text)).toBe(false)
  },
)

test('nobody has no password', async () => {
  expect(await isNobodysPassword('password')).toBe(false)
})

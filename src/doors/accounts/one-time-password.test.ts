import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { shortestPassword } from './passwords.ts'
import { oneTimePassword } from './one-time-password.ts'

const random = { bytes: (size: number) => randomBytes(size) }

test('PEOPLE-1 a password that is made can be read aloud, and no two are alike', () => {
  const made = Array.from({ length: 500 }, () => oneTimePassword(random))
  expect(new Set(made).size).toBe(500)
  for (const each of made) {
    expect(each).toMatch(/^(?:[bdfghjklmnprstvz][aeiu]){2}(?:-(?:[bdfghjklmnprstvz][aeiu]){2}){3}$/)
    expect(each.length).toBeGreaterThan(shortestPassword)
  }
})

test('PEOPLE-1 each syllable comes equally often', () => {
  const seen = new Map<string, number>()
  for (let byte = 0; byte < 256; byte += 1) {
    const text = oneTimePassword({ bytes: (size) => new Uint8Array(size).fill(byte) }).slice(0, 2)
    seen.set(text, (seen.get(text) ?? 0) + 1)
  }
  expect([seen.size, ...new Set(seen.values())]).toEqual([64, 4])
})

import { beforeEach, expect, test } from 'vitest'
import { Lockouts } from './lockouts.ts'

let now = 0
let lockouts: Lockouts
beforeEach(() => {
  now = 1000
  lockouts = new Lockouts(() => now)
})
const minute = 60_000
const by = (account: string, client = 'school', address = client) => ({
  account,
  client,
  address,
  pin: false,
})

test('ACCOUNT-7 five wrong tries shut one client out of one account, for a quarter of an hour', () => {
  for (let index = 0; index < 4; index += 1) lockouts.wrong(by('marie'))
  expect(lockouts.lockedMs(by('marie'))).toBe(0)
  lockouts.wrong(by('marie'))
  expect(lockouts.lockedMs(by('marie'))).toBe(15 * minute)
  expect(lockouts.lockedMs(by('anna'))).toBe(0)
  expect(lockouts.lockedMs(by('marie', 'her own phone'))).toBe(0)
  now += 15 * minute
  expect(lockouts.lockedMs(by('marie'))).toBe(0)
  lockouts.wrong(by('marie'))
  expect(lockouts.lockedMs(by('marie'))).toBe(0)
})

test('ACCOUNT-7 four wrong, then right: the count begins anew', () => {
  for (let index = 0; index < 4; index += 1) lockouts.wrong(by('marie'))
  lockouts.right(by('marie'))
  for (let index = 0; index < 4; index += 1) lockouts.wrong(by('marie'))
  expect(lockouts.lockedMs(by('marie'))).toBe(0)
})

test('ACCOUNT-8 one address, nine accounts, four wrong tries each: the 31st waits 2 s, and a right one waits for nothing', () => {
  const waits: number[] = []
  for (let round = 0; round < 4; round += 1)
    for (let account = 0; account < 9; account += 1) waits.push(lockouts.wrong(by(`account ${account}`)))
  expect(waits.slice(0, 30).every((ms) => ms === 0)).toBe(true)
  expect(waits.slice(30)).toEqual([2000, 2000, 2000, 2000, 2000, 2000])
  expect(lockouts.lockedMs(by('account 3'))).toBe(0)
  now += 15 * minute
  expect(lockouts.wrong(by('account 3'))).toBe(0)
})

test('ACCOUNT-7 five wrong PINs shut a client out for a minute, whosever they were', () => {
  for (let index = 0; index < 5; index += 1) lockouts.wrong({ ...by(`helper ${index}`), pin: true })
  expect(lockouts.lockedMs({ ...by('helper 9'), pin: true })).toBe(minute)
  expect(lockouts.lockedMs({ ...by('helper 9', 'another phone'), pin: true })).toBe(0)
  now += minute
  expect(lockouts.lockedMs({ ...by('helper 9'), pin: true })).toBe(0)
})

test('ACCOUNT-7 a lead lets an account try again, and only that one', () => {
  for (let index = 0; index < 5; index += 1) {
    lockouts.wrong(by('marie'))
    lockouts.wrong(by('anna'))
  }
  lockouts.unlock('marie')
  expect(lockouts.lockedMs(by('marie'))).toBe(0)
  expect(lockouts.lockedMs(by('anna'))).toBe(15 * minute)
})

test('whoever invents names without end does not fill the memory', () => {
  for (let index = 0; index < 50_000; index += 1) lockouts.wrong(by(`name ${index}`, `client ${index}`))
  expect(lockouts.remembered).toBeLessThanOrEqual(3 * 20_000)
})

import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Instant, Quality } from '../instant.ts'
import type { FleetRows, LentRows } from './lending.ts'
import { erasedLendings, isNeeded, lendable, nextLending } from './lending.ts'
import { ageOf, boundTo, confirmedForMs, isStale, openConfirmed, openLent } from './lent.ts'
import { vaultOf } from './vault.ts'

const random = { bytes: (size: number) => randomBytes(size) }
const fleetVault = vaultOf(randomBytes(32), random)
const vault = vaultOf(randomBytes(32), random)
const site = 'hall'
const hour = 3_600_000
const day = 24 * hour
const start = 1_800_000_000_000
const after = (ms: number, quality: Quality = 2): Instant => [ms, start, quality]

const box = (name: string, small = false) => ({ box: name, publicKey: `key of ${name}`, small, n: 1 })
const aPerson = (account: string, n = 1) => ({
  account,
  login: account,
  name: account,
  language: 'en',
  n,
  i: 0,
})
const aPassword = (account: string, until: number | null = null) => ({
  account,
  proof: 'password' as const,
  sealed: fleetVault.seal(`hash of ${account}`, boundTo({ site: 'fleet', account }, 'password')),
  until,
  n: 2,
  i: 0,
})

/** An organisation in which all of these are leads of the hall. */
function fleetOf(accounts: readonly string[], more: Partial<FleetRows> = {}) {
  const rows: FleetRows = {
    accounts: accounts.map((account) => ({ account, n: 1, suspended: false })),
    people: accounts.map((account) => aPerson(account)),
    proofs: accounts.map((account) => aPassword(account)),
    roles: accounts.map((account) => ({ account, site, role: 'lead', n: 3 })),
    signOuts: [],
    erased: [],
    boxes: [box('hub')],
    ...more,
  }
  return { site: 'fleet', vault: fleetVault, rows }
}
const nothingLent: LentRows = { lendings: [], confirmed: [], boxes: [box('hub'), box('keeper')] }
const here = (rows: LentRows) => ({ site, vault, rows })

/** The rows of the site after what is said now. */
function said(
  fleet: ReturnType<typeof fleetOf>,
  rows: LentRows,
  now: Instant,
  n = rows.lendings.length + 10,
): LentRows | undefined {
  const input = nextLending(fleet, here(rows), now, random)
  if (!input) return undefined
  const { logins, lendings, sealed } = input
  const more = logins.map((each, i) => ({ ...each, n, i }))
  return { ...rows, lendings: [...rows.lendings, ...more], confirmed: [{ slot: 0, n, lendings, sealed }] }
}
function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing was said')
  return value
}
const confirmedOf = ({ confirmed: [word] }: LentRows) => openConfirmed(vault, site, must(word))?.confirmed

test('PEOPLE-1 a password that was made for somebody is lent to nobody, until he has chosen his own', () => {
  const once = { ...aPassword('ann1'), proof: 'once' as const }
  const made = fleetOf(['jo01', 'ann1'], { proofs: [aPassword('jo01'), once] })
  expect([...lendable(made, site).keys()]).toEqual(['jo01'])
  const chosen = fleetOf(['ann1'], { proofs: [once, aPassword('ann1')] })
  expect(lendable(chosen, site).get('ann1')?.verifier).toBe('hash of ann1')
})

test('ACCOUNT-11 a password that holds for a while, an owner by any role, and who has no name or proof are not lent', () => {
  const roles = [
    { account: 'lead', site, role: 'lead', n: 3 },
    { account: 'lead', site: '', role: 'viewer', n: 3 },
    { account: 'lead', site, role: 'viewer', n: 4 },
    { account: 'owner', site: '', role: 'owner', n: 3 },
    { account: 'owner', site, role: 'lead', n: 3 },
    { account: 'nameless', site, role: 'lead', n: 3 },
    { account: 'while', site, role: 'lead', n: 3 },
    { account: 'forged', site, role: 'lead', n: 3 },
  ]
  const names = ['lead', 'owner', 'nameless', 'while', 'forged', 'idle']
  const fleet = fleetOf(names, {
    roles,
    people: names.filter((name) => name !== 'nameless').map((name) => aPerson(name)),
    proofs: [
      ...['lead', 'owner', 'nameless', 'idle'].map((name) => aPassword(name)),
      aPassword('while', start + day),
      { ...aPassword('forged'), sealed: aPassword('lead').sealed },
    ],
  })
  const lent = lendable(fleet, site)
  expect([...lent.keys()]).toEqual(['lead'])
  expect(lent.get('lead')).toMatchObject({ roles: ['lead', 'viewer'], verifier: 'hash of lead' })
})

test('ACCOUNT-11 it is needed where a box has the site’s log and not the organisation’s', () => {
  const { rows } = fleetOf([])
  const boxes = (...all: ReturnType<typeof box>[]) => isNeeded(rows, { ...nothingLent, boxes: all })
  expect(boxes(box('hub'))).toBe(false)
  expect(boxes(box('hub'), box('small', true))).toBe(false)
  expect(boxes(box('hub'), box('other'))).toBe(true)
  // The name alone is nobody.
  expect(boxes({ ...box('hub'), publicKey: 'another' })).toBe(true)
})

test('ACCOUNT-11 many people take several words, each of which counts what was lent before', () => {
  const names = Array.from({ length: 120 }, (_, i) => `person${i}`)
  const fleet = fleetOf(names)
  let rows = nothingLent
  for (const counted of [50, 100, 120]) {
    rows = must(said(fleet, rows, after(0)))
    expect(rows.confirmed[0]?.lendings).toHaveLength(counted)
  }
  expect(said(fleet, rows, after(0))).toBeUndefined()
  const opened = rows.lendings.map((row) => openLent(vault, { site, ...row })?.login)
  expect(new Set(opened)).toEqual(new Set(names))
})

test('ACCOUNT-13 the hub says it again before a day is over, and nothing else changes', () => {
  const fleet = fleetOf(['lead'])
  const first = must(said(fleet, nothingLent, after(0)))
  expect(confirmedOf(first)).toBe(start)
  expect(said(fleet, first, after(19 * hour))).toBeUndefined()
  const again = must(said(fleet, first, after(21 * hour)))
  expect(confirmedOf(again)).toBe(start + 21 * hour)
  expect(again.lendings).toEqual(first.lendings)
  expect(again.confirmed[0]?.lendings).toEqual(first.confirmed[0]?.lendings)
})

test('ACCOUNT-13 a hub that does not know the time makes nothing younger, and says it when it does', () => {
  const fleet = fleetOf(['lead'])
  const blind = must(said(fleet, nothingLent, after(0, 0)))
  expect(confirmedOf(blind)).toBeNull()
  expect(said(fleet, blind, after(day, 0))).toBeUndefined()
  const known = must(said(fleet, blind, after(hour)))
  expect(confirmedOf(known)).toBe(start + hour)
  const other = must(said(fleetOf(['lead', 'other']), known, after(day, 0)))
  expect(confirmedOf(other)).toBe(start + hour)
})

test('ACCOUNT-13 a word from the future was said by a wrong clock: it is said again, and has no age', () => {
  const fleet = fleetOf(['lead'])
  const wrong = must(said(fleet, nothingLent, after(900 * day)))
  expect(confirmedOf(must(said(fleet, wrong, after(hour))))).toBe(start + hour)
  expect(ageOf(start + 900 * day, after(hour))).toBeNull()
})

test.each([
  [29 * day, 29, false],
  [confirmedForMs, 30, false],
  [confirmedForMs + 1, 30, true],
  [31 * day, 31, true],
])('ACCOUNT-13 %d ms after the hub’s word it is %d days old, and over: %s', (ms, days, over) => {
  const age = ageOf(start, after(ms))
  expect(Math.floor((age ?? 0) / day)).toBe(days)
  expect(isStale(age)).toBe(over)
})

test('ACCOUNT-13 nothing expires on an unknown clock', () => {
  for (const age of [
    ageOf(null, after(99 * day)),
    ageOf(start, after(99 * day, 0)),
    ageOf(start, [0, null, 0]),
  ]) {
    expect(age).toBeNull()
    expect(isStale(age)).toBe(false)
  }
})

test('ACCOUNT-15 whatever changes at the hub ends a lending: it is returned, or another one', () => {
  const before = must(said(fleetOf(['lead', 'other']), nothingLent, after(0)))
  const [first] = before.lendings
  const changes: Partial<FleetRows>[] = [
    { accounts: [{ account: 'lead', n: 1, suspended: true }] },
    { roles: [] },
    { roles: [{ account: 'lead', site, role: 'viewer', n: 9 }] },
    { people: [aPerson('lead', 9)] },
    { proofs: [{ ...aPassword('lead'), n: 9 }] },
    { proofs: [] },
    { signOuts: [{ account: 'lead', n: 9 }] },
    { boxes: [box('hub'), box('keeper')] },
  ]
  for (const change of changes) {
    const next = must(said(fleetOf(['lead'], change), before, after(hour)))
    expect(next.confirmed[0]?.lendings).not.toContain(first?.lending)
  }
})

test('ACCOUNT-15 what stands on a name or a password that was erased is to be erased', () => {
  const fleet = fleetOf(['lead', 'other'], { people: [aPerson('lead', 5), aPerson('other', 6)] })
  const rows = must(said(fleet, nothingLent, after(0)))
  const erased = (n: number) => fleetOf([], { erased: [{ n, i: 0, by: 99 }] }).rows
  expect(erasedLendings(erased(5), here(rows))).toEqual([{ n: 10, i: 0 }])
  expect(erasedLendings(erased(6), here(rows))).toEqual([{ n: 10, i: 1 }])
  expect(erasedLendings(erased(2), here(rows))).toHaveLength(2)
  expect(erasedLendings(erased(7), here(rows))).toEqual([])
})

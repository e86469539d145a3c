import { beforeEach, expect, test } from 'vitest'
import { sha256 } from '../../kernel/digest.ts'
import type { Token, Whose } from './directory.ts'
import { isNobody, visitorOf } from './visitors.ts'

const secret = `rgt_${'x'.repeat(43)}`
const cookie = `theme=dark; regie_session=${'s'.repeat(43)}`
const pay = { name: 'fair.pay', allow: ['volunteer'] }
const books = { name: 'fair.books', allow: ['viewer'] }
const open = { name: 'fair.open', allow: ['public'] }

let token: Token | undefined
let roles: Record<string, readonly string[]>
let account: string | undefined
let lentTo: readonly string[] | undefined
let now: number | null
let how = 'password'
beforeEach(() => {
  token = {
    site: 'fleet',
    token: 't1',
    account: 'jo',
    name: 'timing',
    allow: ['fair.pay'],
    sites: ['one'],
    until: 1000,
  }
  roles = { one: ['lead'], two: ['lead'] }
  account = 'jo'
  lentTo = undefined
  now = 500
  how = 'password'
})

const parts = {
  directory: {
    token: (hashed: string) => (hashed === sha256(secret) ? token : undefined),
    roles: ({ lending, site: at }: Whose, site: string) =>
      lending === undefined || at === site ? (roles[site] ?? []) : [],
  },
  sessions: {
    whose: (session: string): readonly Whose[] => {
      if (session !== sha256('s'.repeat(43)) || account === undefined) return []
      return lentTo?.map((site) => ({ site, account: 'jo', lending: 'l1' })) ?? [{ site: 'fleet', account }]
    },
    howOf: () => how,
  },
  epoch: () => now,
}
const byToken = () => visitorOf({ authorization: `Bearer ${secret}` }, parts)

test('ACCOUNT-6 a token may what it lists, at its sites, and nothing else that its account may', () => {
  const visitor = byToken()
  expect(visitor).toMatchObject({ kind: 'token', who: 'jo token t1' })
  expect(visitor.may(pay, 'one')).toBe(true)
  expect(visitor.may(pay, 'two')).toBe(false)
  expect(visitor.may(books, 'one')).toBe(false)
  expect(visitor.may(open, 'two')).toBe(true)
})

test('ACCOUNT-6 it ends with its date, its revocation, its account’s role, while somebody holds it', () => {
  const visitor = byToken()
  now = 1001
  expect(visitor.may(pay, 'one')).toBe(false)
  expect(byToken().kind).toBe('nobody')
  now = null
  expect(visitor.may(pay, 'one')).toBe(true)
  roles = {}
  expect(visitor.may(pay, 'one')).toBe(false)
  roles = { one: ['volunteer'] }
  token = undefined
  expect(visitor.may(pay, 'one')).toBe(false)
  expect(visitor.may(open, 'one')).toBe(true)
})

test('ACCOUNT-3 a person is what the logs say now, as long as the session lasts', () => {
  const visitor = visitorOf({ cookie }, parts)
  expect(visitor).toMatchObject({ kind: 'person', who: 'jo' })
  expect(visitor.may(pay, 'one')).toBe(true)
  expect(visitor.may(pay, 'three')).toBe(false)
  roles = { one: ['viewer'] }
  expect(visitor.may(pay, 'one')).toBe(false)
  expect(visitor.may(books, 'one')).toBe(true)
  account = undefined
  expect(visitor.may(books, 'one')).toBe(false)
  account = 'another'
  expect(visitor.may(books, 'one')).toBe(false)
})

test('ACCOUNT-14 who was lent is at each site what that site says, as long as it does, and nothing elsewhere', () => {
  lentTo = ['one', 'two']
  roles = { one: ['lead'], two: ['volunteer'], three: ['manager'] }
  const visitor = visitorOf({ cookie }, parts)
  expect(visitor).toMatchObject({ kind: 'person', who: 'jo lent' })
  const close = { name: 'fair.close', allow: ['lead'] }
  expect(['one', 'two', 'three'].map((site) => visitor.may(close, site))).toEqual([true, false, false])
  expect(visitor.may(pay, 'two')).toBe(true)
  lentTo = ['two']
  expect(['one', 'two', 'three'].map((site) => visitor.may(pay, site))).toEqual([false, true, false])
})

test('a token goes before a session, and a wrong one is nobody, whatever the cookie says', () => {
  const wrong = { cookie, authorization: `Bearer rgt_${'y'.repeat(43)}` }
  expect(visitorOf(wrong, parts).kind).toBe('nobody')
})

test.each([
  [{}, true],
  [{ cookie: 'regie_session=short' }, true],
  [{ cookie }, false],
  [{ authorization: 'Basic abc' }, true],
  [{ authorization: `bearer ${secret}` }, false],
  [{ authorization: `Bearer ${secret} ` }, false],
])('%j says who it is: not %s', (credentials, is) => {
  expect(isNobody(credentials)).toBe(is)
})

test('PEOPLE-2 whoever came in with a password that was made may what anybody may, and no more', () => {
  how = 'reset'
  const visitor = visitorOf({ cookie }, parts)
  expect(visitor).toMatchObject({ kind: 'person', who: 'jo', mustChange: true })
  expect([visitor.may(pay, 'one'), visitor.may(books, 'one')]).toEqual([false, false])
  expect(visitor.may({ name: 'open', allow: ['public'] }, 'one')).toBe(true)
})

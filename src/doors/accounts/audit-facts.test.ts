import { expect, test } from 'vitest'
import { inWords, readable, shownFact, subjectOf } from './audit-facts.ts'

test.each([
  [{ sealed: 'AbC' }, { sealed: '…' }],
  [{ sealed: null }, { sealed: null }],
  [
    { account: 'k3v9', secret: 'x', proof: 'totp' },
    { account: 'k3v9', secret: '…', proof: 'totp' },
  ],
  [
    { params: { ssid: 'Trail', passphrase: 'x', psk: 'y' } },
    { params: { ssid: 'Trail', passphrase: '…', psk: '…' } },
  ],
  [{ list: [{ wifiPassword: 'x' }] }, { list: [{ wifiPassword: '…' }] }],
  [
    { secretKey: 'x', privateKey: 'y', publicKey: 'z' },
    { secretKey: '…', privateKey: '…', publicKey: 'z' },
  ],
])('AUDIT-1 no reader sees the secrets of %j', (given, shown) => {
  expect(readable(given)).toEqual(shown)
})

test('AUDIT-1 what is shown is no longer than a screen', () => {
  expect(readable('x'.repeat(1000))).toHaveLength(301)
  expect(readable(Array.from({ length: 100 }, (_, i) => i))).toHaveLength(31)
  let deep: unknown = 'end'
  for (let level = 0; level < 40; level += 1) deep = { deep }
  expect(JSON.stringify(readable(deep))).not.toContain('end')
})

test('AUDIT-1 facts in a line, without what is hidden or empty', () => {
  const fact = (body: unknown, hollow = false) => shownFact({ kind: 'x', body, hollow })
  const proof = fact({ account: 'k3v9', proof: 'password', sealed: 'AbC', until: null })
  expect(inWords([proof, fact({ list: [1, 2] }), fact(undefined, true)])).toBe(
    'account k3v9, proof password · list [1,2] · ∅',
  )
})

test('AUDIT-1 only what says a thing whole has a before', () => {
  const of = (kind: string, body: unknown) => subjectOf({ kind, body, hollow: false })
  expect(of('account.saved', { account: 'a', name: 'x' })).toBe(
    of('account.saved', { account: 'a', name: 'y' }),
  )
  expect(of('account.saved', { account: 'a' })).not.toBe(of('account.saved', { account: 'b' }))
  expect(of('site.saved', { name: 'x' })).toBe(of('site.saved', { name: 'y' }))
  expect(of('role.granted', { account: 'a' })).toBeUndefined()
  expect(subjectOf({ kind: 'account.saved', body: undefined, hollow: true })).toBeUndefined()
})

import { expect, test } from 'vitest'
import { sha256 } from '../../kernel/digest.ts'
import { nobody } from '../visitor.ts'
import { devicesOf } from './devices.ts'

const secret = `rgt_${'x'.repeat(43)}`
const token = {
  site: 'fleet',
  token: 't1',
  account: 'jo',
  name: 'gate-1',
  allow: ['fair.read'],
  sites: ['one'] as readonly string[] | null,
  until: 9,
}

const deviceOf = (changed: Partial<typeof token>, presented: { username?: string; password?: string }) =>
  devicesOf({
    visitorOf: async ({ authorization }) =>
      authorization === `Bearer ${secret}`
        ? { kind: 'token', who: 'jo token t1', may: ({ name }) => name === 'fair.read' }
        : nobody,
    now: () => ({
      directory: { token: (hashed) => (hashed === sha256(secret) ? { ...token, ...changed } : undefined) },
    }),
  })({
    clientId: 'c',
    username: presented.username,
    password: presented.password === undefined ? undefined : Buffer.from(presented.password),
    address: '10.0.0.7',
  })

test('ACCOUNT-10 a device signs in with a token of its own, under the name of the token', async () => {
  const device = await deviceOf({}, { username: 'gate-1', password: secret })
  expect(device).toMatchObject({ kind: 'device', id: 'gate-1', site: 'one', who: 'jo token t1' })
  expect(device?.may({ name: 'fair.read', allow: ['volunteer'] }, 'one')).toBe(true)
  expect(device?.may({ name: 'fair.pay', allow: ['volunteer'] }, 'one')).toBe(false)
  expect(await deviceOf({}, { password: secret })).toMatchObject({ id: 'gate-1' })
})

test.each([
  ['under another name', {}, { username: 'gate-2', password: secret }],
  ['without a password', {}, { username: 'gate-1' }],
  ['with a wrong one', {}, { username: 'gate-1', password: `rgt_${'y'.repeat(43)}` }],
  ['with a token for every site', { sites: null }, { password: secret }],
  ['with a token for two', { sites: ['one', 'two'] }, { password: secret }],
  ['with a token whose name is no level of a topic', { name: 'gate/+' }, { password: secret }],
])('ACCOUNT-10 nobody comes in %s', async (_, changed, presented) => {
  expect(await deviceOf(changed, presented)).toBeUndefined()
})

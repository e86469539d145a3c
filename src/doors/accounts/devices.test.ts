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

function aDoor(changed: Partial<typeof token> = {}) {
  const known = { token: { ...token, ...changed } as typeof token | undefined, suspended: false }
  const told: (() => void)[] = []
  const devices = devicesOf({
    visitorOf: async ({ authorization }) =>
      authorization === `Bearer ${secret}`
        ? { kind: 'token', who: 'jo token t1', may: ({ name }) => name === 'fair.read' }
        : nobody,
    onChange: (tell) => {
      told.push(tell)
      return () => {}
    },
    now: () => ({
      directory: {
        token: (hashed) => (hashed === sha256(secret) ? known.token : undefined),
        person: (whose) => ({ ...whose, ...jo, suspended: known.suspended }),
      },
    }),
  })
  return { known, devices, change: () => told.forEach((tell) => tell()) }
}
const jo = { login: 'jo', name: 'Jo', language: 'fr' }

const presentedBy = ({ username, password }: { username?: string; password?: string }) => ({
  clientId: 'c',
  username,
  password: password === undefined ? undefined : Buffer.from(password),
  address: '10.0.0.7',
})
const deviceOf = (changed: Partial<typeof token>, presented: { username?: string; password?: string }) =>
  aDoor(changed).devices.deviceOf(presentedBy(presented))

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

test.each([
  ['whose token is revoked', (known: { token: unknown }) => (known.token = undefined)],
  ['whose account is suspended', (known: { suspended: boolean }) => (known.suspended = true)],
])('ACCOUNT-10 a device %s is sent away, once', async (_, change) => {
  const { devices, known, change: tell } = aDoor()
  await devices.deviceOf(presentedBy({ password: secret }))
  const gone: string[] = []
  devices.onGone((who) => gone.push(who))
  tell()
  expect(gone).toEqual([])
  change(known)
  tell()
  tell()
  expect(gone).toEqual(['jo token t1'])
  expect(await devices.deviceOf(presentedBy({ password: secret }))).toBeUndefined()
})

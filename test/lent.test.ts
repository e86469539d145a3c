// People who sign in at a box of a site while the hub is away: whole programs, real sockets, real HTTP.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { realMachine } from '../src/cli/machine.ts'
import type { Program } from '../src/cli/program.ts'
import { startProgram } from '../src/cli/program.ts'
import { readSettings } from '../src/cli/settings.ts'
import { hashPassword } from '../src/doors/accounts/passwords.ts'
import { doLocal } from '../src/doors/local.ts'
import { parseIdentity } from '../src/kernel/link/identity.ts'

const password = 'correct horse battery'
const site = 'trail-2026'
const day = 24 * 3_600_000
/** With two cores and much else to do. */
const patience = { timeout: 40_000, interval: 50 }
let root = ''
let running: Map<string, Program>
let said: string[] = []

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'regie-lent-'))
  running = new Map()
  said = []
})
afterEach(async () => {
  for (const program of running.values()) await program.stop()
  rmSync(root, { recursive: true })
})

const dataOf = (name: string) => join(root, name)
async function start(name: string, port = 0): Promise<Program> {
  const machine = realMachine({ write: (text) => void said.push(text), isTTY: false, least: 'debug' })
  const settings = readSettings(
    {},
    {
      data: dataOf(name),
      port: `${port}`,
      'mqtt-port': '0',
      'mqtt-ws-port': '0',
      host: '127.0.0.1',
      log: 'debug',
    },
  )
  const program = await startProgram({ settings, machine, listening: () => {} })
  running.set(name, program)
  return program
}
async function stop(name: string): Promise<void> {
  await running.get(name)?.stop()
  running.delete(name)
}
const box = (name: string) => {
  const program = running.get(name)
  if (!program) throw new Error(`${name} is not running`)
  return program
}
const memberOf = (name: string) => {
  const { box: id, publicKey } = parseIdentity(readFileSync(join(dataOf(name), 'identity'), 'utf8'))
  return { box: id, publicKey, small: false }
}
const by = async (name: string, command: string, input: unknown): Promise<unknown> =>
  (await doLocal(dataOf(name), command, input))?.done
const setTime = (name: string, at: string, time: number) =>
  box(name).box.act(at, { action: 'clock.set', key: `clock ${time}`, who: 'test', input: { time } })

async function request(
  name: string,
  method: string,
  path: string,
  more: { cookie?: string; body?: unknown },
) {
  const origin = `http://127.0.0.1:${box(name).port}`
  const answer = await fetch(`${origin}/api/${path}`, {
    method,
    headers: {
      ...(more.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(more.cookie === undefined ? {} : { cookie: more.cookie, origin }),
    },
    ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
  })
  const cookie = answer.headers
    .getSetCookie()
    .map((each) => each.split(';', 1)[0] ?? '')
    .join('; ')
  const text = await answer.text()
  const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
  return { status: answer.status, cookie, body }
}
const signIn = (name: string, login: string, secret = password) =>
  request(name, 'POST', 'fleet/session', { body: { login, secret } })
const me = async (name: string, cookie: string) => request(name, 'GET', 'fleet/session', { cookie })
const lendings = async (name: string) => {
  const asked = await box(name).box.live.ask({ query: 'lendings', sites: site, input: {} })
  return asked.is === 'answer' ? asked.rows.size : -1
}

/** The hub keeps the organisation's log; the first site has gone to a box on the spot, which the hub follows. */
async function hubAndKeeper(): Promise<void> {
  await start('hub')
  await start('keeper')
  await by('hub', 'setup', {
    organisation: 'Trail Club',
    language: 'en',
    zone: 'Europe/Paris',
    login: 'marie',
    name: 'Marie Dupont',
    password,
    site,
    siteName: 'Trail 2026',
  })
  for (const at of ['fleet', site]) await setTime('hub', at, Date.now())
  await person('jo', 'lead', site)
  await person('max', 'manager', null)
  await by('hub', 'account totp', { login: 'max' })
  await person('elsewhere', 'lead', 'another-site')
  await box('hub').box.assign(site, memberOf('keeper'))
  await box('keeper').box.serve(site, {
    address: `ws://127.0.0.1:${box('hub').port}/link`,
    box: box('hub').box.id,
    publicKey: memberOf('hub').publicKey,
  })
  const isThere = () => box('keeper').box.vault(site) !== undefined
  await expect.poll(isThere, patience).toBe(true)
  await expect
    .poll(async () => (await box('hub').box.handOver(site, memberOf('keeper').box)).is, patience)
    .toBe('answered')
  await expect.poll(() => statusOf('keeper').role, patience).toBe('keeping')
  await expect.poll(() => lendings('keeper'), patience).toBe(2)
}
const statusOf = (name: string) => {
  const status = box(name)
    .box.status()
    .sites.find((each) => each.site === site)
  if (!status) throw new Error(`${name} does not serve ${site}`)
  return status
}
const person = (login: string, role: string, at: string | null) =>
  by('hub', 'account add', { login, name: `Name of ${login}`, language: 'fr', role, site: at, password })

test('ACCOUNT-13 without the hub a lead signs in, hears how old its word is, and after 30 days why he cannot', async () => {
  await hubAndKeeper()
  const { port } = box('hub')
  await stop('hub')
  const now = Date.now()
  await setTime('keeper', site, now)
  const jo = await signIn('keeper', 'jo')
  expect(jo).toMatchObject({ status: 200, body: { login: 'jo', lent: { days: 0 } } })
  expect(await me('keeper', jo.cookie)).toMatchObject({ body: { roles: [{ role: 'lead', site }] } })
  const act = (cookie: string) =>
    request('keeper', 'POST', 'fleet/orphan.drop', {
      cookie,
      body: { term: '1/k/1/s', n: 5, note: 'as a lead' },
    })
  expect((await act(jo.cookie)).body['code']).toBe('no-orphan')
  const sessions = await request('keeper', 'GET', 'fleet/sessions', { cookie: jo.cookie })
  expect(JSON.stringify(sessions.body)).toContain('"lent":true')
  // A manager does with the password alone; an owner does not, nor who is a lead elsewhere.
  expect(await signIn('keeper', 'max')).toMatchObject({ status: 200, body: { lent: { days: 0 } } })
  for (const login of ['marie', 'elsewhere', 'nobody'])
    expect((await signIn('keeper', login)).body['code']).toBe('sign_in_wrong')
  expect((await signIn('keeper', 'jo', 'another password')).body['code']).toBe('sign_in_wrong')
  await expect(
    by('keeper', 'account reset', { login: 'jo', password: 'a password of mine' }),
  ).rejects.toThrow('of the organisation')
  // Over a restart he stays; what the box then says of the time is what counts.
  await stop('keeper')
  await start('keeper')
  await expect.poll(async () => (await me('keeper', jo.cookie)).status, patience).toBe(200)
  await expect.poll(() => statusOf('keeper').role, patience).toBe('keeping')
  await setTime('keeper', site, now + 29 * day + 3_600_000)
  const old = await signIn('keeper', 'jo')
  expect(old.body['lent']).toMatchObject({ days: 29 })
  expect((await act(old.cookie)).status).toBe(404)
  await setTime('keeper', site, now + 31 * day + 3_600_000)
  expect((await act(old.cookie)).status).toBe(403)
  const late = await signIn('keeper', 'jo')
  expect(late).toMatchObject({ status: 403, body: { code: 'sign_in_stale' } })
  expect(JSON.stringify(late.body)).toContain('31')
  // The hub comes back, and confirms by itself.
  await start('hub', port)
  await expect.poll(async () => (await signIn('keeper', 'jo')).status, patience).toBe(200)
  const words = said.join('')
  for (const secret of [password, '$argon2id$', 'Name of jo']) expect(words).not.toContain(secret)
}, 180_000)

test('ACCOUNT-15 suspended while the site was away, he is out as soon as it is back, and nobody made him more meanwhile', async () => {
  await hubAndKeeper()
  const { port } = box('hub')
  await stop('keeper')
  await by('hub', 'account suspend', { login: 'jo' })
  await stop('hub')
  await start('keeper')
  await expect.poll(() => statusOf('keeper').role, patience).toBe('keeping')
  const jo = await signIn('keeper', 'jo')
  const max = await signIn('keeper', 'max')
  expect([jo.status, max.status]).toEqual([200, 200])
  // The keeper's own log can say what it likes: of the site it is the keeper's, and of nothing else.
  const vault = box('keeper').box.vault(site)
  const account = String(jo.body['account'])
  const hashed = await hashPassword('123456', realMachine().random)
  const sealed = vault?.seal(hashed, `${site} ${account} pin`)
  const input = { account, login: 'jo', name: 'Jo', language: 'fr', sealed, until: null }
  const asked = { action: 'volunteer.save', key: 'made up', who: 'a lead', input }
  expect(await box('keeper').box.act(site, asked)).toMatchObject({ code: 'not-volunteer' })
  await start('hub', port)
  await expect.poll(async () => (await me('keeper', jo.cookie)).status, patience).toBe(401)
  expect((await signIn('keeper', 'jo')).body['code']).toBe('sign_in_wrong')
  expect((await me('keeper', max.cookie)).status).toBe(200)
  // At the hub it is the organisation's account that counts, and it asks for the second factor.
  expect((await signIn('hub', 'jo')).body['code']).toBe('sign_in_suspended')
  expect((await signIn('hub', 'max')).body['code']).toBe('sign_in_code_needed')
  expect((await me('hub', max.cookie)).status).toBe(401)
}, 180_000)

test('OWN-7 who was lent sees and ends his sessions here, is sent to the hub for the rest, and stands in the audit', async () => {
  await hubAndKeeper()
  const { port } = box('hub')
  await stop('hub')
  await setTime('keeper', site, Date.now())
  const jo = await signIn('keeper', 'jo')
  const phone = await signIn('keeper', 'jo')
  expect(jo.body).toMatchObject({ lent: { days: 0 }, mustChange: false })
  const mine = async (cookie: string) => (await me('keeper', cookie)).body
  expect(await mine(jo.cookie)).toMatchObject({
    site,
    lent: { days: 0 },
    roles: [{ role: 'lead', site }],
    proofs: { password: true, totp: false, codes: 0 },
    mustChange: false,
    plain: true,
  })
  const { since, until } = (await mine(jo.cookie)) as { since: number; until: number }
  expect(until - since).toBe(12 * 3_600_000)
  // The hub has told that he has a second factor, and asks for it; this box does not.
  const max = await signIn('keeper', 'max')
  expect(await mine(max.cookie)).toMatchObject({ proofs: { password: true, totp: true, codes: 0 } })
  const next = 'three quite other words'
  const refused: readonly (readonly [string, string, unknown])[] = [
    ['PUT', '/password', { password, next }],
    ['PATCH', '', { name: 'Another', language: 'en' }],
    ['POST', '/totp', { password }],
    ['PUT', '/totp', { code: '123456' }],
    ['DELETE', '/totp', { password, code: '123456' }],
  ]
  for (const [method, path, body] of refused)
    expect([
      method,
      path,
      await request('keeper', method, `fleet/session${path}`, { cookie: jo.cookie, body }),
    ]).toMatchObject([method, path, { status: 409, body: { code: 'login_lent' } }])
  await stop('keeper')
  await start('keeper')
  await expect.poll(async () => (await me('keeper', jo.cookie)).status, patience).toBe(200)
  const all = async () => {
    const { body } = await request('keeper', 'GET', 'fleet/session/all', { cookie: jo.cookie })
    return body['sessions'] as readonly { session: string; current: boolean; how: string }[]
  }
  expect((await all()).map(({ current, how }) => ({ current, how }))).toEqual([
    { current: false, how: 'password' },
    { current: true, how: 'password' },
  ])
  const [other, own] = await all()
  const end = (session = '') => request('keeper', 'DELETE', `fleet/session/${session}`, { cookie: jo.cookie })
  expect((await end(other?.session)).status).toBe(204)
  await expect.poll(async () => (await me('keeper', phone.cookie)).status, patience).toBe(401)
  await expect.poll(async () => (await all()).map(({ current }) => current), patience).toEqual([true])
  expect((await me('keeper', max.cookie)).status).toBe(200)
  expect((await signIn('keeper', 'jo', 'a guess that is wrong')).status).toBe(401)

  type Row = {
    readonly who: string
    readonly what: string
    readonly name: string | null
    readonly is: string
  }
  const audit = async (name: string, cookie: string) => {
    const { body } = await request(name, 'GET', `fleet/audit?site=${site}&who=jo&limit=500`, { cookie })
    return (body['rows'] ?? []) as readonly Row[]
  }
  const who = `${String(jo.body['account'])} lent`
  const stands = [
    { who, name: 'Name of jo', what: 'login', is: 'refused' },
    { who, name: 'Name of jo', what: 'session.lent', is: 'signed' },
  ]
  const isThere = async (name: string, cookie: string) => {
    const rows = await audit(name, cookie)
    return stands.map(
      (row) =>
        rows.filter((each) => Object.entries(row).every(([key, value]) => each[key as keyof Row] === value))
          .length,
    )
  }
  await expect.poll(() => isThere('keeper', jo.cookie), patience).toEqual([1, 2])
  // The last of his sessions here, and with it the cookie.
  expect(await end(own?.session)).toMatchObject({ status: 204, cookie: 'regie_session=' })
  expect((await me('keeper', jo.cookie)).status).toBe(401)
  // At the hub he is found under his login too, and is told from his own account there.
  await start('hub', port)
  const marie = await signIn('hub', 'marie')
  await expect.poll(() => isThere('hub', marie.cookie), patience).toEqual([1, 2])
}, 180_000)

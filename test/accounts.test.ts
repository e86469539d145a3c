// People and programs at the doors of a real box: set up by commands, signed in over HTTP, killed in between.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { realMachine } from '../src/cli/machine.ts'
import type { Program } from '../src/cli/program.ts'
import { startProgram } from '../src/cli/program.ts'
import { readSettings } from '../src/cli/settings.ts'
import { hashPassword } from '../src/doors/accounts/passwords.ts'
import { totpCode } from '../src/doors/accounts/totp.ts'
import { doLocal } from '../src/doors/local.ts'

const password = 'correct horse battery'
let data = ''
let program: Program | undefined
let said: string[] = []

beforeEach(() => {
  data = join(mkdtempSync(join(tmpdir(), 'regie-accounts-')), 'data')
  said = []
})
afterEach(async () => {
  await program?.stop()
  program = undefined
  rmSync(join(data, '..'), { recursive: true })
})

async function start(flags: Readonly<Record<string, string>> = {}): Promise<void> {
  const settings = readSettings(
    {},
    { data, port: '0', 'mqtt-port': '0', 'mqtt-ws-port': '0', host: '127.0.0.1', log: 'debug', ...flags },
  )
  const machine = realMachine({ write: (text) => void said.push(text), isTTY: false, least: 'debug' })
  program = await startProgram({ settings, machine, listening: () => {} })
}

const by = async (name: string, input: unknown): Promise<unknown> => (await doLocal(data, name, input))?.done
const aSetup = {
  organisation: 'Trail Club',
  language: 'en',
  zone: 'Europe/Paris',
  login: 'marie',
  name: 'Marie Dupont',
  password,
  site: 'trail-2026',
  siteName: 'Trail 2026',
}
const origin = () => `http://127.0.0.1:${program?.port ?? 0}`
const url = () => `${origin()}/api/fleet/session`

async function signIn(login: string, secret: string, more: { code?: string; cookie?: string } = {}) {
  const { cookie, ...body } = more
  const answer = await fetch(url(), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(cookie === undefined ? {} : { cookie, origin: origin() }),
    },
    body: JSON.stringify({ login, secret, ...body }),
  })
  const cookies = answer.headers.getSetCookie().map((each) => each.split(';', 1)[0] ?? '')
  const { code } = (await answer.json()) as { code?: string }
  return { status: answer.status, code, cookie: cookies.join('; '), flags: answer.headers.getSetCookie() }
}

const me = async (cookie: string) => (await fetch(url(), { headers: { cookie } })).status

/** Whatever the views need to show what was decided. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries += 1) {
    if (tries > 200) throw new Error('it never came about')
    await rest(20)
  }
}

test('ACCOUNT-1 a set-up that is killed at any moment goes on where it was, and is done once', async () => {
  const regie = (killAfterMs: number) =>
    new Promise<number | null>((resolve) => {
      const args = [
        'setup',
        '--organisation',
        'Club',
        '--owner',
        'marie',
        '--site',
        'one',
        '--password-stdin',
      ]
      const env = { PATH: process.env['PATH'], REGIE_DATA: data, LANG: 'C.UTF-8' }
      const child = spawn(process.execPath, ['bin/regie.ts', ...args, '--json'], {
        env,
        stdio: ['pipe', 'ignore', 'ignore'],
      })
      child.stdin.on('error', () => {})
      child.stdin.end(`${password}\n`)
      const kill = setTimeout(() => child.kill('SIGKILL'), killAfterMs)
      child.on('close', (code) => {
        clearTimeout(kill)
        resolve(code)
      })
    })
  for (const ms of [500, 700, 900, 1100, 1300]) await regie(ms)
  const last = await regie(60_000)
  expect([0, 1]).toContain(last)
  await start()
  await expect(by('setup', aSetup)).rejects.toThrow('set up already')
  const people = (await by('account list', {})) as { login: string; roles: unknown }[]
  expect(people).toMatchObject([{ login: 'marie', roles: [{ role: 'owner', site: null }] }])
  expect((await signIn('marie', password)).status).toBe(200)
}, 60_000)

test('ACCOUNT-1 a set-up that ended behind its first account goes on with that account', async () => {
  await start()
  const box = program?.box
  await box?.found('fleet')
  const input = { account: 'marie1', login: 'marie', name: 'Marie', language: 'fr' }
  const ask = { action: 'account.save', key: 'before the end', who: 'console', input }
  await until(async () => (await box?.act('fleet', ask))?.is === 'answered')
  expect(await by('setup', aSetup)).toEqual({ account: 'marie1' })
  expect(await by('account list', {})).toHaveLength(1)
})

test('ACCOUNT-3 somebody signs in, stays so over a restart, and is out at once when he is suspended', async () => {
  await start()
  await by('setup', aSetup)
  await by('account add', {
    login: 'jo',
    name: 'Jo',
    language: 'fr',
    role: 'lead',
    site: 'trail-2026',
    password,
  })
  await until(async () => (await signIn('jo', password)).status === 200)
  const { cookie, flags } = await signIn('Jo ', password)
  for (const each of flags) expect(each).toMatch(/; HttpOnly; SameSite=Lax;/)
  expect(await me(cookie)).toBe(200)
  await program?.stop()
  await start()
  expect(await me(cookie)).toBe(200)
  await by('account suspend', { login: 'jo' })
  await until(async () => (await me(cookie)) === 401)
  expect(await signIn('jo', password)).toMatchObject({ status: 403, code: 'sign_in_suspended' })
  await by('account resume', { login: 'jo' })
  await until(async () => (await signIn('jo', password)).status === 200)
  expect(await me(cookie)).toBe(401)
})

test('ACCOUNT-3 who goes is out, and so is everybody whose sessions were ended or whose password is new', async () => {
  await start()
  await by('setup', aSetup)
  await until(async () => (await signIn('marie', password)).status === 200)
  const first = await signIn('marie', password)
  await fetch(url(), { method: 'DELETE', headers: { cookie: first.cookie, origin: origin() } })
  expect(await me(first.cookie)).toBe(401)
  const second = await signIn('marie', password)
  await by('account sign-out', { login: 'marie' })
  await until(async () => (await me(second.cookie)) === 401)
  const third = await signIn('marie', password)
  await by('account reset', { login: 'marie', password: 'another long password' })
  await until(async () => (await me(third.cookie)) === 401)
  expect((await signIn('marie', password)).code).toBe('sign_in_wrong')
  expect((await signIn('marie', 'another long password')).status).toBe(200)
})

test('ACCOUNT-7 five wrong tries shut out who tries, and not the browser that signed in before', async () => {
  await start()
  await by('setup', aSetup)
  await until(async () => (await signIn('marie', password)).status === 200)
  const { cookie } = await signIn('marie', password)
  for (let tries = 0; tries < 5; tries += 1)
    expect((await signIn('marie', 'a pupil guesses')).code).toBe('sign_in_wrong')
  expect(await signIn('marie', password)).toMatchObject({ status: 429, code: 'sign_in_locked' })
  expect((await signIn('marie', password, { cookie })).status).toBe(200)
  // A mark that was made up is worth nothing.
  const forged = `regie_client=${'A'.repeat(22)}.${'A'.repeat(43)}`
  expect((await signIn('marie', password, { cookie: forged })).status).toBe(429)
  await by('account unlock', { login: 'marie' })
  await until(async () => (await signIn('marie', password)).status === 200)
})

test('ACCOUNT-5 with a second factor a password alone opens nothing, and no code opens twice', async () => {
  await start()
  await by('setup', aSetup)
  const made = (await by('account totp', { login: 'marie' })) as { secret: string; codes: string[] }
  await until(async () => (await signIn('marie', password)).code === 'sign_in_code_needed')
  // Nobody vouches for the clock of this machine.
  const code = () => totpCode(made.secret, Date.now())
  expect((await signIn('marie', password, { code: code() })).code).toBe('sign_in_clock_unknown')
  await program?.box.act('fleet', {
    action: 'clock.set',
    key: 'a watch',
    who: 'test',
    input: { time: Date.now() },
  })
  const now = code()
  expect((await signIn('marie', password, { code: now })).status).toBe(200)
  expect((await signIn('marie', password, { code: now })).code).toBe('sign_in_code_wrong')
  const once = made.codes[3] ?? ''
  expect((await signIn('marie', password, { code: once.toLowerCase() })).status).toBe(200)
  expect((await signIn('marie', password, { code: once })).code).toBe('sign_in_code_wrong')
  await program?.stop()
  await start()
  expect((await signIn('marie', password, { code: once })).code).toBe('sign_in_code_wrong')
  expect((await signIn('marie', password, { code: made.codes[4] ?? '' })).status).toBe(200)
})

test('ACCOUNT-4 an account of a site’s own log is nobody elsewhere, whatever name was chosen for it', async () => {
  await start()
  const { account } = (await by('setup', aSetup)) as { account: string }
  const box = program?.box
  const vault = box?.vault('trail-2026')
  if (!box || !vault) throw new Error('there is no site key')
  const hashed = await hashPassword('123456', realMachine().random)
  const sealed = vault.seal(hashed, `trail-2026 ${account} pin`)
  const input = { account, login: 'helper', name: 'Helper', language: 'fr', sealed, until: null }
  const ask = { action: 'volunteer.save', key: 'one volunteer', who: 'a lead', input }
  expect(await box.act('trail-2026', ask)).toMatchObject({ is: 'answered' })
  await until(async () => (await signIn('helper', '123456')).status === 200)
  const { cookie } = await signIn('helper', '123456')
  const shown = (await (await fetch(url(), { headers: { cookie } })).json()) as { roles: unknown }
  expect(shown.roles).toEqual([{ role: 'volunteer', site: 'trail-2026' }])
})

test('HTTP over TLS with the box’s own certificate, kept over a restart, and only where it is asked for', async () => {
  const tlsPort = await freePort()
  await start({ 'tls-port': String(tlsPort) })
  await by('setup', aSetup)
  await until(async () => (await signIn('marie', password)).status === 200)
  const certificate = () => readFileSync(join(data, 'tls', 'own.crt'), 'utf8')
  expect(statSync(join(data, 'tls', 'own.key')).mode & 0o777).toBe(0o600)
  const first = certificate()
  const flags = await overTls(tlsPort, first)
  expect(flags).toHaveLength(2)
  for (const each of flags) expect(each).toMatch(/; Secure$/)
  await program?.stop()
  await start({ 'tls-port': String(tlsPort) })
  expect(certificate()).toBe(first)
  expect(await overTls(tlsPort, first)).toHaveLength(2)
  await expect(overTls(tlsPort, undefined)).rejects.toThrow('self-signed')
})

/** Signs in at the same doors over TLS. Returns the cookies. */
function overTls(port: number, ca: string | undefined): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const options = {
      host: '127.0.0.1',
      port,
      ...(ca === undefined ? {} : { ca }),
      method: 'POST',
      path: '/api/fleet/session',
      headers,
    }
    const asking = request(options, (answer) => {
      answer.resume()
      resolve(answer.headers['set-cookie'] ?? [])
    })
    asking.on('error', reject)
    asking.end(JSON.stringify({ login: 'marie', secret: password }))
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

test('ACCOUNT-9 what a token or a person may not do is refused, and written down', async () => {
  await start()
  await by('setup', aSetup)
  await by('account add', {
    login: 'jo',
    name: 'Jo',
    language: 'fr',
    role: 'lead',
    site: 'trail-2026',
    password,
  })
  const asked = { login: 'jo', name: 'screen', allow: ['sites', 'accounts'], sites: ['trail-2026'] }
  const { token, id } = (await by('token add', asked)) as { token: string; id: string }
  const api = async (path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const how = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) }
    return (await fetch(`${origin()}/api/fleet/${path}`, how)).status
  }
  await until(async () => (await api('sites?site=trail-2026')) === 200)
  expect(await api('sites?site=fleet')).toBe(404)
  expect(await api('tokens?site=trail-2026')).toBe(403)
  const about = { name: 'X', zone: 'UTC', exercise: false }
  for (let tries = 0; tries < 5; tries += 1) expect(await api('site.save?site=trail-2026', about)).toBe(403)
  const box = program?.box
  await until(async () => {
    const seen = await box?.live.ask({ query: 'refusals', sites: 'trail-2026', input: {} })
    const rows = seen?.is === 'answer' ? [...seen.rows.values()].map((row) => JSON.parse(row) as object) : []
    return rows.some((row) => 'what' in row && row.what === 'POST /api/fleet/site.save')
  })
  await by('token revoke', { token: id })
  await until(async () => (await api('sites?site=trail-2026')) === 401)
})

test('ACCOUNT-5 from outside nobody signs in without HTTPS, nor an owner without a second factor', async () => {
  await start({ 'trusted-proxies': '127.0.0.0/8' })
  await by('setup', aSetup)
  await by('account add', {
    login: 'jo',
    name: 'Jo',
    language: 'fr',
    role: 'lead',
    site: 'trail-2026',
    password,
  })
  await until(async () => (await signIn('jo', password)).status === 200)
  // As a trusted proxy on this machine says it of those for whom it asks.
  const from = async (login: string, secret: string, proto: string) => {
    const headers = {
      'content-type': 'application/json',
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': proto,
    }
    const answer = await fetch(url(), { method: 'POST', headers, body: JSON.stringify({ login, secret }) })
    return { status: answer.status, code: ((await answer.json()) as { code?: string }).code }
  }
  expect(await from('jo', password, 'http')).toEqual({ status: 403, code: 'https_needed' })
  expect(await from('jo', 'a wrong password', 'http')).toEqual({ status: 403, code: 'https_needed' })
  expect((await from('jo', password, 'https')).status).toBe(200)
  expect(await from('marie', password, 'https')).toEqual({ status: 403, code: 'totp_needed_outside' })
  expect((await from('marie', 'a wrong password', 'https')).code).toBe('sign_in_wrong')
})

test('a foreign page signs nobody in or out', async () => {
  await start()
  await by('setup', aSetup)
  await until(async () => (await signIn('marie', password)).status === 200)
  const { cookie } = await signIn('marie', password)
  const headers = { cookie, origin: 'http://evil.example', 'content-type': 'application/json' }
  expect((await fetch(url(), { method: 'DELETE', headers })).status).toBe(403)
  const body = JSON.stringify({ login: 'marie', secret: password })
  expect((await fetch(url(), { method: 'POST', headers, body })).status).toBe(403)
  const form = { 'content-type': 'text/plain' }
  expect((await fetch(url(), { method: 'POST', headers: form, body })).status).toBe(415)
  expect(await me(cookie)).toBe(200)
})

test('ACCOUNT-2 no password, token, code or cookie lies in the data folder or in what the program said', async () => {
  await start()
  await by('setup', aSetup)
  const { secret, codes } = (await by('account totp', { login: 'marie' })) as {
    secret: string
    codes: string[]
  }
  const { token } = (await by('token add', {
    login: 'marie',
    name: 'timing',
    allow: ['site.save'],
    sites: null,
  })) as { token: string }
  await until(async () => (await signIn('marie', password)).code === 'sign_in_code_needed')
  const { cookie } = await signIn('marie', password, { code: codes[0] ?? '' })
  await signIn('marie', 'wrong-but-nearly-right')
  await program?.stop()
  const session = /regie_session=([^;]+)/.exec(cookie)?.[1] ?? ''
  expect(session).toHaveLength(43)
  const secrets = [password, secret, token, session, 'wrong-but-nearly-right', ...codes]
  const everything = [...filesIn(data).map((file) => readFileSync(file, 'latin1')), ...said].join('\n')
  expect(everything).toContain('Marie Dupont')
  for (const each of secrets) expect(everything).not.toContain(each)
  program = undefined
})

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => statSync(file).isFile())
}

// A real box behind a proxy: what it believes of those for whom the proxy asks, and of those who only say so.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { realMachine } from '../src/cli/machine.ts'
import type { Program } from '../src/cli/program.ts'
import { startProgram } from '../src/cli/program.ts'
import { readSettings } from '../src/cli/settings.ts'
import { doLocal } from '../src/doors/local.ts'

const password = 'correct horse battery'
let data = ''
let program: Program | undefined

beforeEach(() => {
  data = join(mkdtempSync(join(tmpdir(), 'regie-proxied-')), 'data')
})
afterEach(async () => {
  await program?.stop()
  program = undefined
  rmSync(join(data, '..'), { recursive: true })
})

async function start(flags: Readonly<Record<string, string>>): Promise<void> {
  program = await startProgram({
    settings: readSettings(
      {},
      {
        data,
        port: '0',
        host: '127.0.0.1',
        'mqtt-port': '0',
        'mqtt-ws-port': '0',
        ...flags,
      },
    ),
    machine: realMachine({ write: () => {}, isTTY: false, least: 'error' }),
    listening: () => {},
  })
  const setup = {
    organisation: 'Club',
    language: 'en',
    zone: 'UTC',
    name: 'Owner',
    site: 'one',
    siteName: 'One',
  }
  await by('setup', { ...setup, login: 'owner', password })
  await by('account add', { login: 'jo', name: 'Jo', language: 'en', role: 'lead', site: 'one', password })
}

const by = async (name: string, input: unknown): Promise<unknown> => (await doLocal(data, name, input))?.done

async function ask(method: string, path: string, headers: Readonly<Record<string, string>>, body?: unknown) {
  const sent = body === undefined ? {} : { 'content-type': 'application/json' }
  const answer = await fetch(`http://127.0.0.1:${program?.port ?? 0}${path}`, {
    method,
    headers: { ...headers, ...sent },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const said = await answer.text()
  const code = said === '' ? undefined : (JSON.parse(said) as { code?: string }).code
  return { status: answer.status, code, cookies: answer.headers.getSetCookie() }
}

const signIn = (headers: Readonly<Record<string, string>>, secret = password) =>
  ask('POST', '/api/fleet/session', headers, { login: 'jo', secret })

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries += 1) {
    if (tries > 500) throw new Error('it never came about')
    await rest(20)
  }
}

const from = (address: string) => ({
  'x-forwarded-for': address,
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'regie.example',
})

test('HTTP-15 what a trusted proxy says counts: the address, HTTPS, and the name of the box', async () => {
  await start({ 'trusted-proxies': '127.0.0.1' })
  await until(async () => (await signIn(from('203.0.113.9'))).status === 200)
  const { cookies } = await signIn(from('203.0.113.9'))
  for (const each of cookies) expect(each).toMatch(/; Secure$/)
  for (const each of (await signIn({})).cookies) expect(each).not.toContain('Secure')

  const cookie = cookies.map((each) => each.split(';', 1)[0]).join('; ')
  const save = async (origin: string, headers: Readonly<Record<string, string>>) =>
    (await ask('POST', '/api/fleet/login.unlock?site=one', { cookie, origin, ...headers }, { account: 'x' }))
      .code
  // Who may, hears what is wrong with it.
  expect(await save('https://regie.example', from('203.0.113.9'))).toBe('field_invalid')
  expect(await save('http://regie.example', from('203.0.113.9'))).toBe('origin_foreign')
  expect(await save('https://regie.example', {})).toBe('origin_foreign')

  // A client that guesses is shut out by its own address, and takes nobody with it.
  for (let tries = 0; tries < 5; tries += 1)
    expect((await signIn(from(`1.1.1.${tries}, 203.0.113.7`), 'a guess')).code).toBe('sign_in_wrong')
  expect((await signIn(from('203.0.113.7'))).code).toBe('sign_in_locked')
  expect((await signIn(from('203.0.113.8'))).status).toBe(200)

  const seen = await program?.box.live.ask({ query: 'refusals', sites: 'fleet', input: {} })
  const rows = seen?.is === 'answer' ? [...seen.rows.values()].join('\n') : ''
  expect(rows).toContain('203.0.113.7')
  expect(rows).not.toContain('1.1.1.')
})

test('HTTP-15 from anybody else it is worth nothing, and who says such things is not near', async () => {
  await start({})
  await until(async () => (await signIn({})).status === 200)
  for (const each of (await signIn({ 'x-forwarded-proto': 'http' })).cookies)
    expect(each).not.toContain('Secure')
  expect(await signIn(from('192.168.1.7'))).toMatchObject({ status: 403, code: 'https_needed' })
  expect(await signIn({ 'x-forwarded-for': '127.0.0.1' })).toMatchObject({
    status: 403,
    code: 'https_needed',
  })
  // 120 writes in a minute, however many addresses he makes up.
  const told = new Set<number>()
  for (let tries = 0; tries < 125; tries += 1) told.add((await signIn(from(`198.51.100.${tries}`))).status)
  expect(told).toEqual(new Set([403, 429]))
})

// Everything that the doors of a real box answer, tried by everybody: what is not in the table of who may is red.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { known } from '../../src/cli/known.ts'
import { realMachine } from '../../src/cli/machine.ts'
import type { Program } from '../../src/cli/program.ts'
import { startProgram } from '../../src/cli/program.ts'
import { readSettings } from '../../src/cli/settings.ts'
import { directNames } from '../../src/kernel/site/direct.ts'
import { doLocal } from '../../src/doors/local.ts'
import { actions, anywhere, doorRoutes, others, queries, roles, sensitive, topics } from './expected.ts'

const password = 'correct horse battery'
const [site, elsewhere] = ['one', 'two'] as const
/** Nobody is served these; whoever has a name is one of `visitors`. */
const shut = ['nobody', 'ended session', 'expired session', 'revoked token', 'made-up session'] as const
type Visitor = (typeof roles)[number] | 'lead elsewhere' | (typeof shut)[number]

let data = ''
let program: Program
let shiftMs = 0
const headersOf = new Map<Visitor, Readonly<Record<string, string>>>()

const by = async (name: string, input: unknown): Promise<unknown> => (await doLocal(data, name, input))?.done
const origin = () => `http://127.0.0.1:${program.port}`

beforeAll(async () => {
  data = join(mkdtempSync(join(tmpdir(), 'regie-attack-')), 'data')
  const real = realMachine({ write: () => {}, isTTY: false, least: 'error' })
  const clock = { ...real.clock, mono: () => real.clock.mono() + shiftMs }
  program = await startProgram({
    settings: readSettings({}, { data, port: '0', 'mqtt-port': '0', 'mqtt-ws-port': '0', host: '127.0.0.1' }),
    machine: { ...real, clock },
    listening: () => {},
  })
  const about = { organisation: 'Club', language: 'en', zone: 'UTC', name: 'Owner', site, siteName: 'One' }
  await by('setup', { ...about, login: 'owner', password })
  await by('site add', { site: elsewhere, name: 'Two', zone: 'UTC', exercise: false })
  for (const role of roles.slice(1)) {
    const at = role === 'manager' ? null : site
    await by('account add', { login: role, name: role, language: 'en', role, site: at, password })
  }
  const lead = { login: 'stranger', name: 'Stranger', language: 'en', role: 'lead', site: elsewhere }
  await by('account add', { ...lead, password })
  await by('account add', { login: 'gone', name: 'Gone', language: 'en', role: 'lead', site, password })
  await by('account add', { login: 'late', name: 'Late', language: 'en', role: 'lead', site, password })
  // It was opened so long ago.
  headersOf.set('expired session', await signIn('late'))
  shiftMs += 13 * 3_600_000
  headersOf.set('nobody', {})
  headersOf.set('made-up session', { cookie: `regie_session=${'A'.repeat(43)}`, origin: origin() })
  headersOf.set('ended session', await signIn('gone'))
  await by('account sign-out', { login: 'gone' })
  for (const role of roles) headersOf.set(role, await signIn(role))
  headersOf.set('lead elsewhere', await signIn('stranger'))
  const allow = [...known.actions.keys(), ...known.queries.keys()]
  const made = (await by('token add', { login: 'owner', name: 't', allow, sites: null })) as {
    readonly id: string
    readonly token: string
  }
  headersOf.set('revoked token', { authorization: `Bearer ${made.token}` })
  await by('token revoke', { token: made.id })
  for (let tries = 0; (await ask('GET', '/api/fleet/sites', 'revoked token')) !== 401; tries += 1) {
    if (tries > 100) throw new Error('the token is not revoked')
    await rest(20)
  }
}, 60_000)
afterAll(async () => {
  await program.stop()
  rmSync(join(data, '..'), { recursive: true })
})

async function signIn(login: string): Promise<Readonly<Record<string, string>>> {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await fetch(`${origin()}/api/fleet/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login, secret: password }),
    })
    const cookie = answer.headers.getSetCookie().map((each) => each.split(';', 1)[0])
    if (answer.status === 200) return { cookie: cookie.join('; '), origin: origin() }
    await rest(50)
  }
  throw new Error(`${login} cannot sign in`)
}

async function ask(method: string, path: string, visitor: Visitor, at?: string): Promise<number> {
  const sign = path.includes('?') ? '&' : '?'
  const url = `${origin()}${path}${at === undefined ? '' : `${sign}site=${at}`}`
  const isWrite = method !== 'GET' && method !== 'HEAD'
  const answer = await fetch(url, {
    method,
    headers: { ...headersOf.get(visitor), ...(isWrite ? { 'content-type': 'application/json' } : {}) },
    // Nothing declares this field: who may ask hears that, and nothing is done.
    ...(isWrite ? { body: '{"not a field of anything":1}' } : {}),
  })
  await answer.arrayBuffer()
  return answer.status
}

/** What somebody hears: `in` is any answer to the question itself, good or bad. */
function heard(status: number): 'in' | 401 | 403 | 404 {
  if (status === 401 || status === 403 || status === 404) return status
  return status === 200 || status === 400 || status === 422 ? 'in' : (`${status}` as never)
}

/** The fleet is asked for what it has under its own name, and for what the kernel has. */
const full = (name: string) => `/api/fleet/${name.replace(/^fleet\./, '')}`

test('the table names every action and query, and no other', () => {
  expect(Object.keys(actions).toSorted()).toEqual([...known.actions.keys(), ...directNames].toSorted())
  expect(Object.keys(queries).toSorted()).toEqual([...known.queries.keys()].toSorted())
  expect(Object.keys(topics).toSorted()).toEqual(known.topics.map(({ name }) => name).toSorted())
})

test('the server answers what the table names, and nothing else', () => {
  const wanted = [
    ...Object.keys(actions)
      .filter((name) => actions[name] !== 'the box itself')
      .map((name) => `POST ${full(name)}`),
    ...Object.keys(queries)
      .filter((name) => queries[name] !== 'the box itself')
      .map((name) => `GET ${full(name)}`),
    ...Object.keys(others),
    ...Object.keys(doorRoutes),
  ]
  const extra = program.routes.filter((route) => !wanted.includes(route) && !isShape(route, wanted))
  expect(extra).toEqual([])
  expect(wanted.filter((route) => !program.routes.includes(route))).toEqual([])
})

test('HTTP-8 what is sensitive is asked for 30 times in a minute, and the rest goes on', async () => {
  const described = (await (await fetch(`${origin()}/api/openapi.json`)).json()) as {
    readonly paths: Readonly<Record<string, { readonly post?: { readonly 'x-regie-sensitive'?: boolean } }>>
  }
  const marked = Object.entries(described.paths).filter(([, { post }]) => post?.['x-regie-sensitive'])
  expect(marked.map(([path]) => path).toSorted()).toEqual(sensitive.map(full))
  const allow = [...known.actions.keys(), ...known.queries.keys()]
  const { token } = (await by('token add', { login: 'owner', name: 'often', allow, sites: null })) as {
    readonly token: string
  }
  const often = { authorization: `Bearer ${token}` }
  const isKnown = async () => (await fetch(`${origin()}/api/fleet/sites`, { headers: often })).status !== 401
  for (let tries = 0; !(await isKnown()); tries += 1) {
    if (tries > 200) throw new Error('the token is not known')
    await rest(20)
  }
  const how = { method: 'POST', headers: { ...often, 'content-type': 'application/json' }, body: '{"not":1}' }
  const each = [
    () => fetch(`${origin()}${full('token.create')}?site=${site}`, how),
    () => fetch(`${origin()}${full('role.grant')}?site=${site}`, how),
    () => fetch(`${origin()}${full('tokens.csv')}?site=${site}`, { headers: often }),
  ]
  let tries = 0
  for (; tries < 100; tries += 1) if ((await each[tries % 3]?.())?.status === 429) break
  // The bucket fills meanwhile, however long this takes here.
  expect(tries).toBeGreaterThanOrEqual(30)
  expect(tries).toBeLessThan(60)
  expect((await fetch(`${origin()}${full('sites')}?site=${site}`, { headers: often })).status).toBe(200)
})

/** HEAD of a GET, another form of the same answer, what became of an action that waited. */
function isShape(route: string, wanted: readonly string[]): boolean {
  const get = route.replace(/^HEAD /, 'GET ')
  if (wanted.includes(get)) return true
  const plain = get.replace(/\.(?:csv|json)$/, '')
  return (
    wanted.includes(plain) ||
    (plain.endsWith('/:key') && wanted.includes(plain.replace(/^GET (.*)\/:key$/, 'POST $1')))
  )
}

const may = (name: string, who: (typeof actions)[string], visitor: Visitor): 'in' | 401 | 403 | 404 => {
  if ((shut as readonly string[]).includes(visitor)) return who === 'everybody' ? 'in' : 401
  // What only the box itself asks has no address.
  if (visitor === 'lead elsewhere' || who === 'the box itself') return 404
  return who === 'everybody' || (typeof who === 'object' && who.some((role) => role === visitor)) ? 'in' : 403
}

describe.each([...roles, 'lead elsewhere', ...shut] as const)('%s', (visitor) => {
  test('asks for every action of a site', async () => {
    const seen = new Map<string, unknown>()
    const wanted = new Map<string, unknown>()
    for (const [name, who] of Object.entries(actions)) {
      seen.set(name, heard(await ask('POST', full(name), visitor, site)))
      wanted.set(name, may(name, who, visitor))
    }
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(wanted))
  })

  test('and reads every query of it', async () => {
    const seen = new Map<string, unknown>()
    const wanted = new Map<string, unknown>()
    for (const [name, who] of Object.entries(queries)) {
      seen.set(name, heard(await ask('GET', full(name), visitor, site)))
      wanted.set(name, may(name, who, visitor))
    }
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(wanted))
  })

  test('and tries all that the doors do themselves', async () => {
    const seen = new Map<string, unknown>()
    const wanted = new Map<string, unknown>()
    for (const [name, who] of Object.entries(doorRoutes)) {
      const [method = '', path = ''] = name.split(' ')
      const isAnywhere = anywhere.includes(name)
      // A field that nobody declares is refused by whoever lets in. Of a site: as the address says.
      const url = path.replace(':account', 'abcd0123').replace(':id', 'A'.repeat(43))
      const at = isAnywhere || name.endsWith('/tokens') ? undefined : site
      const status = await ask(method, method === 'GET' ? `${url}?nothing=1` : url, visitor, at)
      seen.set(name, heard(status))
      const stranger = isAnywhere ? 'in' : name.endsWith('/tokens') ? 403 : 404
      wanted.set(name, visitor === 'lead elsewhere' ? stranger : may(name, who, visitor))
    }
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(wanted))
  })
})

const real = (path: string) => path.replace(':sha256', 'A'.repeat(43)).replace(':chunk', '0')

test.each(Object.entries(others))('%s is %s to who has no name', async (route, what) => {
  const [method = '', path = ''] = route.split(' ')
  // This test stands on the machine itself.
  const good = what === 'open' || what === 'from here, or by name' ? [200, 204, 400] : [401]
  expect(good).toContain(await ask(method, real(path), 'nobody'))
})

const forBoxes = Object.keys(others).filter((route) => others[route] === 'boxes only')
test.each(forBoxes)('%s is for no person, whatever he is', async (route) => {
  const [method = '', path = ''] = route.split(' ')
  expect(await ask(method, real(path), 'owner')).toBe(401)
})

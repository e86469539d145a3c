// Everything that the doors of a real box answer, tried by everybody: what is not in the table of who may is red.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { directNames } from '../../src/kernel/site/direct.ts'
import { Wire } from '../live/wire.ts'
import { known } from './box/known.ts'
import {
  actions,
  doorRoutes,
  elsewhere,
  others,
  queries,
  sensitive,
  sensitiveRoutes,
  upgrades,
  pageFile,
  pages,
} from './expected.ts'
import type { Visitor } from './scene.ts'
import { Scene, shut, site, until, visitors } from './scene.ts'

let scene: Scene
beforeAll(async () => {
  scene = await Scene.open({ pages: true })
}, 120_000)
afterAll(() => scene[Symbol.asyncDispose]())

async function ask(method: string, path: string, visitor: Visitor, at?: string): Promise<number> {
  const sign = path.includes('?') ? '&' : '?'
  const url = `${scene.origin}${path}${at === undefined ? '' : `${sign}site=${at}`}`
  const isWrite = method !== 'GET' && method !== 'HEAD'
  const answer = await fetch(url, {
    method,
    headers: { ...scene.headers(visitor), ...(isWrite ? { 'content-type': 'application/json' } : {}) },
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

/** Where a name is asked for: what has no prefix is the kernel's, and asked for beside what is the fleet's own. */
const full = (name: string) =>
  `/api/${name.startsWith('fair.') ? name.replace('.', '/') : `fleet/${name.replace(/^fleet\./, '')}`}`

test('the table names every action and query, and no other', () => {
  expect(Object.keys(actions).toSorted()).toEqual([...known.actions.keys(), ...directNames].toSorted())
  expect(Object.keys(queries).toSorted()).toEqual([...known.queries.keys()].toSorted())
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
    ...pages.map((path) => `GET ${path}`),
  ]
  const extra = scene.program.routes.filter((route) => !wanted.includes(route) && !isShape(route, wanted))
  expect(extra).toEqual([])
  expect(wanted.filter((route) => !scene.program.routes.includes(route))).toEqual([])
})

test('HTTP-8 what is sensitive is asked for 30 times in a minute, and the rest goes on', async () => {
  const described = (await (await fetch(`${scene.origin}/api/openapi.json`)).json()) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, { 'x-regie-sensitive'?: boolean }>>>>
  }
  const marked = Object.entries(described.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, each]) => each['x-regie-sensitive'])
      .map(([method]) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/, ':$1')}`),
  )
  const wanted = [...sensitive.map((name) => `POST ${full(name)}`), ...sensitiveRoutes]
  expect(marked.toSorted()).toEqual(wanted.toSorted())
  const often = { authorization: `Bearer ${(await scene.token('owner', 'often', null)).token}` }
  await until(async () => (await fetch(`${scene.origin}/api/fleet/sites`, { headers: often })).status !== 401)
  const how = { method: 'POST', headers: { ...often, 'content-type': 'application/json' }, body: '{"not":1}' }
  const each = [
    () => fetch(`${scene.origin}${full('token.create')}?site=${site}`, how),
    () => fetch(`${scene.origin}${full('role.grant')}?site=${site}`, how),
    () => fetch(`${scene.origin}${full('tokens.csv')}?site=${site}`, { headers: often }),
  ]
  let tries = 0
  for (; tries < 100; tries += 1) if ((await each[tries % 3]?.())?.status === 429) break
  // The bucket fills meanwhile, however long this takes here.
  expect(tries).toBeGreaterThanOrEqual(30)
  expect(tries).toBeLessThan(60)
  const rest = await fetch(`${scene.origin}${full('sites')}?site=${site}`, { headers: often })
  expect(rest.status).toBe(200)
})

/** HEAD of a GET, a file of a page, another form of the same answer, what became of an action that waited. */
function isShape(route: string, wanted: readonly string[]): boolean {
  const get = route.replace(/^HEAD /, 'GET ')
  if (wanted.includes(get)) return true
  if (pageFile.test(get.replace(/^GET /, ''))) return true
  const plain = get.replace(/\.(?:csv|json)$/, '')
  return (
    wanted.includes(plain) ||
    (plain.endsWith('/:key') && wanted.includes(plain.replace(/^GET (.*)\/:key$/, 'POST $1')))
  )
}

const may = (who: (typeof actions)[string], visitor: Visitor): 'in' | 401 | 403 | 404 => {
  if (who === 'everybody') return 'in'
  if ((shut as readonly string[]).includes(visitor)) return 401
  // What only the box itself asks has no address.
  if (visitor === 'lead elsewhere' || visitor === 'token elsewhere' || who === 'the box itself') return 404
  return who.some((role) => role === visitor) ? 'in' : 403
}

test('the live door tells what the table names, and nothing else', () => {
  expect(scene.program.queries.toSorted()).toEqual(Object.keys(queries).toSorted())
})

/** What somebody hears who reads a query live: an answer to the question itself, or that it is not for him. */
async function readLive(visitor: Visitor): Promise<Readonly<Record<string, string>>> {
  const headers = scene.headers(visitor)
  using wire = await Wire.open(scene.program.port, { headers })
  for (const name of Object.keys(queries)) wire.read(name, name, { site })
  const seen = new Map<string, string>()
  await until(() => {
    for (const said of wire.heard) {
      if (said.t === 'reading') seen.set(said.id, 'in')
      if (said.t === 'refused') seen.set(said.id, said.code === 'malformed' ? 'in' : said.code)
    }
    return seen.size === Object.keys(queries).length || wire.closed !== undefined
  })
  return wire.closed ? { closed: `${wire.closed[0]}` } : Object.fromEntries(seen)
}

function mayLive(visitor: Visitor): Readonly<Record<string, string>> {
  if (visitor.endsWith(' token')) return { closed: '4401' }
  return Object.fromEntries(
    Object.entries(queries).map(([name, who]) => [
      name,
      who !== 'the box itself' && may(who, visitor) === 'in' ? 'in' : 'not-allowed',
    ]),
  )
}

describe.each(visitors)('%s', (visitor) => {
  test('asks for every action of a site', async () => {
    const seen = new Map<string, unknown>()
    const wanted = new Map<string, unknown>()
    for (const [name, who] of Object.entries(actions)) {
      seen.set(name, heard(await ask('POST', full(name), visitor, site)))
      wanted.set(name, may(who, visitor))
    }
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(wanted))
  })

  test('and reads every query of it', async () => {
    const seen = new Map<string, unknown>()
    const wanted = new Map<string, unknown>()
    for (const [name, who] of Object.entries(queries)) {
      seen.set(name, heard(await ask('GET', full(name), visitor, site)))
      wanted.set(name, may(who, visitor))
    }
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(wanted))
  })

  test('and tries all that the doors do themselves', async () => {
    const seen = new Map<string, unknown>()
    const wanted = new Map<string, unknown>()
    for (const [name, who] of Object.entries(doorRoutes)) {
      const [method = '', path = ''] = name.split(' ')
      const [, lead, token] = elsewhere.find(([route]) => route.test(name)) ?? [name, 404, 404]
      // A field that nobody declares is refused by whoever lets in. Of a site: as the address says.
      const url = path.replace(':account', 'abcd0123').replace(':id', 'A'.repeat(43))
      const at = lead === 404 ? site : undefined
      const status = await ask(method, method === 'GET' ? `${url}?nothing=1` : url, visitor, at)
      seen.set(name, heard(status))
      wanted.set(
        name,
        visitor === 'lead elsewhere' ? lead : visitor === 'token elsewhere' ? token : may(who, visitor),
      )
    }
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(wanted))
  })

  test('LIVE-18 and reads it live', async () => {
    expect(await readLive(visitor)).toEqual(mayLive(visitor))
  })
})

test.each(Object.entries(upgrades))('%s opens a socket for nobody’s foreign page', async (path, heard) => {
  const { port } = scene.program
  const cookie = scene.headers('owner')['cookie'] ?? ''
  for (const origin of [
    'http://elsewhere.example',
    'null',
    `http://127.0.0.1:${port + 1}`,
    `http://localhost:${port}`,
  ])
    expect(await Wire.refused(port, { headers: { cookie, origin } }, path)).toBe(heard.foreign)
  expect(await Wire.refused(port, {}, path)).toBe(heard.program)
})

const filesOfPages = () =>
  scene.program.routes.map((route) => route.replace(/^GET /, '')).filter((path) => pageFile.test(path))

test.each(visitors)('a page and what it loads are the same to %s as to anybody', async (visitor) => {
  expect(filesOfPages().length).toBeGreaterThan(3)
  for (const path of [...pages, ...filesOfPages()]) {
    const asNobody = await fetch(`${scene.origin}${path}`)
    const answer = await fetch(`${scene.origin}${path}`, { headers: scene.headers(visitor) })
    const told = [answer.status, answer.headers.get('content-type'), answer.headers.getSetCookie()]
    expect([path, ...told]).toEqual([path, 200, asNobody.headers.get('content-type'), []])
    expect([path, await answer.text()]).toEqual([path, await asNobody.text()])
  }
})

test('HTTP-16 nobody writes to a page or to what it loads', async () => {
  for (const path of [...pages, ...filesOfPages()])
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const headers = scene.headers('owner')
      const answer = await fetch(`${scene.origin}${path}`, { method, headers })
      expect([path, method, answer.status, answer.headers.get('allow')]).toEqual([
        path,
        method,
        405,
        'GET, HEAD',
      ])
    }
})

test('a file that no page names is not given, though it lies beside them', async () => {
  const [file = ''] = filesOfPages()
  const others = [
    '/pages.json',
    '/console.html',
    '/kit.html',
    '/assets',
    '/assets/',
    `${file}.gz`,
    `/x${file}`,
  ]
  const ways = [
    '/assets/../pages.json',
    '/assets/%2e%2e/pages.json',
    '/assets/..%2fpages.json',
    '//pages.json',
  ]
  for (const path of [...others, ...ways])
    expect([path, await ask('GET', path, 'owner')]).toEqual([path, 404])
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

// What stands in the head of every answer: asked of every route that the server has, by somebody and by nobody.
import { request as overTls } from 'node:https'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pageFile } from './expected.ts'
import { Scene, password, site, until } from './scene.ts'

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
const strict: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

let scene: Scene
let cookie = ''
beforeAll(async () => {
  scene = await Scene.open({ pages: true })
  cookie = scene.headers('owner')['cookie'] ?? ''
}, 120_000)
afterAll(() => scene[Symbol.asyncDispose]())

type Heard = {
  readonly route: string
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

const addressOf = (path: string): string =>
  path
    .replace(/:(?:sha256|id)/, 'A'.repeat(43))
    .replace(':account', 'abcd0123')
    .replace(':chunk', '0')
    .replace(':key', 'k')
const isWrite = (method: string): boolean => method !== 'GET' && method !== 'HEAD'

async function ask(route: string, headers: Readonly<Record<string, string>>): Promise<Heard> {
  const [method = '', path = ''] = route.split(' ')
  const answer = await fetch(`${scene.origin}${addressOf(path)}?site=${site}`, {
    method,
    headers: { ...(isWrite(method) ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(isWrite(method) && method !== 'DELETE' ? { body: '{"not a field of anything":1}' } : {}),
    redirect: 'manual',
  })
  return { route, status: answer.status, headers: answer.headers, text: await answer.text() }
}

async function askAll(routes: readonly string[], headers: Readonly<Record<string, string>>) {
  const heard: Heard[] = []
  // Who asks on and on is told to wait (HTTP-8): that is another test.
  for (const route of routes) heard.push(await ask(route, headers))
  return heard
}

const askers: readonly (readonly [name: string, headers: () => Readonly<Record<string, string>>])[] = [
  ['nobody', () => ({})],
  ['a browser of nobody', () => ({ accept: 'text/html' })],
  ['the owner, by a page of the box', () => ({ cookie, origin: scene.origin, accept: 'text/html' })],
  ['a session that is over', () => scene.headers('ended session')],
]
const sessions = /^(?:GET|HEAD|POST|DELETE) \/api\/fleet\/session$/

describe.each(askers)('%s', (_, headers) => {
  test('HTTP-19 every answer of every route has a strict policy, and none lets others read it', async () => {
    const routes = [
      ...scene.program.routes,
      'GET /nowhere',
      'GET /api/nowhere',
      'PUT /',
      'OPTIONS /api',
      'GET /api/%',
    ]
    const all = await askAll(
      routes.filter((route) => route !== 'DELETE /api/fleet/session'),
      headers(),
    )
    for (const { route, status, headers: told, text } of all) {
      for (const [name, value] of Object.entries(strict))
        expect([route, status, name, told.get(name)]).toEqual([route, status, name, value])
      const kept = pageFile.test(route.replace(/^\w+ /, '')) ? /^public, .*immutable$/ : /no-store|no-cache/
      expect([route, told.get('cache-control')]).toEqual([route, expect.stringMatching(kept)])
      expect([route, [...told.keys()].filter((name) => name.startsWith('access-control'))]).toEqual([
        route,
        [],
      ])
      expect([route, told.has('server') || told.has('x-powered-by')]).toEqual([route, false])
      expect([route, sessions.test(route) ? [] : told.getSetCookie()]).toEqual([route, []])
      expectOwnPage(route, told, text)
    }
  })
})

/** A page loads nothing from elsewhere, and has no script or style in itself, which the policy would forbid. */
function expectOwnPage(route: string, headers: Headers, text: string): void {
  if (!(headers.get('content-type') ?? '').includes('html')) return
  const found = [
    ...text.matchAll(/(?:src|href|action|content)\s*=\s*"((?:https?:)?\/\/[^"]*)"/gi),
    ...text.matchAll(/<style|<script(?![^>]* src=)|\son\w+\s*=|\sstyle\s*=|javascript:/gi),
  ].map(([part]) => part)
  expect([route, found]).toEqual([route, []])
}

test('HTTP-10 every route that writes refuses pages of others, and a cookie without a page', async () => {
  const writes = scene.program.routes.filter(
    (route) => isWrite(route.split(' ')[0] ?? '') && !route.includes('/blobs/'),
  )
  expect(writes.length).toBeGreaterThan(30)
  const { port } = scene.program
  const foreign: readonly Readonly<Record<string, string>>[] = [
    { cookie },
    { cookie, origin: 'null' },
    { cookie, origin: 'http://elsewhere.example' },
    { cookie, origin: `http://127.0.0.1:${port + 1}` },
    { cookie, origin: `https://127.0.0.1:${port}` },
    { cookie, origin: `http://127.0.0.1.elsewhere.example:${port}` },
    { cookie, origin: `${scene.origin}, http://elsewhere.example` },
  ]
  for (const headers of foreign)
    for (const { route, status, text } of await askAll(writes, headers)) {
      const { code } = JSON.parse(text) as { readonly code: string }
      expect([route, headers['origin'], status, code]).toEqual([
        route,
        headers['origin'],
        403,
        'origin_foreign',
      ])
    }
  // The session with which all this was tried is still one.
  expect((await ask('GET /api/fleet/session', { cookie })).status).toBe(200)
})

test('HTTP-10 what is no JSON, as a form of another page would send it, is not read', async () => {
  const writes = scene.program.routes.filter((route) => /^(?:POST|PUT|PATCH) \/api\//.test(route))
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
    for (const route of writes) {
      const { status } = await ask(route, { cookie, origin: scene.origin, 'content-type': type })
      expect([route, type, status]).toEqual([route, type, 415])
    }
})

const flags = (line: string) => line.split('; ').slice(1)

test('ACCOUNT-17 each cookie is out of reach of scripts and of other sites, and over TLS of lines in clear', async () => {
  const body = JSON.stringify({ login: 'owner', secret: password })
  const plain = await fetch(`${scene.origin}/api/fleet/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  const byTls = await new Promise<readonly string[]>((resolve, reject) => {
    const { tls } = scene.program.ports
    overTls(
      {
        port: tls,
        host: '127.0.0.1',
        path: '/api/fleet/session',
        method: 'POST',
        rejectUnauthorized: false,
        headers: { 'content-type': 'application/json' },
      },
      (answer) => {
        answer.resume()
        resolve(answer.headers['set-cookie'] ?? [])
      },
    )
      .on('error', reject)
      .end(body)
  })
  const all = [plain.headers.getSetCookie(), byTls]
  for (const [at, lines] of all.entries()) {
    expect(lines.map((line) => line.split('=', 1)[0])).toEqual(['regie_session', 'regie_client'])
    for (const line of lines) {
      expect(flags(line)).toEqual(expect.arrayContaining(['Path=/', 'HttpOnly', 'SameSite=Lax']))
      expect(flags(line).some((flag) => flag.startsWith('Domain'))).toBe(false)
      expect(flags(line).includes('Secure')).toBe(at === 1)
    }
  }
  const out = await ask('DELETE /api/fleet/session', { ...(await scene.signIn('viewer')) })
  for (const line of out.headers.getSetCookie())
    expect(line).toMatch(/^regie_session=; .*HttpOnly.*Max-Age=0/)
})

/** What a server says to bytes, and to others once it has said something, over a bare socket until it closes the line. */
async function say(to: number | Socket, bytes: string, then = ''): Promise<string> {
  const socket = typeof to === 'number' ? connect(to, '127.0.0.1') : to
  let text = ''
  let isClosed = false
  socket.on('data', (part: Buffer) => {
    if (text === '' && then !== '') socket.write(then)
    text += part.toString()
  })
  socket.on('error', () => {})
  socket.on('close', () => (isClosed = true))
  socket.write(bytes)
  await until(() => isClosed)
  return text
}

test.each(['in clear', 'over TLS'])(
  'HTTP-19 what is no request is refused in words, with the same head, %s',
  async (how) => {
    const { port, ports } = scene.program
    const line = () =>
      how === 'in clear'
        ? connect(port, '127.0.0.1')
        : connectSecurely({ port: ports.tls, host: '127.0.0.1', rejectUnauthorized: false })
    const cases = [
      ['no HTTP at all\r\n\r\n', 400, 'request_invalid'],
      [
        'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
        400,
        'request_invalid',
      ],
      [`GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'head_too_large'],
      ['GET /live HTTP/1.1\r\nHost: x\r\nExpect: the unexpected\r\n\r\n', 417, 'expectation_unknown'],
    ] as const
    for (const [bytes, status, code] of cases) {
      const text = await say(line(), bytes)
      expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
      for (const [name, value] of Object.entries(strict))
        expect(text.toLowerCase()).toContain(`${name}: ${value}`.toLowerCase())
      const problem = JSON.parse(/\{.*\}/.exec(text)?.[0] ?? '') as Readonly<Record<string, unknown>>
      expect(problem).toMatchObject({ status, code, title: expect.any(String), doThis: expect.any(String) })
    }
  },
)

test('HTTP-20 a program that would rather speak HTTP/2 is answered all the same', async () => {
  const wish = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk'
  const head = `GET /live HTTP/1.1\r\nHost: x\r\n${wish}\r\n\r\n`
  const last = 'GET /live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
  expect((await say(scene.program.port, head, last)).match(/HTTP\/1\.1 200 /g)).toHaveLength(2)
})

test('MQTT-15 who asks the door of WebSockets for something else is not kept', async () => {
  const { mqttWs = 0 } = scene.program.ports
  const upgrade =
    'Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'
  expect(
    await say(mqttWs, `GET /elsewhere HTTP/1.1\r\n${upgrade}Sec-WebSocket-Protocol: mqtt\r\n\r\n`),
  ).toMatch(/^HTTP\/1.1 400 /)
  expect(await say(mqttWs, `GET /mqtt HTTP/1.1\r\n${upgrade}\r\n`)).toMatch(/^HTTP\/1.1 400 /)
  expect(await say(mqttWs, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1.1 426 /,
  )
})

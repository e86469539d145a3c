import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { FastifyInstance } from 'fastify'
import { manualMachine } from '../kernel/manual-machine.ts'
import { blobDoor } from './blob-door.ts'
import { httpDoor } from './http.ts'
import { linkDoor } from './link.ts'
import { liveDoor } from './live/live-door.ts'
import { signedOut } from './live/reception.ts'
import { Readiness } from './readiness.ts'
import type { Showing } from './readiness.ts'
import { aStatus } from './status.example.ts'

let showing: Showing
let server: FastifyInstance
let log = vi.fn<(level: string, text: string) => void>()
beforeEach(() => {
  showing = { is: 'running', status: aStatus }
  log = vi.fn<(level: string, text: string) => void>()
  const { machine } = manualMachine()
  const blobs = blobDoor(machine)
  server = httpDoor({
    log,
    showing: () => showing,
    readiness: new Readiness(() => 0),
    link: linkDoor(),
    live: liveDoor({ machine, reception: signedOut }),
    blobs,
  })
})
afterEach(() => server.close())

const browser = { accept: 'text/html,*/*;q=0.8', 'accept-language': 'fr-FR,fr;q=0.9' }

describe('health', () => {
  test('a box that starts is live, and not ready', async () => {
    showing = { is: 'starting' }
    expect((await server.inject('/live')).statusCode).toBe(200)
    const answer = await server.inject('/ready')
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.headers['retry-after']).toBe('2')
    expect(answer.json()).toMatchObject({ code: 'starting', status: 503 })
  })

  test('a box that runs is ready', async () => {
    const answer = await server.inject('/ready')
    expect([answer.statusCode, answer.json()]).toEqual([200, { ready: true }])
  })

  test('both answer HEAD', async () => {
    expect((await server.inject({ method: 'HEAD', url: '/ready' })).statusCode).toBe(200)
  })
})

describe('every answer', () => {
  test.each(['/', '/live', '/nothing', '/api/nothing', '/%zz', '/regie.css'])(
    '%s carries the security headers',
    async (url) => {
      const { headers } = await server.inject({ url, headers: browser })
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      expect(headers['content-security-policy']).not.toContain('unsafe')
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['referrer-policy']).toBe('no-referrer')
      expect(headers['x-powered-by']).toBeUndefined()
    },
  )
})

test('a route with a JSON schema does not start: what it takes is judged with Zod', async () => {
  const schema = { querystring: { type: 'object' } }
  server.get('/judged', { config: { permission: 'public' }, schema }, () => ({}))
  await expect(server.ready()).rejects.toThrow(/Zod/)
})

describe('the page', () => {
  test('speaks the language of the browser', async () => {
    const french = await server.inject({ url: '/', headers: browser })
    expect(french.headers['content-language']).toBe('fr')
    expect(french.headers['vary']).toContain('accept-language')
    expect(french.body).toContain('Tout va bien')
    expect((await server.inject('/')).body).toContain('All is well')
  })

  test('names nothing that the box does not serve itself', async () => {
    const { body } = await server.inject('/')
    const names = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name]) => name ?? '')
    expect(names.length).toBeGreaterThan(2)
    const answers = await Promise.all(names.map((name) => server.inject(name)))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(names.map(() => 200))
    expect(body).not.toMatch(/<style|style=|<script>|https?:/)
  })
})

describe('what goes wrong', () => {
  test('an unknown address is a page for people and a problem for programs', async () => {
    const page = await server.inject({ url: '/nothing', headers: browser })
    expect([page.statusCode, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
    expect(page.body).toContain('Il n’y a rien à cette adresse.')
    const problem = await server.inject('/nothing')
    expect(problem.json()).toMatchObject({ code: 'not_found', title: 'There is nothing at this address.' })
  })

  test('HTTP-16 an address that is asked in another way says which', async () => {
    for (const method of ['POST', 'DELETE', 'PUT', 'OPTIONS'] as const) {
      const { statusCode, headers, json } = await server.inject({ method, url: '/ready?a=b' })
      expect([statusCode, headers.allow]).toEqual([405, 'GET, HEAD'])
      expect(headers['content-type']).toContain('application/problem+json')
      expect(json()).toMatchObject({
        code: 'method_unknown',
        title: `Nothing at this address is asked for with ${method}.`,
        doThis: 'Ask for it with GET, HEAD.',
      })
    }
    const { statusCode, headers } = await server.inject({ method: 'POST', url: '/nothing' })
    expect([statusCode, headers.allow]).toEqual([404, undefined])
  })

  test('nobody without a name learns what is under /api', async () => {
    for (const url of ['/api', '/api/', '/api/x/y', '/api?x']) {
      const answer = await server.inject({ url, headers: browser })
      expect([url, answer.statusCode, answer.json().code]).toEqual([url, 401, 'sign_in_needed'])
    }
    expect((await server.inject('/apiary')).statusCode).toBe(404)
  })

  test('a route for a role is closed while nobody can sign in', async () => {
    server.get('/secret', { config: { permission: ['lead'] } }, () => 'secret')
    expect((await server.inject('/secret')).statusCode).toBe(401)
  })

  test('a request that is too large, or of another kind, is refused in words', async () => {
    server.post('/echo', { config: { permission: 'public' } }, () => ({}))
    const send = (payload: string, type: string) =>
      server.inject({ method: 'POST', url: '/echo', payload, headers: { 'content-type': type } })
    const large = await send(JSON.stringify('x'.repeat(300_000)), 'application/json')
    expect(large.json()).toMatchObject({ code: 'body_too_large', status: 413 })
    expect((await send('<x/>', 'text/xml')).json()).toMatchObject({ code: 'media_unknown', status: 415 })
    expect((await send('{', 'application/json')).json()).toMatchObject({ code: 'body_not_json' })
    expect((await server.inject('/%zz')).json()).toMatchObject({ code: 'request_invalid', status: 400 })
    expect(log).not.toHaveBeenCalled()
  })

  test('a mistake of ours goes to the log and not to the reader', async () => {
    server.get('/boom', { config: { permission: 'public' } }, () => {
      throw new Error('secret detail')
    })
    const answer = await server.inject('/boom')
    expect(answer.json()).toMatchObject({ code: 'unexpected', status: 500 })
    expect(answer.body).not.toContain('secret')
    expect(log).toHaveBeenCalledWith('error', expect.stringContaining('secret detail'))
  })
})

test('a route that names no permission does not start', () => {
  const refusal = 'GET /open names no permission'
  expect(() => server.get('/open', () => 'open')).toThrow(refusal)
  expect(() => server.get('/open', { config: {} }, () => 'open')).toThrow(refusal)
  expect(() => server.get('/open', { config: { permission: [] } }, () => 'open')).toThrow(refusal)
})

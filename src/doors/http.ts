import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { fastify } from 'fastify'
import type { Machine } from '../kernel/machine.ts'
import type { AccountDoor } from './accounts/account-door.ts'
import { addSessionRoutes } from './accounts/session-routes.ts'
import type { BlobDoor } from './blob-door.ts'
import type { Trusts } from './caller.ts'
import { callerOf, trustsNobody } from './caller.ts'
import { Trouble } from './errors.ts'
import { maxBodyBytes, sendTrouble, troubleOf } from './http-errors.ts'
import { languageOfBrowser } from './language.ts'
import type { LinkDoor } from './link.ts'
import type { LiveDoor } from './live/live-door.ts'
import { livePath } from './live/live-door.ts'
import { methodsAt } from './methods.ts'
import { pageFiles } from './page-files.ts'
import type { ApiDoor } from './api/door.ts'
import type { VisitorOf } from './permission.ts'
import { demandPermissions, expectPermission, routesOf } from './permission.ts'
import { pathOf } from './refuse-upgrade.ts'
import type { Readiness, Showing } from './readiness.ts'
import { secureHeaders } from './secure-headers.ts'
import { statusPage } from './status-page.ts'
import { answerStrangeBytes, answerStrangeExpectation } from './strange-bytes.ts'
import type { WebFiles } from './web-files.ts'
import { addWebFiles } from './web-files.ts'
import { nobody } from './visitor.ts'

export type HttpParts = {
  readonly log: Machine['log']
  readonly showing: () => Showing
  readonly readiness: Readiness
  readonly link: LinkDoor
  /** Absent where nothing is read live. */
  readonly live?: LiveDoor | undefined
  readonly blobs: BlobDoor
  readonly api?: ApiDoor | undefined
  readonly accounts?: AccountDoor | undefined
  /** Absent where the pages were not built: the box then shows its status alone. */
  readonly web?: WebFiles | undefined
  /** Who asks: by the accounts, unless something else is said. Without either everybody is nobody. */
  readonly visitorOf?: VisitorOf | undefined
  /** Which proxies are believed for whom they ask; nobody, unless something else is said. */
  readonly trusts?: Trusts | undefined
}

/**
 * What routes take is judged with Zod. Fastify would load a validator and a serializer of JSON schemas all the same:
 * a hundred files that nobody asks.
 */
const noJsonSchemas = () => () => {
  throw new TypeError('a route declares a JSON schema; judge what it takes with Zod')
}

/** Whether a request is to become a socket. */
export const isWebSocket = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket'

/** The HTTP server, before it listens. */
export function httpDoor(parts: HttpParts): FastifyInstance {
  const server = fastify({
    bodyLimit: maxBodyBytes,
    requestTimeout: 30_000,
    // A key has 200 characters, and each may take three in an address.
    routerOptions: { maxParamLength: 600 },
    keepAliveTimeout: 10_000,
    // Programs that would rather speak HTTP/2 ask so in passing (h2c); they are answered as if they had not.
    http: { headersTimeout: 10_000, shouldUpgradeCallback: isWebSocket },
    clientErrorHandler: answerStrangeBytes,
    schemaController: {
      compilersFactory: { buildValidator: noJsonSchemas, buildSerializer: noJsonSchemas },
    },
    frameworkErrors: (error, request, reply) => {
      void sendTrouble(request, reply.headers(secureHeaders), troubleOf(error, parts.log))
    },
  })
  demandPermissions(server)
  const { accounts, api, trusts = trustsNobody } = parts
  const byAccount: VisitorOf = (request) => accounts?.visitorOf(request.headers) ?? nobody
  const visitorOf = parts.visitorOf ?? byAccount
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(secureHeaders)
    request.caller = callerOf(request.raw, trusts)
    if (request.routeOptions.config.permission === 'box') return parts.blobs.admit(request, reply)
    return expectPermission(request, visitorOf, () => api?.sites() ?? [])
  })
  server.setErrorHandler((error, request, reply) => {
    const trouble = troubleOf(asError(error), parts.log)
    noteRefusal(parts.accounts, request, trouble)
    return sendTrouble(request, reply, trouble)
  })
  server.setNotFoundHandler((request, reply) => sendTrouble(request, reply, notFound(server, request)))
  server.server.on('checkExpectation', answerStrangeExpectation)
  server.server.on('upgrade', (request, socket, head) => {
    const { upgrade } = (pathOf(request) === livePath && parts.live) || parts.link
    upgrade(request, socket, head)
  })
  addHealth(server, parts)
  addPages(server, parts)
  if (accounts) addSessionRoutes(server, accounts, api?.guarded)
  parts.blobs.add(server)
  api?.add(server)
  return server
}

function notFound(server: FastifyInstance, { method, url }: FastifyRequest): Trouble {
  const methods = methodsAt(routesOf(server), url)
  if (methods.length === 0) return Trouble.of('not_found', {})
  return Trouble.of('method_unknown', { method, methods: methods.join(', ') }).with({ methods })
}

/** What somebody who has a name asked for and may not do, is written down (ACCOUNT-9). */
function noteRefusal(accounts: AccountDoor | undefined, request: FastifyRequest, { code, status }: Trouble) {
  const { visitor, caller, query } = request
  if (status !== 403 && status !== 429 && code !== 'site_absent') return
  if (visitor === undefined || visitor.kind === 'nobody') return
  const { site } = query as { readonly site?: unknown }
  const what = `${request.method} ${request.routeOptions.url ?? '?'}`
  const body = { who: visitor.who.slice(0, 100), what, why: code, address: caller.address }
  accounts?.refused(typeof site === 'string' ? site : undefined, { kind: 'door.refused', body })
}

const asError = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown))) as never

/** For whatever watches over the program: a supervisor restarts what is not live, and waits for what is not ready. */
function addHealth(server: FastifyInstance, { showing, readiness }: HttpParts): void {
  const config = { permission: 'public' } as const
  server.get('/live', { config }, () => ({ live: true }))
  server.get('/ready', { config }, (request, reply) => {
    const trouble = readiness.trouble(showing())
    if (trouble) return sendTrouble(request, reply, trouble)
    return reply.send({ ready: true })
  })
}

function addPages(server: FastifyInstance, { showing, web }: HttpParts): void {
  const config = { permission: 'public' } as const
  if (web) addWebFiles(server, web)
  server.get(web ? '/status' : '/', { config }, (request, reply) => {
    const language = languageOfBrowser(request.headers['accept-language'])
    reply.header('content-language', language).header('vary', 'accept-language')
    return reply.type('text/html; charset=utf-8').send(statusPage(showing(), language))
  })
  for (const [path, { type, text }] of Object.entries(pageFiles)) {
    server.get(path, { config }, (_, reply) =>
      reply.type(type).header('cache-control', 'no-cache').send(text),
    )
  }
}

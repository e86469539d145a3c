import type { FastifyInstance, FastifyRequest } from 'fastify'
import { everybody } from '../kernel/pack/roles.ts'
import type { Caller } from './caller.ts'
import { Trouble } from './errors.ts'
import { roleTexts } from './role-words.ts'
import type { Visitor } from './visitor.ts'
import { nobody } from './visitor.ts'

/** `public`; `box`: other boxes, by their keys; or the kernel and pack roles that may: `lead`, `timing.referee`. */
export type Permission = 'public' | 'box' | readonly string[]

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly permission?: Permission
    /** The route asks the visitor for the very site that the request is about. */
    readonly bySite?: boolean
    /** Whoever sits at the machine itself may, without a name. */
    readonly fromHere?: boolean
  }
  interface FastifyRequest {
    visitor: Visitor
    /** Where it comes from. Fastify's own `ip`, `host` and `protocol` know of no proxy. */
    caller: Caller
  }
}

/** Who asks. It may have to look somewhere; whoever it does not know is `nobody`. */
export type VisitorOf = (request: FastifyRequest) => Visitor | Promise<Visitor>

const registered = new WeakMap<FastifyInstance, string[]>()

/** Every method and address that a server answers: what a test of permissions goes through. */
export const routesOf = (server: FastifyInstance): readonly string[] => registered.get(server) ?? []

/** Closed by default: a route that does not say who may use it does not start. */
export function demandPermissions(server: FastifyInstance): void {
  server.decorateRequest('visitor')
  server.decorateRequest('caller')
  const routes: string[] = []
  registered.set(server, routes)
  server.addHook('onRoute', ({ method, url, config }) => {
    const { permission } = config ?? {}
    for (const each of [method].flat()) routes.push(`${each} ${url}`)
    if (permission === 'public' || permission === 'box' || (permission?.length ?? 0) > 0) return
    throw new Error(`${String(method)} ${url} names no permission: say public, or who may`)
  })
}

/** Throws unless this visitor may use the route. Under /api nobody without a name learns what is there. */
export async function expectPermission(
  request: FastifyRequest,
  visitorOf: VisitorOf,
  sites: () => readonly string[],
): Promise<void> {
  const { permission, bySite, fromHere } = request.routeOptions.config
  const url = request.routeOptions.url ?? request.url
  const isApi = /^\/api(?![^/?])/.test(url)
  const needsName = typeof permission === 'object' && !permission.includes(everybody)
  request.visitor = nobody
  if (!isApi && !needsName) return
  request.visitor = await visitorOf(request)
  if (fromHere === true && isFromHere(request)) return
  if (request.visitor.kind === 'nobody' && (needsName || request.is404))
    throw Trouble.of('sign_in_needed', {})
  if (needsName && request.visitor.mustChange === true) throw Trouble.of('password_must_change', {})
  if (!needsName || bySite === true) return
  const permit = { name: url, allow: permission }
  if (!sites().some((site) => request.visitor.may(permit, site)))
    throw Trouble.of('allowed_nowhere', { roles: roleTexts(permission) }).with({ allow: permission })
}

/** From this machine, and not by way of a proxy on it: that one asks for others, under another name. */
function isFromHere({ caller, headers }: FastifyRequest): boolean {
  const isLoopback = /^(?:127\.\d+\.\d+\.\d+|::1)$/.test(caller.address)
  const isOwnName = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(caller.host)
  return (
    isLoopback && isOwnName && headers['x-forwarded-for'] === undefined && headers.forwarded === undefined
  )
}

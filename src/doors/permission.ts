import type { FastifyInstance } from 'fastify'

/** `public`; `box`: other boxes, by their keys; or the kernel and pack roles that may: `lead`, `timing.referee`. */
export type Permission = 'public' | 'box' | readonly string[]

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly permission?: Permission
  }
}

/** Closed by default: a route that does not say who may use it does not start. */
export function demandPermissions(server: FastifyInstance): void {
  server.addHook('onRoute', ({ method, url, config }) => {
    const { permission } = config ?? {}
    if (permission === 'public' || permission === 'box' || (permission?.length ?? 0) > 0) return
    throw new Error(`${String(method)} ${url} names no permission: say public, or who may`)
  })
}

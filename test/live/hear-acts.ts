import type { FastifyInstance } from 'fastify'

export type ActHeard = {
  readonly key: string
  readonly name: string
  readonly site: string
  readonly doneAt: string | undefined
}

/** Writes down each try of an action that comes through the door, before anything becomes of it. */
export function hearActs(server: FastifyInstance, heard: ActHeard[]): void {
  server.addHook('onRequest', async ({ method, url, headers }) => {
    const { pathname, searchParams } = new URL(url, 'http://box')
    const [, name] = /^\/api\/(.+)$/.exec(pathname) ?? []
    if (method !== 'POST' || name === undefined) return
    const doneAt = headers['regie-done-at']
    heard.push({
      key: String(headers['idempotency-key']),
      name: name.replace('/', '.'),
      site: searchParams.get('site') ?? '',
      doneAt: doneAt === undefined ? undefined : String(doneAt),
    })
  })
}

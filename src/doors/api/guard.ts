import type { FastifyReply, FastifyRequest } from 'fastify'
import { Trouble } from '../errors.ts'
import { isForeign } from '../origin.ts'
import type { Crowd, Limits, Sort } from './limits.ts'

export type Guarded = ReturnType<typeof guard>

/** Before a request is looked at: where it comes from, how often, and how many there are already. */
export function guard({ limits, crowd }: { readonly limits: Limits; readonly crowd: Crowd }) {
  return (sorts: readonly Sort[]) => async (request: FastifyRequest, reply: FastifyReply) => {
    if (!sorts.includes('reads')) {
      if (isForeign(request.headers, request.caller)) throw Trouble.of('origin_foreign', {})
      expectJson(request)
    }
    const visitor = nameOf(request)
    for (const sort of sorts) limits.take(visitor, sort)
    const leave = crowd.enter(visitor)
    // Also where who asked has gone before he was answered.
    reply.raw.once('close', leave)
    if (reply.raw.destroyed) leave()
  }
}

/** Whose requests are counted together: those of one account or token, else of one address. */
function nameOf({ visitor, caller }: FastifyRequest): string {
  return visitor.kind === 'nobody' ? `nobody ${caller.address}` : `${visitor.kind} ${visitor.who}`
}

/** Anything else a foreign page could send without being asked first; DELETE it cannot. */
function expectJson({ headers, method }: FastifyRequest): void {
  if (method === 'DELETE') return
  const [type = ''] = (headers['content-type'] ?? '').split(';')
  if (type.trim().toLowerCase() !== 'application/json') throw Trouble.of('media_unknown', {})
}

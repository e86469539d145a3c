import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Machine } from '../kernel/machine.ts'
import { problemOf, Trouble } from './errors.ts'
import { errorPage } from './error-page.ts'
import { languageOfBrowser } from './language.ts'

export const maxBodyBytes = 256 * 1024
/** What a request is told apart by from another that is the same. */
export const keyHeader = 'idempotency-key'

/** A page for people, problem+json for programs. */
export function sendTrouble(request: FastifyRequest, reply: FastifyReply, trouble: Trouble): FastifyReply {
  const language = languageOfBrowser(request.headers['accept-language'])
  const problem = problemOf(trouble, language)
  reply.code(problem.status).header('content-language', language).header('vary', 'accept, accept-language')
  const { retryAfter, key, methods } = trouble.more
  if (methods !== undefined) reply.header('allow', methods.join(', '))
  if (retryAfter !== undefined || problem.status === 503) reply.header('retry-after', retryAfter ?? 2)
  if (key !== undefined) reply.header(keyHeader, key)
  return wantsPage(request)
    ? reply.type('text/html; charset=utf-8').send(errorPage(problem, language))
    : reply.type('application/problem+json').send(JSON.stringify(problem))
}

function wantsPage({ url, headers }: FastifyRequest): boolean {
  return !url.startsWith('/api') && (headers.accept ?? '').includes('text/html')
}

/** What anybody threw, as a trouble. What nobody foresaw goes to the log, and no further. */
export function troubleOf(error: FastifyError, log: Machine['log']): Trouble {
  if (error instanceof Trouble) return error
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return Trouble.of('body_too_large', { limit: maxBodyBytes }, error)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return Trouble.of('media_unknown', {}, error)
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return Trouble.of('body_not_json', {}, error)
    case 'ERR_STREAM_PREMATURE_CLOSE':
      // Who asked went in the middle of an export: nothing failed here, and nobody hears it.
      return Trouble.of('unexpected', {}, error)
    default:
      if (error.statusCode !== undefined && error.statusCode < 500) {
        return Trouble.of('request_invalid', { reason: error.message }, error)
      }
      log('error', `a request failed: ${error.stack ?? error.message}`)
      return Trouble.of('unexpected', {}, error)
  }
}

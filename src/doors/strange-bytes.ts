import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { problemOf, Trouble } from './errors.ts'
import { secureHeaders } from './secure-headers.ts'

/** What came is no request that could be answered, or was too slow: it is said by hand, and the line ends. */
export function answerStrangeBytes(error: { readonly code?: string | undefined }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  if (socket.writable) socket.write(answerTo(error.code))
  socket.destroy()
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

/** Node asks this where a request expects something else than to be told to go on. */
export function answerStrangeExpectation(_: IncomingMessage, response: ServerResponse): void {
  const problem = problemOf(Trouble.of('expectation_unknown', {}), 'en')
  const type = { 'content-type': 'application/problem+json', 'content-language': 'en' }
  response.writeHead(problem.status, { ...secureHeaders, ...type, connection: 'close' })
  response.end(JSON.stringify(problem))
}

function answerTo(code: string | undefined): string {
  const problem = problemOf(troubleOf(code), 'en')
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} ${reasons[problem.status]}`,
    ...Object.entries(secureHeaders).map(([name, value]) => `${name}: ${value}`),
    'content-type: application/problem+json',
    'content-language: en',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

function troubleOf(code: string | undefined): Trouble {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return Trouble.of('request_late', {})
  if (code === 'HPE_HEADER_OVERFLOW') return Trouble.of('head_too_large', {})
  return Trouble.of('request_invalid', { reason: 'HTTP/1.1' })
}

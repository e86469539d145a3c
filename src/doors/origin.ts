import type { IncomingHttpHeaders } from 'node:http'
import type { Caller } from './caller.ts'

type Shown = Pick<IncomingHttpHeaders, 'origin' | 'cookie' | 'authorization'>

/**
 * Whether a page that this box did not serve may be behind a write or a socket: browsers send the cookies of a box for
 * pages of anybody, and say whose page it was. A token they do not send by themselves, and a page may send one elsewhere
 * only after it asked, which nobody answers here.
 */
export function isForeign(
  { origin, cookie, authorization }: Shown,
  { secure, host }: Pick<Caller, 'secure' | 'host'>,
): boolean {
  if (cookie === undefined && (origin === undefined || isToken(authorization))) return false
  return origin === undefined || origin !== originOf(`http${secure ? 's' : ''}://${host}`)
}

const isToken = (authorization = ''): boolean => /^bearer /i.test(authorization)

const originOf = (address: string): string | undefined =>
  URL.canParse(address) ? new URL(address).origin : undefined

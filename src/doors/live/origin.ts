import type { IncomingHttpHeaders } from 'node:http'

/**
 * Browsers open sockets for pages of anybody, with the cookies of the box, and say whose page it was. Only pages of
 * this host are let in; a cookie without a page is nobody's.
 */
export function isForeign({ origin, host, cookie }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return cookie !== undefined
  const own = hostOf(`http://${host ?? ''}`)
  return own === undefined || hostOf(origin) !== own
}

/** With its port, where that is not the usual one of either scheme: TLS may end before the box. */
function hostOf(url: string): string | undefined {
  try {
    const { protocol, hostname, port } = new URL(url)
    if (protocol !== 'http:' && protocol !== 'https:') return undefined
    return port === '' || port === '443' || port === '80' ? hostname : `${hostname}:${port}`
  } catch {
    return undefined
  }
}

import type { Random } from '../../kernel/machine.ts'

const secretBytes = 32
const tokenForm = /^rgt_[A-Za-z0-9_-]{43}$/
const sessionForm = /^[A-Za-z0-9_-]{43}$/
export const sessionCookie = 'regie_session'
export const clientCookie = 'regie_client'

export const newSecret = (random: Random): string =>
  Buffer.from(random.bytes(secretBytes)).toString('base64url')
/** Shown once; Regie keeps its hash. */
export const newToken = (random: Random): string => `rgt_${newSecret(random)}`

export function bearerOf(authorization: string | undefined): string | undefined {
  const [scheme = '', secret = ''] = (authorization ?? '').split(' ')
  return scheme.toLowerCase() === 'bearer' && tokenForm.test(secret) ? secret : undefined
}

export function sessionOf(cookies: string | undefined): string | undefined {
  const value = cookieOf(cookies, sessionCookie)
  return value !== undefined && sessionForm.test(value) ? value : undefined
}

/** The first of that name: a browser sends the one that was set for the narrowest path first. */
export function cookieOf(cookies: string | undefined, name: string): string | undefined {
  for (const each of (cookies ?? '').split(';')) {
    const at = each.indexOf('=')
    if (at > 0 && each.slice(0, at).trim() === name) return each.slice(at + 1).trim()
  }
  return undefined
}

/** Out of reach of scripts, and of other sites' forms. */
export function setCookie(
  name: string,
  value: string,
  { seconds, secure }: { readonly seconds: number; readonly secure: boolean },
): string {
  const flags = secure ? '; Secure' : ''
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${flags}`
}

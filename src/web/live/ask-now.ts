import type { Language, Texts } from '../../kernel/texts.ts'
import type { Problem } from './ask.ts'

export type Answered<Body> =
  | { readonly ok: true; readonly body: Body }
  | { readonly ok: false; readonly status: number; readonly wrong: Problem }

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

const withinMs = 20_000

/**
 * Asks the box for something that a person waits for, now or not at all: signing in, a password. What must not be lost
 * goes by `act` of the client, which keeps it. Never rejects.
 */
export async function askNow<Body>(method: Method, path: string, body?: unknown): Promise<Answered<Body>> {
  const headers: Record<string, string> = { 'accept-language': spoken() }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (method !== 'GET') headers['idempotency-key'] = newKey()
  try {
    const answer = await fetch(path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      redirect: 'error',
      cache: 'no-store',
      signal: AbortSignal.timeout(withinMs),
    })
    const text = await answer.text()
    if (answer.ok) return { ok: true, body: (text === '' ? undefined : JSON.parse(text)) as Body }
    return { ok: false, status: answer.status, wrong: problemOf(text) }
  } catch {
    return { ok: false, status: 0, wrong: said('away', words.away, words.awayDo) }
  }
}

/** A key of 128 bits; browsers have no randomUUID on http:// by address. */
const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

function problemOf(text: string): Problem {
  try {
    const { code, title, doThis, field } = JSON.parse(text) as Readonly<Record<string, unknown>>
    if (typeof code === 'string' && typeof title === 'string')
      return {
        code,
        title,
        doThis: typeof doThis === 'string' ? doThis : '',
        field: typeof field === 'string' && field !== '' ? field : null,
      }
  } catch {
    // Not of the box: the sign-in page of a hotel, perhaps.
  }
  return said('strange', words.strange, words.strangeDo)
}

const spoken = (): Language => (document.documentElement.lang === 'fr' ? 'fr' : 'en')

const said = (code: string, what: Texts, doThis: Texts): Problem => ({
  code,
  title: what[spoken()],
  doThis: doThis[spoken()],
  field: null,
})

const words = {
  away: { en: 'The box does not answer.', fr: 'La box ne répond pas.' },
  awayDo: {
    en: 'Check that it is on and that this device is on its network, then try again.',
    fr: 'Vérifiez qu’elle est allumée et que cet appareil est sur son réseau, puis réessayez.',
  },
  strange: { en: 'Something else than the box answered.', fr: 'Autre chose que la box a répondu.' },
  strangeDo: {
    en: 'The network may want you to sign in to it first. Then try again.',
    fr: 'Le réseau demande peut-être d’abord une connexion. Réessayez ensuite.',
  },
} as const satisfies Readonly<Record<string, Texts>>

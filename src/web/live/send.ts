import type { actions } from '../../kernel/site/actions.ts'
import type { Ask, Ended, Problem } from './ask.ts'
import type { Surroundings } from './surroundings.ts'

/** What one try gave. `later`: it was surely not done, and may be asked again; `afterMs`: as the box asks. */
export type Tried =
  | Ended
  | { readonly is: 'held' }
  | { readonly is: 'unknown'; readonly why: string; readonly afterMs?: number | undefined }
  | { readonly is: 'later'; readonly why: Problem; readonly afterMs?: number | undefined }

/** A box answers within 30 s, if only that it does not know. */
const answerWithinMs = 40_000
const thereWithinMs = 5_000

/** 401: who asks must sign in; 408: it did not come whole; 429: too much at once. Nothing was done. */
const notNow = new Set([401, 408, 429])
/** Nor here: the keeper, or this box, could not do it just now. */
const notNowCodes = new Set(['keeper-away', 'disk-full', 'starting', 'stopping'])

type Family = keyof typeof actions extends infer Name
  ? Name extends `${infer F}.${string}`
    ? F
    : never
  : never

/** The kernel's own actions have no pack in their names; they are asked of the fleet. */
const kernelFamilies: Readonly<Record<Family, true>> = {
  account: true,
  box: true,
  clock: true,
  facts: true,
  login: true,
  order: true,
  orphan: true,
  quarantine: true,
  role: true,
  session: true,
  setting: true,
  site: true,
  token: true,
  volunteer: true,
}

export function pathOf(action: string): string {
  const [family = '', ...rest] = action.split('.')
  const [pack, name] = Object.hasOwn(kernelFamilies, family) ? ['fleet', action] : [family, rest.join('.')]
  return `/api/${encodeURIComponent(pack)}/${encodeURIComponent(name)}`
}

/** Asks for it once, under its own key. Never rejects. */
export async function send(
  here: Surroundings,
  ask: Ask,
  doneAt: string,
  token: string | undefined,
): Promise<Tried> {
  const site = ask.site === null ? '' : `?site=${encodeURIComponent(ask.site)}`
  try {
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': ask.key,
      'regie-done-at': doneAt,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    }
    const body = JSON.stringify(ask.input ?? null)
    const url = `${here.origin}${pathOf(ask.action)}${site}`
    const answer = await here.fetch(url, { method: 'POST', headers, body, redirect: 'error' }, answerWithinMs)
    return understand(answer.status, answer.headers, await answer.text())
  } catch (error) {
    return { is: 'unknown', why: error instanceof Error ? error.message : String(error) }
  }
}

/** Whether the box can be reached at all, so that what is asked of nobody is not taken for sent. */
export async function isThere(here: Surroundings): Promise<boolean> {
  try {
    const asked = { cache: 'no-store', redirect: 'error' } as const
    const answer = await here.fetch(`${here.origin}/live`, asked, thereWithinMs)
    return answer.ok && fieldsOf(await answer.text())['live'] === true
  } catch {
    return false
  }
}

/**
 * Only what the box itself said counts: between here and there may stand the sign-in page of a hotel, which answers
 * anything.
 */
export function understand(status: number, headers: Pick<Headers, 'get'>, text: string): Tried {
  const fields = fieldsOf(text)
  const afterMs = Math.min(60, Number(headers.get('retry-after') ?? 0) || 0) * 1000
  const { n, copies, again } = fields
  if (status === 200 && typeof n === 'number' && typeof copies === 'number')
    return { is: 'answered', n, answer: fields['answer'] ?? null, copies, again: again === true }
  if (status === 202 && Object.keys(fields).length > 0) return { is: 'held' }
  const isOurs = headers.get('content-type')?.startsWith('application/problem+json') ?? false
  const why = isOurs ? problemOf(fields) : undefined
  if (!why) return { is: 'unknown', why: `an answer ${status} that is not of the box`, afterMs }
  if (notNow.has(status) || notNowCodes.has(why.code)) return { is: 'later', why, afterMs }
  if (status >= 400 && status < 500) return { is: 'refused', ...why }
  return { is: 'unknown', why: why.title, afterMs }
}

function problemOf(fields: Readonly<Record<string, unknown>>): Problem | undefined {
  const { code, title, doThis, todo, field } = fields
  if (typeof code !== 'string') return undefined
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  return { code, title: text(title), doThis: text(doThis ?? todo), field: text(field) || null }
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}

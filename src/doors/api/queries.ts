import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { withSite } from '../../kernel/live/across.ts'
import type { KnownQuery } from '../../kernel/pack/known-queries.ts'
import { Trouble } from '../errors.ts'
import type { Texts } from './fields.ts'
import { expectFit, inputFrom } from './fields.ts'
import type { ApiParts } from './parts.ts'
import { answerWithinMs, within } from './parts.ts'
import type { SiteRows } from './reading.ts'
import { readSites } from './reading.ts'
import { sitesOf } from './sites.ts'

export const usualRows = 50
export const mostRows = 500
const mostAfter = 4096

/** One page of what a query answers. */
export function page(parts: ApiParts, query: KnownQuery) {
  const { timers } = parts.machine
  const late = () => Trouble.of('too_slow', { seconds: answerWithinMs / 1000 })
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { after, limit } = pageIn(request.query as Texts)
    const { sites, input } = askedFor(parts, query, request, reservedOfPages)
    const cut = new Page(after, limit)
    const show = (found: SiteRows) => cut.add(found, typeof sites !== 'string')
    const reading = readSites(parts, query, sites, input, show)
    const { at, hash, failed } = await within(timers, answerWithinMs, reading, late)
    // Not the default: whoever asks again may keep what he has, and must ask whether it still holds.
    reply.header('cache-control', 'private, no-cache').header('vary', 'cookie, authorization')
    if (failed.length === 0) {
      const tag = `W/"${hash}"`
      reply.header('etag', tag)
      if (isKnown(request.headers['if-none-match'], tag)) return reply.code(304).send()
    }
    const end = failed.length === 0 ? '' : `,"failed":${JSON.stringify(failed)}`
    const head = `{"at":${JSON.stringify(at)},"hash":"${hash}","rows":[`
    const next = JSON.stringify(cut.next)
    return reply
      .type('application/json; charset=utf-8')
      .send(`${head}${cut.rows.join(',')}],"next":${next}${end}}`)
  }
}

export const reservedOfPages = ['site', 'after', 'limit'] as const

/** The sites and the input of a request, which this visitor may ask. Throws a Trouble. */
export function askedFor(
  { box }: ApiParts,
  query: KnownQuery,
  { query: asked, visitor }: FastifyRequest,
  reserved: readonly string[],
) {
  const { site } = asked as Texts
  const sites = sitesOf(box().sites(), visitor, query, site)
  return { sites, input: inputFrom(query.query.input, asked as Texts, reserved) }
}

const limitOf = z.object({ limit: z.int().min(1).max(mostRows) })

function pageIn({ after, limit = String(usualRows) }: Texts) {
  for (const [field, given] of Object.entries({ after, limit }))
    if (typeof given === 'object') throw Trouble.of('field_twice', { field }).with({ field })
  const rows = /^\d{1,6}$/.test(String(limit)) ? Number(limit) : limit
  expectFit(limitOf, { limit: rows })
  if (after !== undefined && !isKey(String(after))) throw strangeAfter()
  return { after: after === undefined ? undefined : String(after), limit: Number(rows) }
}

const strangeAfter = () =>
  Trouble.of('field_invalid', {
    field: 'after',
    problem: {
      en: 'must be what an answer gave as “next”',
      fr: 'doit être ce qu’une réponse a donné comme « next »',
    },
  }).with({ field: 'after' })

/** As an answer writes the key of a row: a JSON list of texts and numbers. */
function isKey(text: string): boolean {
  if (text.length > mostAfter || !text.startsWith('[')) return false
  try {
    const key: unknown = JSON.parse(text)
    const isPlain = (each: unknown) => typeof each === 'string' || typeof each === 'number'
    return Array.isArray(key) && key.length > 0 && key.every(isPlain) && JSON.stringify(key) === text
  } catch {
    return false
  }
}

/** So many rows after a key. Rows come by their keys, ascending; what is not in the page is not kept. */
class Page {
  readonly rows: string[] = []
  readonly #after: string
  readonly #limit: number
  #last = ''
  #isMore = false

  /** The empty text is before every key. */
  constructor(after: string | undefined, limit: number) {
    this.#after = after ?? ''
    this.#limit = limit
  }

  /** The key of the last row, if there are more. */
  get next(): string | null {
    return this.#isMore ? this.#last : null
  }

  add({ site, rows }: SiteRows, isAcross: boolean): void {
    if (this.#isMore) return
    for (const [ownKey, ownRow] of rows) {
      const [key, row] = isAcross ? withSite(site, ownKey, ownRow) : [ownKey, ownRow]
      if (key <= this.#after) continue
      this.#isMore = this.rows.length === this.#limit
      if (this.#isMore) return
      this.rows.push(row)
      this.#last = key
    }
  }
}

/** Compared weakly, as for If-None-Match. */
export function isKnown(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  const bare = (each: string) => each.trim().replace(/^W\//, '')
  return header.split(',').some((each) => bare(each) === '*' || bare(each) === bare(tag))
}

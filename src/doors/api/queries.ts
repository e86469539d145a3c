import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { merged } from '../../kernel/live/across.ts'
import type { Lines } from '../../kernel/live/versions.ts'
import type { KnownQuery } from '../../kernel/pack/known-queries.ts'
import { Trouble } from '../errors.ts'
import type { Texts } from './fields.ts'
import { expectFit, inputFrom } from './fields.ts'
import type { ApiParts } from './parts.ts'
import { answerWithinMs, within } from './parts.ts'
import { hashOf, readSites } from './reading.ts'
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
    const all = typeof sites === 'string' ? [sites] : sites
    const read = await within(timers, answerWithinMs, readSites(parts, query, all, input), late)
    const { found, failed } = read
    const hash = typeof sites === 'string' ? (found[0]?.hash ?? '') : hashOf(found)
    const at = Object.fromEntries(found.map(({ site, n }) => [site, n]))
    // Not the default: whoever asks again may keep what he has, and must ask whether it still holds.
    reply.header('cache-control', 'private, no-cache').header('vary', 'cookie, authorization')
    if (failed.length === 0) {
      const tag = `W/"${hash}"`
      reply.header('etag', tag)
      if (isKnown(request.headers['if-none-match'], tag)) return reply.code(304).send()
    }
    const rows =
      typeof sites === 'string' ? found[0]?.rows : merged(found.map((each) => [each.site, each.rows]))
    const cut = cutOf(rows ?? new Map(), after, limit)
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

/** So many rows after a key, and the key of the last of them if there are more. Rows stand by their keys, ascending. */
export function cutOf(lines: Lines, after: string | undefined, limit: number) {
  const rows: string[] = []
  let last: string | null = null
  for (const [key, row] of lines) {
    if (after !== undefined && key <= after) continue
    if (rows.length === limit) return { rows, next: last }
    rows.push(row)
    last = key
  }
  return { rows, next: null }
}

/** Compared weakly, as for If-None-Match. */
function isKnown(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  const bare = (each: string) => each.trim().replace(/^W\//, '')
  return header.split(',').some((each) => bare(each) === '*' || bare(each) === bare(tag))
}

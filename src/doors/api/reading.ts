import type { Live } from '../../kernel/live/live.ts'
import type { Lines } from '../../kernel/live/versions.ts'
import { hashAcross } from '../../kernel/live/across.ts'
import type { KnownQuery } from '../../kernel/pack/known-queries.ts'
import { Trouble } from '../errors.ts'
import type { ApiParts } from './parts.ts'
import { refusalOf } from './parts.ts'

export type SiteRows = {
  readonly site: string
  readonly n: number
  readonly hash: string
  readonly rows: Lines
}
/** Of what several sites answered. Those that cannot be read just now are missing; those that failed are named. */
export type Read = {
  readonly at: Readonly<Record<string, number>>
  readonly hash: string
  readonly failed: readonly string[]
}

/** What one site answers, or a Trouble. */
export async function readSite(
  parts: ApiParts,
  { name, pack }: KnownQuery,
  site: string,
  input: unknown,
): Promise<SiteRows | Trouble> {
  const live: Live = parts.box().live
  const asked = await live.ask({ query: name, sites: site, input })
  switch (asked.is) {
    case 'answer':
      return { site, n: asked.n, hash: asked.hash, rows: asked.rows }
    case 'away':
      return Trouble.of('views_away', { site })
    case 'failed':
      if (asked.isLarge) return Trouble.of('answer_too_large', { query: name, site })
      parts.machine.log('error', `${name} failed at ${site}: ${asked.why}`)
      return Trouble.of('query_failed', { query: name, site })
    case 'refused':
      return refusalOf(parts, pack, asked.code, asked.detail)
  }
}

/** Shows what the sites answer, one after the other. Throws where none of them does. */
export async function readSites(
  parts: ApiParts,
  query: KnownQuery,
  sites: string | readonly string[],
  input: unknown,
  show: (found: SiteRows) => void,
): Promise<Read> {
  const at: Record<string, number> = {}
  const hashes: [site: string, hash: string][] = []
  const troubles = new Map<string, Trouble>()
  for (const site of typeof sites === 'string' ? [sites] : sites) {
    const read = await readSite(parts, query, site, input)
    if (read instanceof Trouble) {
      troubles.set(site, read)
      continue
    }
    at[site] = read.n
    hashes.push([site, read.hash])
    show(read)
  }
  const [first] = troubles.values()
  if (first && hashes.length === 0) throw first
  const failed = [...troubles].filter(([, { code }]) => code !== 'views_away').map(([site]) => site)
  const hash = typeof sites === 'string' ? (hashes[0]?.[1] ?? '') : hashAcross(hashes)
  return { at, hash, failed }
}

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
/** What several sites answered. Of those that cannot be read just now there is nothing; those that failed are named. */
export type Read = { readonly found: readonly SiteRows[]; readonly failed: readonly string[] }

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
      parts.machine.log('error', `${name} failed at ${site}: ${asked.why}`)
      return Trouble.of('query_failed', { query: name, site })
    case 'refused':
      return refusalOf(parts, pack, asked.code, asked.detail)
  }
}

/** What the sites answer, one after the other. Throws where none of them does. */
export async function readSites(
  parts: ApiParts,
  query: KnownQuery,
  sites: readonly string[],
  input: unknown,
): Promise<Read> {
  const found: SiteRows[] = []
  const troubles = new Map<string, Trouble>()
  for (const site of sites) {
    const read = await readSite(parts, query, site, input)
    if (read instanceof Trouble) troubles.set(site, read)
    else found.push(read)
  }
  const [first] = troubles.values()
  if (first && found.length === 0) throw first
  const failed = [...troubles].filter(([, { code }]) => code === 'query_failed').map(([site]) => site)
  return { found, failed }
}

export const hashOf = (found: readonly SiteRows[]): string =>
  hashAcross(found.map(({ site, hash }) => [site, hash]))

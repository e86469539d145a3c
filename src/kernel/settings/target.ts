import { z } from 'zod'
import type { Document } from './document.ts'

/** What a document is for: the organisation, a group, a site, a post, or one box. */
export const target = z
  .string()
  .max(80)
  .regex(/^(?:organisation|(?:group|site|post|box):[0-9A-Za-z][0-9A-Za-z_-]*)$/)

/** Any JSON object: what it may hold is the schema's business. */
export const patch = z.record(z.string(), z.json()) as unknown as z.ZodType<Document>

/** The site whose log holds what the hub owns: the organisation's own. */
export const hubSite = 'fleet'

/** What one box is at a site, as far as settings go. `groups`: the least important first. */
export type Scope = {
  readonly site: string
  readonly box: string
  readonly groups: readonly string[]
  readonly post: string | null
}

/** The targets that concern a box, the most specific last (SET-2). */
export function targetsOf({ site, box, groups, post }: Scope): readonly string[] {
  return [
    'organisation',
    ...groups.map((group) => `group:${group}`),
    ...(site === hubSite ? [] : [`site:${site}`]),
    ...(post === null ? [] : [`post:${post}`]),
    `box:${box}`,
  ]
}

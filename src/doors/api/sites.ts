import type { KnownQuery } from '../../kernel/pack/known-queries.ts'
import { everybody } from '../../kernel/pack/roles.ts'
import { Trouble } from '../errors.ts'
import { roleTexts } from '../role-words.ts'
import type { Permit, Visitor } from '../visitor.ts'

/** Whether there is a site, for this visitor: what every role at it may see. */
const seen: Permit = { name: 'sites', allow: ['viewer'] }

/** The site that is asked, if this visitor may ask it. Throws a Trouble. */
export function oneSite(
  sites: readonly string[],
  visitor: Visitor,
  permit: Permit,
  given: string | undefined,
): string {
  if (given !== undefined) return allowed(sites, visitor, permit, given)
  const [first, ...more] = mine(sites, visitor, permit)
  if (first === undefined) throw nowhere(permit)
  if (more.length > 0)
    throw Trouble.of('site_needed', { sites: [first, ...more].join(', ') }).with({ field: 'site' })
  return first
}

/** One site, or for a query that goes across a list of them: all that he may ask, where he names none. */
export function sitesOf(
  sites: readonly string[],
  visitor: Visitor,
  { name, allow, query }: Pick<KnownQuery, 'name' | 'allow' | 'query'>,
  given: string | readonly string[] | undefined,
): string | readonly string[] {
  const permit = { name, allow }
  if (typeof given === 'object') {
    if (query.across !== true) throw Trouble.of('field_twice', { field: 'site' }).with({ field: 'site' })
    return [...new Set(given)].toSorted().map((site) => allowed(sites, visitor, permit, site))
  }
  if (given !== undefined || query.across !== true) return oneSite(sites, visitor, permit, given)
  const all = mine(sites, visitor, permit)
  if (all.length === 0) throw nowhere(permit)
  return all.toSorted()
}

function allowed(sites: readonly string[], visitor: Visitor, permit: Permit, site: string): string {
  const isServed = sites.includes(site)
  if (isServed && visitor.may(permit, site)) return site
  // A site that he may not see is answered like one that does not exist.
  if (!isServed || !visitor.may(seen, site)) throw Trouble.of('site_absent', { site }).with({ field: 'site' })
  const { allow } = permit
  throw Trouble.of('not_allowed', { site, roles: roleTexts(allow) }).with({ allow })
}

const mine = (sites: readonly string[], visitor: Visitor, permit: Permit): readonly string[] =>
  sites.filter((site) => visitor.may(permit, site))

function nowhere({ allow }: Permit): Trouble {
  return Trouble.of('allowed_nowhere', { roles: roleTexts(allow) }).with({ allow })
}

export const isPublic = (allow: readonly string[]): boolean => allow.includes(everybody)

import { z } from 'zod'
import { tableName } from '../views/ddl.ts'
import type { Pack } from './pack.ts'
import type { QueryAny } from './query.ts'
import { fullRoles } from './roles.ts'

export type KnownQuery = {
  readonly pack: Pack
  readonly name: string
  readonly query: QueryAny
  /** Who may ask, by roles as everybody knows them. */
  readonly allow: readonly string[]
}

/**
 * By the full name of each table that some query reads: the indexes by which queries read a part of it, `key` being
 * its key. So a commit collects what somebody may ask for, and nothing else.
 */
export type Watched = ReadonlyMap<string, readonly string[]>

/** Beside its input a query is asked for a site, and for a part of its answer. */
const ofDoors: readonly string[] = ['site', 'after', 'limit']

const fieldsOf = (input: z.ZodType): readonly string[] =>
  input instanceof z.ZodObject ? Object.keys(input.shape) : []

/** Throws where a query names what its pack does not have. */
export function knownQueries(pack: Pack, full: (key: string) => string): readonly KnownQuery[] {
  return Object.entries(pack.queries ?? {}).map(([key, query]) => {
    const name = full(key)
    if (query.key.length === 0) throw new Error(`${name}: name the fields that tell its rows apart`)
    const taken = fieldsOf(query.input).find((field) => ofDoors.includes(field))
    if (taken !== undefined)
      throw new Error(`${name}: its input has ${taken}, which doors ask for themselves`)
    for (const [table, how] of Object.entries(query.reads)) {
      const declared = pack.tables[table]
      if (!declared) throw new Error(`${name} reads ${table}, which the pack does not have`)
      if (how !== 'all' && how.by !== 'key' && !declared.indexes[how.by])
        throw new Error(`${name} reads ${table} by ${how.by}, which is no index of it`)
    }
    return { pack, name, query, allow: fullRoles(pack, name, query.allow) }
  })
}

export function watchedBy(queries: Iterable<KnownQuery>): Watched {
  const watched = new Map<string, string[]>()
  for (const { pack, query } of queries) {
    for (const [table, how] of Object.entries(query.reads)) {
      const full = tableName(pack, table)
      const by = watched.get(full) ?? []
      watched.set(full, by)
      if (how !== 'all' && !by.includes(how.by)) by.push(how.by)
    }
  }
  return watched
}

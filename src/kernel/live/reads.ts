import { canonical } from '../digest.ts'
import type { KnownQuery } from '../pack/known-queries.ts'
import type { RowsRead, Table } from '../pack/table.ts'
import type { Sql } from '../pack/query.ts'
import type { Database } from '../../store/database.ts'
import { quoted, tableName } from '../views/ddl.ts'
import type { Read, Values } from '../views/touched.ts'

/** What a query reads for this input: a commit that touches nothing of it cannot change the answer. */
export function readsOf({ pack, query }: KnownQuery, input: unknown): readonly Read[] {
  return Object.entries(query.reads).map(([table, how]) => {
    const narrow = how === 'all' ? undefined : { by: how.by, from: how.from(input) }
    return { table: tableName(pack, table), narrow }
  })
}

type Loose = Readonly<Record<'get' | 'list' | 'count', (...values: Values) => unknown>>

/** A table as the query declared that it reads it; whatever it did not declare, throws (LIVE-5). */
export function guarded(rows: RowsRead<Table>, name: string, narrow: Read['narrow']): RowsRead<Table> {
  if (!narrow) return rows
  const { by, from } = narrow
  const { get, list, count } = rows as unknown as Loose
  const start = canonical(from)
  const refuse = (what: string): never => {
    throw new Error(`it reads ${what} of ${name}, and declares only ${by} from ${start}`)
  }
  const isWithin = (values: Values) => canonical(values.slice(0, from.length)) === start
  const listed = (index: string, values: Values) => {
    if (index !== by || !isWithin(values)) refuse(`${index} ${canonical(values)}`)
  }
  const within = {
    all: () => refuse('all'),
    get: (...key: Values) => {
      if (by !== 'key' || !isWithin(key)) refuse(`the row ${canonical(key)}`)
      return get(...key)
    },
    list: (index: string, ...values: Values) => {
      listed(index, values)
      return list(index, ...values)
    },
    count: (index: string, ...values: Values) => {
      listed(index, values)
      return count(index, ...values)
    },
  }
  return within as unknown as RowsRead<Table>
}

/** SQL over the tables that the query reads whole, each in braces. Any other table, or a bare name, throws. */
export function guardedSql(database: Database, { pack, query }: KnownQuery, tables: readonly string[]): Sql {
  const whole = new Set(Object.keys(query.reads).filter((table) => query.reads[table] === 'all'))
  return (text, ...values) => {
    for (const bare of text.match(/\w+/g) ?? [])
      if (tables.includes(bare))
        throw new Error(`write {name} for ${bare}, and declare that the query reads it`)
    const named = text.replace(/\{(\w+)\}/g, (_, table: string) => {
      if (!whole.has(table)) throw new Error(`its SQL reads ${table}, and it does not declare all of it`)
      return quoted(tableName(pack, table))
    })
    return database.prepare(named).all(...values)
  }
}

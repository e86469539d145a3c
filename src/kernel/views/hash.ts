import { createHash } from 'node:crypto'
import type { Database, Row } from '../../store/database.ts'
import type { Known } from '../pack/kinds.ts'
import type { Table } from '../pack/table.ts'
import { quoted, tableName } from './ddl.ts'

export type NamedTable = { readonly name: string; readonly table: Table }

/** Every table of the views, in the order in which they are hashed and compared. */
export function allTables(known: Known): readonly NamedTable[] {
  return known.packs
    .flatMap((pack) =>
      Object.entries(pack.tables).map(([name, table]) => ({ name: tableName(pack, name), table })),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** One row as text: its values in the order of the declared columns. */
export function rowText({ table }: NamedTable, row: Row): string {
  return JSON.stringify(Object.keys(table.columns).map((column) => row[column]))
}

export function tableRows(database: Database, { name, table }: NamedTable): Iterable<Row> {
  const order = table.key.map(quoted).join(', ')
  return database.prepare(`SELECT * FROM ${quoted(name)} ORDER BY ${order}`).iterate()
}

/** SHA-256 over all tables: `# name` and a line a row (VIEW-2). */
export function hashViews(database: Database, known: Known): string {
  const hash = createHash('sha256')
  for (const named of allTables(known)) {
    hash.update(`# ${named.name}\n`)
    for (const row of tableRows(database, named)) hash.update(`${rowText(named, row)}\n`)
  }
  return hash.digest('base64url')
}

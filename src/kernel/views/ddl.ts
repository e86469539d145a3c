import type { Column, Table } from '../pack/table.ts'

const sqlType = { text: 'TEXT', integer: 'INTEGER', real: 'REAL', flag: 'INTEGER', json: 'TEXT' } as const

export const quoted = (name: string): string => `"${name}"`

/** Statements that make a table and its indexes. A key of one whole number is SQLite's own row id. */
export function createTable(name: string, table: Table): string {
  const columns = Object.entries(table.columns).map(
    ([column, type]) => `${quoted(column)} ${columnSql(type)}`,
  )
  const key = `PRIMARY KEY (${table.key.map(quoted).join(', ')})`
  const rowId = table.key.length === 1 && table.columns[table.key[0] as string]?.store === 'integer'
  const made = `CREATE TABLE ${quoted(name)} (${[...columns, key].join(', ')}) STRICT${rowId ? '' : ', WITHOUT ROWID'};`
  const indexes = Object.entries(table.indexes).map(
    ([index, by]) =>
      `CREATE INDEX ${quoted(`${name}_${index}`)} ON ${quoted(name)} (${by.map(quoted).join(', ')});`,
  )
  return [made, ...indexes].join('\n')
}

function columnSql(column: Column): string {
  return column.optional ? sqlType[column.store] : `${sqlType[column.store]} NOT NULL`
}

/** A pack's table among the tables of all packs. */
export const tableName = (pack: { readonly name: string }, table: string): string => `${pack.name}_${table}`

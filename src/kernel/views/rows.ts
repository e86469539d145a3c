import type { Database, Row, Value } from '../../store/database.ts'
import type { Column, Rows, RowsRead, Table } from '../pack/table.ts'
import { quoted } from './ddl.ts'
import type { TableTouches } from './touched.ts'

type AnyRow = Readonly<Record<string, unknown>>

/** A table's typed row operations over SQL. Each statement is prepared once. `touches` hears of each change. */
export function openRows<T extends Table>(
  database: Database,
  name: string,
  table: T,
  touches?: TableTouches,
): Rows<T> {
  const reads = openRowsRead(database, name, table)
  const columns = Object.entries(table.columns)
  const rest = columns.map(([column]) => column).filter((column) => !table.key.includes(column))
  const keyColumns = table.key.map((column) => table.columns[column] as Column)
  const put = database.prepare(
    `INSERT INTO ${quoted(name)} (${columns.map(([column]) => quoted(column)).join(', ')})
     VALUES (${columns.map(() => '?').join(', ')}) ON CONFLICT DO ${
       rest.length === 0
         ? 'NOTHING'
         : `UPDATE SET ${rest.map((column) => `${quoted(column)} = excluded.${quoted(column)}`).join(', ')}`
     }`,
  )
  const remove = database.prepare(`DELETE FROM ${quoted(name)} WHERE ${whereOf(table, table.key)}`)
  const touch = (row: AnyRow, key: readonly unknown[]) => {
    if (!touches || touches.isFull) return
    const old = touches.wantsOld ? reads.get(...(key as never)) : undefined
    if (old) touches.note(old)
    touches.note(row)
  }

  const operations = {
    ...reads,
    put: (row: AnyRow) => {
      const values = columns.map(([column, type]) => toSql(type, row[column], `${name}.${column}`))
      touch(
        row,
        table.key.map((column) => row[column]),
      )
      put.run(...values)
    },
    remove: (...key: readonly unknown[]) => {
      const values = keyColumns.map((type, index) => toSql(type, key[index], name))
      touch(Object.fromEntries(table.key.map((column, index) => [column, key[index]])), key)
      remove.run(...values)
    },
  }
  return operations
}

const whereOf = (table: Table, by: readonly string[]) =>
  by.map((column) => `${quoted(column)} ${table.columns[column]?.optional ? 'IS' : '='} ?`).join(' AND ')

/** The operations that change nothing: all that a query has. */
export function openRowsRead<T extends Table>(database: Database, name: string, table: T): RowsRead<T> {
  const columns = Object.entries(table.columns)
  const keyColumns = table.key.map((column) => table.columns[column] as Column)
  const where = (by: readonly string[]) => whereOf(table, by)
  const from = `SELECT * FROM ${quoted(name)}`
  const inKeyOrder = table.key.map(quoted).join(', ')

  const get = database.prepare(`${from} WHERE ${where(table.key)}`)

  const decode = (row: Row): AnyRow => {
    const decoded: Record<string, unknown> = {}
    for (const [column, type] of columns) decoded[column] = fromSql(type, row[column] as Value)
    return decoded
  }
  const bindKey = (key: readonly unknown[]) => keyColumns.map((type, index) => toSql(type, key[index], name))
  const indexed = (index: string, by: readonly unknown[]) => {
    const names = (table.indexes[index] as readonly string[]).slice(0, by.length)
    const values = names.map((column, place) => toSql(table.columns[column] as Column, by[place], name))
    return { filter: names.length === 0 ? '' : ` WHERE ${where(names)}`, values }
  }
  const inIndexOrder = (index: string) =>
    [...(table.indexes[index] as readonly string[]), ...table.key].map(quoted).join(', ')

  const operations = {
    get: (...key: readonly unknown[]) => {
      const row = get.get(...bindKey(key))
      return row && decode(row)
    },
    all: () => database.prepare(`${from} ORDER BY ${inKeyOrder}`).all().map(decode),
    list: (index: string, ...by: readonly unknown[]) => {
      const { filter, values } = indexed(index, by)
      return database
        .prepare(`${from}${filter} ORDER BY ${inIndexOrder(index)}`)
        .all(...values)
        .map(decode)
    },
    count: (index: string, ...by: readonly unknown[]) => {
      const { filter, values } = indexed(index, by)
      return database.prepare(`SELECT count(*) AS n FROM ${quoted(name)}${filter}`).get(...values)?.[
        'n'
      ] as number
    },
  }
  return operations as unknown as RowsRead<T>
}

/** Throws where a row does not fit its columns: a view never stores what it cannot read back. */
function toSql(column: Column, value: unknown, where: string): Value {
  if (value === null || value === undefined) {
    if (column.optional) return null
    throw new TypeError(`${where}: a value is missing`)
  }
  switch (column.store) {
    case 'text':
      if (typeof value === 'string') return value
      break
    case 'integer':
      if (Number.isSafeInteger(value)) return value as number
      break
    case 'real':
      if (typeof value === 'number' && Number.isFinite(value)) return value
      break
    case 'flag':
      if (typeof value === 'boolean') return value ? 1 : 0
      break
    case 'json':
      return JSON.stringify(value)
  }
  throw new TypeError(`${where}: ${typeof value} does not fit a column of ${column.store}`)
}

function fromSql(column: Column, value: Value): unknown {
  if (value === null) return null
  if (column.store === 'flag') return value === 1
  return column.store === 'json' ? (JSON.parse(value as string) as unknown) : value
}

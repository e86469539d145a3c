import type { StatementSync } from 'node:sqlite'
import type { Row, Statement, Value } from './database.ts'
import { asStoreError } from './sqlite-errors.ts'

/** A prepared statement that refuses what SQLite would quietly store as NULL. */
export class SqliteStatement implements Statement {
  readonly #inner: StatementSync
  readonly #path: string
  readonly #sql: string
  readonly #wanted: number

  constructor(inner: StatementSync, path: string, sql: string) {
    this.#inner = inner
    this.#path = path
    this.#sql = sql
    this.#wanted = countPlaces(sql)
  }

  run(...values: readonly Value[]): void {
    this.#check(values)
    try {
      this.#inner.run(...values)
    } catch (error) {
      throw asStoreError(error, this.#path)
    }
  }

  get(...values: readonly Value[]): Row | undefined {
    this.#check(values)
    try {
      return this.#inner.get(...values) as Row | undefined
    } catch (error) {
      throw asStoreError(error, this.#path)
    }
  }

  all(...values: readonly Value[]): readonly Row[] {
    this.#check(values)
    try {
      return this.#inner.all(...values) as Row[]
    } catch (error) {
      throw asStoreError(error, this.#path)
    }
  }

  iterate(...values: readonly Value[]): Iterable<Row> {
    this.#check(values)
    return this.#walk(values)
  }

  *#walk(values: readonly Value[]): Iterable<Row> {
    try {
      yield* this.#inner.iterate(...values) as Iterable<Row>
    } catch (error) {
      throw asStoreError(error, this.#path)
    }
  }

  /**
   * `node:sqlite` takes a lone object for named parameters, so `run(new Date())` stores NULL; it
   * stores NULL for a missing value and for NaN as well. Text that is not well formed comes back changed.
   */
  #check(values: readonly unknown[]): void {
    if (values.length !== this.#wanted) {
      throw new TypeError(`${values.length} values for ${this.#wanted} places in: ${this.#sql}`)
    }
    for (const value of values) {
      if (!isValue(value))
        throw new TypeError(`a value that SQLite would change: ${describe(value)} in: ${this.#sql}`)
    }
  }
}

export function isValue(value: unknown): value is Value {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value === 'number') return Number.isFinite(value)
  return value === null || value instanceof Uint8Array
}

/** Statements use plain `?` only; a `?` within quotes is text. */
function countPlaces(sql: string): number {
  return sql.replace(/'[^']*'|"[^"]*"|--[^\n]*/g, '').split('?').length - 1
}

function describe(value: unknown): string {
  if (typeof value === 'string') return 'text with half a character'
  return typeof value === 'number' ? String(value) : Object.prototype.toString.call(value)
}

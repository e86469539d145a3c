import { DatabaseSync } from 'node:sqlite'
import type { Database, Statement } from './database.ts'
import { asStoreError } from './sqlite-errors.ts'
import { assertSafety } from './sqlite-safety.ts'
import { SqliteStatement } from './sqlite-statement.ts'

export type SqliteOptions = {
  /** True for truth: a commit waits for the disk. False for views: a power cut may undo the last commits, whole. */
  readonly durable: boolean
  readonly readOnly?: boolean | undefined
  /** How long a writer waits for another writer. */
  readonly busyMs?: number | undefined
}

/** Views are written row by row all over the file: a larger cache and rarer checkpoints pay there. */
const viewsTuning = 'PRAGMA cache_size = -8000; PRAGMA wal_autocheckpoint = 8000'

/** How long a writer waits for another writer, where nothing is said. */
const busyMs = 5000
/** How long to wait for readers before the log of SQLite stays as it is. */
const emptyWithinMs = 250

/** After a large write the log of SQLite shrinks back to this size. */
const walBytes = 64 * 1024 * 1024

export function openSqlite(path: string, options: SqliteOptions): Database {
  const db = new SqliteDatabase(path, options)
  try {
    if (!options.readOnly) db.exec(`PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = ${walBytes}`)
    db.exec(`PRAGMA synchronous = ${options.durable ? 'FULL' : 'NORMAL'}`)
    if (!options.durable) db.exec(viewsTuning)
    assertSafety(db, options.durable)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** What was overwritten leaves the log of SQLite too: now, or where somebody reads in it, with the next commits. */
export function emptyWal(db: Database): void {
  db.exec(`PRAGMA busy_timeout = ${emptyWithinMs}`)
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  db.exec(`PRAGMA busy_timeout = ${busyMs}`)
}

class SqliteDatabase implements Database {
  readonly #db: DatabaseSync
  readonly #path: string
  readonly #statements = new Map<string, Statement>()

  constructor(path: string, options: SqliteOptions) {
    this.#path = path
    try {
      this.#db = new DatabaseSync(path, {
        readOnly: options.readOnly ?? false,
        timeout: options.busyMs ?? busyMs,
      })
    } catch (error) {
      throw asStoreError(error, path)
    }
  }

  exec(sql: string): void {
    try {
      this.#db.exec(sql)
    } catch (error) {
      throw asStoreError(error, this.#path)
    }
  }

  prepare(sql: string): Statement {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    try {
      const made = new SqliteStatement(this.#db.prepare(sql), this.#path, sql)
      this.#statements.set(sql, made)
      return made
    } catch (error) {
      throw asStoreError(error, this.#path)
    }
  }

  close(): void {
    this.#statements.clear()
    if (this.#db.isOpen) this.#db.close()
  }
}

import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Database } from './database.ts'
import { StoreError } from './truth.ts'

/** The tables of one kind of file, and how its older formats become the newest. */
export type Format = {
  /** Makes the newest format in an empty file. */
  readonly tables: string
  /** The first step leads from format 1 to 2, the next from 2 to 3. The newest format is one more than their number. */
  readonly steps: readonly ((db: Database) => void)[]
}

/** Brings a file to the newest format. What was in an older one is kept beside it as `<path>.format-<number>`. */
export function takeFormat(db: Database, path: string, format: Format): void {
  const newest = format.steps.length + 1
  const found = formatOf(db, path)
  if (found > newest) throw tooNew(path, found, newest)
  if (found === newest) return
  if (found > 0 && path !== ':memory:') copyAside(db, path, found)
  db.exec('BEGIN IMMEDIATE')
  try {
    // Read again: another process may have done the work since.
    const from = formatOf(db, path)
    if (from === 0) db.exec(format.tables)
    else for (const step of format.steps.slice(from - 1)) step(db)
    db.exec(`PRAGMA user_version = ${newest}; COMMIT`)
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}

/** For readers, who change nothing: throws in words unless the file has exactly the newest format. */
export function expectFormat(db: Database, path: string, format: Format): void {
  const newest = format.steps.length + 1
  const found = formatOf(db, path)
  if (found > newest) throw tooNew(path, found, newest)
  if (found < newest)
    throw new StoreError('io', `${path}: the file has format ${found} and must be opened for writing first`)
}

/** 0 where the file is empty. */
function formatOf(db: Database, path: string): number {
  const found = Number(db.prepare('SELECT user_version FROM pragma_user_version').get()?.user_version)
  const tables = Number(db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables)
  if (found === 0 && tables > 0) {
    throw new StoreError('io', `${path}: the file is a database, but another program made it`)
  }
  return found
}

function tooNew(path: string, found: number, newest: number): StoreError {
  const words = `a newer Regie wrote this file (format ${found}); this one reads up to ${newest}: update it`
  return new StoreError('newer', `${path}: ${words}`)
}

function copyAside(db: Database, path: string, found: number): void {
  const copy = `${path}.format-${found}`
  const part = `${copy}.part`
  rmSync(part, { force: true })
  db.prepare('VACUUM INTO ?').run(part)
  sync(part)
  renameSync(part, copy)
  sync(dirname(copy))
}

function sync(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

import type { Database } from './database.ts'
import { expectFormat, takeFormat, type Format } from './formats.ts'
import { openSqlite } from './sqlite.ts'

/**
 * A log or a journal is a range of ids in one table, so that all sites and streams append into few
 * pages: the id is the owner's number times its span, plus n or seq. Both fit JavaScript's whole numbers
 * for a million sites and two million streams.
 */
export const logSpan = 2 ** 33
export const journalSpan = 2 ** 32

/** Asks that wait for a keeper (AFAR-2). */
const waits = `
    CREATE TABLE waits (
      id INTEGER PRIMARY KEY, site TEXT NOT NULL, key TEXT NOT NULL, doc TEXT NOT NULL, UNIQUE (site, key)
    ) STRICT;`

export const truthFormat: Format = {
  tables: `
    CREATE TABLE sites (
      id INTEGER PRIMARY KEY, site TEXT NOT NULL UNIQUE, doc TEXT NOT NULL,
      n INTEGER NOT NULL, chain TEXT NOT NULL
    ) STRICT;
    CREATE TABLE log (
      id INTEGER PRIMARY KEY, head TEXT NOT NULL, bodies TEXT NOT NULL, chain TEXT NOT NULL
    ) STRICT;
    CREATE TABLE terms (
      site INTEGER NOT NULL, n INTEGER NOT NULL, term TEXT NOT NULL, chain TEXT NOT NULL, PRIMARY KEY (site, n)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE salvage (
      id INTEGER PRIMARY KEY, site INTEGER NOT NULL, term TEXT NOT NULL, n INTEGER NOT NULL,
      head TEXT NOT NULL, bodies TEXT NOT NULL, UNIQUE (site, term, n)
    ) STRICT;
    CREATE TABLE streams (
      id INTEGER PRIMARY KEY, site TEXT NOT NULL, box TEXT NOT NULL, stream TEXT NOT NULL,
      first INTEGER NOT NULL, last INTEGER NOT NULL, UNIQUE (site, box, stream)
    ) STRICT;
    CREATE TABLE journal (id INTEGER PRIMARY KEY, head TEXT NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    ${waits}
  `,
  steps: [(db) => db.exec(waits)],
}

/** The connection that writes truth. It makes or migrates the file. */
export function openTruthFile(path: string, format = truthFormat): Database {
  const db = openSqlite(path, { durable: true })
  try {
    takeFormat(db, path, format)
    // Erasing a person means that the old text leaves the file, pages that fall free included: also what was
    // trimmed, settled or moved to the salvage before anybody knew that it would be erased.
    db.exec('PRAGMA secure_delete = ON')
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** A connection that reads truth beside the writer. The file must exist in the newest format. */
export function readTruthFile(path: string): Database {
  const db = openSqlite(path, { durable: true, readOnly: true })
  try {
    expectFormat(db, path, truthFormat)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

import type { Database, Row } from './database.ts'
import type { Format } from './formats.ts'
import { takeFormat } from './formats.ts'
import type { Mail, MailWrite } from './mailbox.ts'
import { numberIn, textIn } from './rows.ts'
import { openSqlite } from './sqlite.ts'
import { StoreError } from './truth.ts'

const format: Format = {
  tables: `
    CREATE TABLE sessions (session TEXT PRIMARY KEY, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE messages (message INTEGER PRIMARY KEY, doc TEXT NOT NULL, payload BLOB NOT NULL) STRICT;
    CREATE TABLE waiting (
      session TEXT NOT NULL, seq INTEGER NOT NULL, message INTEGER NOT NULL, PRIMARY KEY (session, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX waiting_message ON waiting (message);
    CREATE TABLE retained (
      site TEXT NOT NULL, topic TEXT NOT NULL, doc TEXT NOT NULL, payload BLOB NOT NULL, PRIMARY KEY (site, topic)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE wills (session TEXT PRIMARY KEY, doc TEXT NOT NULL, payload BLOB NOT NULL) STRICT, WITHOUT ROWID;
  `,
  steps: [],
}

/** Small, since it stands beside truth and views; what passes through leaves again soon. */
const tuning = 'PRAGMA cache_size = -1000; PRAGMA wal_autocheckpoint = 1000'

/** A mailbox in one database. Synchronous: it runs in a thread of its own. */
export class MailboxFile {
  readonly #db: Database
  readonly #path: string

  constructor(path: string) {
    this.#path = path
    this.#db = openSqlite(path, { durable: true })
    try {
      takeFormat(this.#db, path, format)
      this.#db.exec(tuning)
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  /** On disk when it returns; none of it when it throws. */
  commit(writes: readonly MailWrite[]): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      for (const write of writes) this.#put(write)
      this.#db.exec('COMMIT')
    } catch (error) {
      try {
        this.#db.exec('ROLLBACK')
      } catch {
        // SQLite has rolled back by itself: it does so when the disk is full.
      }
      throw error
    }
  }

  /** Looks through the whole file first: SQLite itself notices damage only where it happens to read. */
  load(): Mail {
    const [found] = this.#db.prepare('PRAGMA quick_check(1)').all()
    const said = String(found?.quick_check)
    if (said !== 'ok') throw new StoreError('io', `${this.#path}: ${said} (SQLite 11)`)
    const all = (sql: string) => this.#db.prepare(sql).all()
    return {
      sessions: all('SELECT session, doc FROM sessions').map((row) => ({
        session: textIn(row, 'session'),
        doc: textIn(row, 'doc'),
      })),
      waiting: all('SELECT session, seq, message FROM waiting ORDER BY session, seq').map((row) => ({
        session: textIn(row, 'session'),
        seq: numberIn(row, 'seq'),
        message: numberIn(row, 'message'),
      })),
      messages: all('SELECT message, doc, payload FROM messages').map((row) => ({
        message: numberIn(row, 'message'),
        ...letterIn(row),
      })),
      retained: all('SELECT site, topic, doc, payload FROM retained').map((row) => ({
        site: textIn(row, 'site'),
        topic: textIn(row, 'topic'),
        ...letterIn(row),
      })),
      wills: all('SELECT session, doc, payload FROM wills').map((row) => ({
        session: textIn(row, 'session'),
        ...letterIn(row),
      })),
    }
  }

  close(): void {
    this.#db.close()
  }

  #put(write: MailWrite): void {
    const run = (sql: string, ...values: readonly (string | number | Uint8Array)[]) =>
      this.#db.prepare(sql).run(...values)
    switch (write.do) {
      case 'session':
        return run('INSERT OR REPLACE INTO sessions VALUES (?, ?)', write.session, write.doc)
      case 'endSession':
        run('DELETE FROM sessions WHERE session = ?', write.session)
        run(
          `DELETE FROM messages WHERE message IN (SELECT message FROM waiting WHERE session = ?)
           AND NOT EXISTS (SELECT 1 FROM waiting w WHERE w.message = messages.message AND w.session <> ?)`,
          write.session,
          write.session,
        )
        return run('DELETE FROM waiting WHERE session = ?', write.session)
      case 'message':
        run('INSERT INTO messages VALUES (?, ?, ?)', write.message, write.doc, write.payload)
        for (const { session, seq } of write.to)
          run('INSERT INTO waiting VALUES (?, ?, ?)', session, seq, write.message)
        return
      case 'got':
        return this.#got(write.session, write.seq)
      case 'retain':
        return run(
          'INSERT OR REPLACE INTO retained VALUES (?, ?, ?, ?)',
          write.site,
          write.topic,
          write.doc,
          write.payload,
        )
      case 'forget':
        return run('DELETE FROM retained WHERE site = ? AND topic = ?', write.site, write.topic)
      case 'will':
        return run('INSERT OR REPLACE INTO wills VALUES (?, ?, ?)', write.session, write.doc, write.payload)
      case 'unwill':
        return run('DELETE FROM wills WHERE session = ?', write.session)
    }
  }

  #got(session: string, seq: number): void {
    const place = this.#db
      .prepare('DELETE FROM waiting WHERE session = ? AND seq = ? RETURNING message')
      .get(session, seq)
    if (!place) return
    this.#db
      .prepare(
        'DELETE FROM messages WHERE message = ? AND NOT EXISTS (SELECT 1 FROM waiting WHERE message = ?)',
      )
      .run(numberIn(place, 'message'), numberIn(place, 'message'))
  }
}

function letterIn(row: Row): { readonly doc: string; readonly payload: Uint8Array } {
  const { payload } = row
  if (!(payload instanceof Uint8Array)) throw new TypeError('a message without its payload')
  return { doc: textIn(row, 'doc'), payload }
}

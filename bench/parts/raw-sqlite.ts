import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { bodyLine, headText } from '../../src/kernel/entry.ts'
import type { Recording } from './facts.ts'

/** The peer of the journal: the same bytes into one table of a file that is as durable, and nothing else. */
export class RawSqlite implements Disposable {
  readonly #db: DatabaseSync
  #next = 1

  constructor(folder: string) {
    this.#db = new DatabaseSync(join(folder, 'raw.db'))
    this.#db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      CREATE TABLE journal (id INTEGER PRIMARY KEY, head TEXT NOT NULL, body TEXT NOT NULL) STRICT`)
  }

  /** The texts of a journal's rows, made before the clock runs. */
  static rows(facts: readonly Recording[]): readonly (readonly [head: string, body: string])[] {
    const from = { box: 'b0x0b0x0b0x0', stream: '0123456789abcdef' }
    return facts.map(({ kind, at, body }, index) => [
      headText({ form: 'r', at, kind, from: { ...from, seq: index + 1 } }),
      bodyLine(body, null),
    ])
  }

  /** One transaction: on disk when it returns. */
  insert(rows: ReturnType<typeof RawSqlite.rows>): void {
    const insert = this.#db.prepare('INSERT INTO journal (id, head, body) VALUES (?, ?, ?)')
    this.#db.exec('BEGIN IMMEDIATE')
    for (const [head, body] of rows) insert.run(this.#next++, head, body)
    this.#db.exec('COMMIT')
  }

  [Symbol.dispose](): void {
    this.#db.close()
  }
}

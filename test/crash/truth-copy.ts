import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { journalSpan, logSpan } from '../../src/store/truth-tables.ts'
import { truthFile } from './box-folder.ts'
import { site } from './fair-packs.ts'

export type LogLine = {
  readonly n: number
  readonly head: string
  readonly bodies: string
  readonly chain: string
}

/**
 * A copy of what stands on a dead box's disk, read by the witness itself with plain SQLite. A copy, because
 * opening the file would repair it, and that is what the box must be able to do.
 */
export class TruthCopy {
  readonly #folder: string
  readonly #db: DatabaseSync
  readonly #siteId: number

  constructor(boxFolder: string) {
    this.#folder = mkdtempSync(join(boxFolder, 'copy-'))
    const copy = join(this.#folder, 'truth.db')
    for (const end of ['', '-wal']) {
      const file = truthFile(boxFolder) + end
      if (existsSync(file)) copyFileSync(file, copy + end)
    }
    this.#db = new DatabaseSync(copy)
    this.#siteId = this.#tableIsThere() ? this.#number('SELECT id FROM sites WHERE site = ?', site) : -1
  }

  /** Whether the whole file is a sound database. */
  get soundness(): string {
    return String(this.#db.prepare('SELECT * FROM pragma_integrity_check').get()?.['integrity_check'])
  }

  get head(): Omit<LogLine, 'head' | 'bodies'> {
    const row = this.#db.prepare('SELECT n, chain FROM sites WHERE id = ?').get(this.#siteId)
    return { n: Number(row?.['n'] ?? 0), chain: String(row?.['chain'] ?? '') }
  }

  *log(after = 0): Generator<LogLine> {
    const rows = this.#db
      .prepare('SELECT id, head, bodies, chain FROM log WHERE id > ? AND id < ? ORDER BY id')
      .iterate(this.#siteId * logSpan + after, (this.#siteId + 1) * logSpan)
    for (const { id, head, bodies, chain } of rows) {
      const n = Number(id) - this.#siteId * logSpan
      yield { n, head: String(head), bodies: String(bodies), chain: String(chain) }
    }
  }

  entry(n: number): LogLine | undefined {
    const [line] = this.log(n - 1).take(1)
    return line?.n === n ? line : undefined
  }

  /** The body of a record that is journalled here. */
  journalled(box: string, stream: string, seq: number): string | undefined {
    if (this.#siteId < 0) return undefined
    const id = this.#number(
      'SELECT id FROM streams WHERE site = ? AND box = ? AND stream = ?',
      site,
      box,
      stream,
    )
    const row = this.#db.prepare('SELECT body FROM journal WHERE id = ?').get(id * journalSpan + seq)
    return row === undefined ? undefined : String(row['body'])
  }

  [Symbol.dispose](): void {
    this.#db.close()
    rmSync(this.#folder, { recursive: true })
  }

  #tableIsThere(): boolean {
    return this.#db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'sites'`).get() !== undefined
  }

  #number(sql: string, ...values: readonly string[]): number {
    return Number(this.#db.prepare(sql).get(...values)?.['id'] ?? -1)
  }
}

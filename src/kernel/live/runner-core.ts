import { sha256 } from '../digest.ts'
import type { Known } from '../pack/kinds.ts'
import type { KnownQuery } from '../pack/known-queries.ts'
import type { AnswerRow } from '../pack/query.ts'
import type { RowsRead, Table } from '../pack/table.ts'
import { StoreError } from '../../store/truth.ts'
import type { Database } from '../../store/database.ts'
import { tableName } from '../views/ddl.ts'
import { allTables } from '../views/hash.ts'
import { openRowsRead } from '../views/rows.ts'
import { guarded, guardedSql, readsOf } from './reads.ts'
import type { Ran } from './runner.ts'

/** Where committed views are read. Undefined while there is nothing to read. */
export type ReadHome = {
  /** The same database as before, unless the views were made anew. */
  readonly open: (site: string) => Database | undefined
  readonly close: () => void
}

/** An answer is told whole in one message. */
const maxAnswerBytes = 4_000_000
const maxAnswerRows = 20_000

type Opened = { readonly database: Database; readonly rows: Map<string, RowsRead<Table>> }

/** The work behind the Runner port, in whatever thread it runs. */
export class RunnerCore {
  readonly #known: Known
  readonly #home: ReadHome
  readonly #mono: () => number
  readonly #tables: readonly string[]
  readonly #opened = new Map<string, Opened>()

  constructor(known: Known, home: ReadHome, mono: () => number) {
    this.#known = known
    this.#home = home
    this.#mono = mono
    this.#tables = [...allTables(known).map(({ name }) => name), 'regie_cursor']
  }

  run(site: string, name: string, input: string, known: string | null): Ran {
    const query = this.#known.queries.get(name)
    if (!query) return { is: 'failed', ms: 0, why: `no query ${name}` }
    let opened: Opened | undefined
    try {
      opened = this.#open(site)
    } catch (error) {
      return { is: 'away', why: String(error) }
    }
    if (!opened) return { is: 'away', why: 'the views are not there' }
    const { database } = opened
    try {
      database.exec('BEGIN')
    } catch (error) {
      return { is: 'away', why: String(error) }
    }
    try {
      return this.#run(opened, query, JSON.parse(input), known)
    } catch (error) {
      // What stands in the way of the disk may be gone the next time.
      return { is: 'away', why: String(error) }
    } finally {
      database.exec('ROLLBACK')
    }
  }

  close(): void {
    this.#opened.clear()
    this.#home.close()
  }

  #run(opened: Opened, query: KnownQuery, input: unknown, known: string | null): Ran {
    const cursor = opened.database.prepare('SELECT n, rules FROM regie_cursor').get()
    if (cursor?.['rules'] !== this.#known.rules) return { is: 'away', why: 'the views are of other rules' }
    const began = this.#mono()
    const since = () => this.#mono() - began
    try {
      const rows = query.query.run(this.#rowsFor(opened, query, input), input, this.#sql(opened, query))
      const lines = linesOf(rows, query.query.key)
      const hash = sha256(lines).slice(0, 22)
      const told = { n: Number(cursor['n']), hash, rows: rows.length, ms: since() }
      return hash === known ? { is: 'same', ...told } : { is: 'rows', ...told, lines }
    } catch (error) {
      if (error instanceof StoreError) throw error
      const why = error instanceof Error ? error.message : String(error)
      return { is: 'failed', ms: since(), why, ...(error instanceof TooLarge ? { isLarge: true } : {}) }
    }
  }

  #sql({ database }: Opened, query: KnownQuery) {
    return guardedSql(database, query, this.#tables)
  }

  #rowsFor({ database, rows }: Opened, query: KnownQuery, input: unknown) {
    const { pack } = query
    const reads = readsOf(query, input)
    const named = Object.keys(query.query.reads).map((table, index) => {
      const full = tableName(pack, table)
      const open = rows.get(full) ?? openRowsRead(database, full, pack.tables[table] as Table)
      rows.set(full, open)
      return [table, guarded(open, table, reads[index]?.narrow)] as const
    })
    return Object.fromEntries(named)
  }

  #open(site: string): Opened | undefined {
    const database = this.#home.open(site)
    const before = this.#opened.get(site)
    if (before && before.database === database) return before
    this.#opened.delete(site)
    if (!database) return undefined
    const opened = { database, rows: new Map<string, RowsRead<Table>>() }
    this.#opened.set(site, opened)
    return opened
  }
}

class TooLarge extends Error {}

/** Ascending by key, so that equal answers have equal texts whatever order the query found them in. */
function linesOf(rows: readonly AnswerRow[], key: readonly string[]): string {
  if (rows.length > maxAnswerRows)
    throw new TooLarge(`the answer has ${rows.length} rows: over ${maxAnswerRows}`)
  const pairs = rows.map((row) => [keyText(row, key), JSON.stringify(row)] as const)
  pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  const twice = pairs.find(([text], index) => index > 0 && text === pairs[index - 1]?.[0])
  if (twice) throw new Error(`two rows of the answer have the key ${twice[0]}`)
  const lines = pairs.map(([text, row]) => `${text}\n${row}`).join('\n')
  if (lines.length > maxAnswerBytes) throw new TooLarge(`the answer is over ${maxAnswerBytes} characters`)
  return lines
}

function keyText(row: AnswerRow, key: readonly string[]): string {
  const values = key.map((field) => row[field])
  if (values.some((value) => typeof value !== 'string' && typeof value !== 'number'))
    throw new Error(`a row of the answer has no key: ${JSON.stringify(values)}`)
  return JSON.stringify(values)
}

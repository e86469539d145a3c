import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { nextChain } from '../kernel/entry.ts'
import type { Known } from '../kernel/pack/kinds.ts'
import type { Column } from '../kernel/pack/table.ts'
import { SiteViews } from '../kernel/site/views.ts'
import type { NamedTable } from '../kernel/views/hash.ts'
import { allTables, tableRows } from '../kernel/views/hash.ts'
import type { Row, Value } from '../store/database.ts'
import { openSqlite } from '../store/sqlite.ts'
import type { TruthReads } from '../store/truth-reads.ts'
import type { SiteRow } from '../store/truth.ts'
import { entryJson } from './entry-words.ts'

const readBytes = 1024 * 1024
const writeBytes = 256 * 1024

export type Exported = { readonly site: string; readonly n: number; readonly rows: number }

/** The running hash says that entry n was altered: what would be exported is not what happened. */
export class Altered extends Error {
  readonly n: number
  constructor(n: number) {
    super(`entry ${n} was altered`)
    this.n = n
  }
}

type Parts = {
  readonly truth: TruthReads
  readonly known: Known
  /** Where the views are built again meanwhile. */
  readonly scratch: string
  readonly about: Readonly<Record<string, unknown>>
  readonly readme: string
  readonly progress: (done: number, all: number) => void
}

/**
 * Writes a whole site into an empty folder, for readers that know nothing of Regie: every entry, every
 * table as the entries make it, and the sums by which a copy is checked.
 */
export function exportSite(parts: Parts, { site, n, chain, terms }: SiteRow, folder: string): Exported {
  const sums: string[] = []
  const file = (name: string) => new ExportFile(folder, name, sums)
  const database = openSqlite(parts.scratch, { durable: false })
  try {
    const views = new SiteViews(database, parts.known)
    writeLog(parts, site, n, views, file)
    mkdirSync(join(folder, 'tables'))
    let rows = 0
    for (const table of allTables(parts.known)) {
      rows += writeTable(
        table,
        views.settled((db) => tableRows(db, table)),
        file,
      )
    }
    file('site.json').end(`${JSON.stringify({ site, n, chain, terms, ...parts.about }, null, 2)}\n`)
    file('README.txt').end(parts.readme)
    new ExportFile(folder, 'SHA256SUMS', []).end(`${sums.join('\n')}\n`)
    return { site, n, rows }
  } finally {
    database.close()
  }
}

function writeLog(
  { truth, progress }: Parts,
  site: string,
  n: number,
  views: SiteViews,
  file: (name: string) => ExportFile,
): void {
  const [json, raw] = [file('log.jsonl'), file('entries.txt')]
  let chain = ''
  while (views.cursor.n < n) {
    const rows = truth.entries(site, views.cursor.n, readBytes)
    for (const row of rows) {
      chain = nextChain(chain, row)
      if (chain !== row.chain) throw new Altered(row.n)
      json.write(`${JSON.stringify(entryJson(row))}\n`)
      raw.write(`${row.bodies === '' ? row.head : `${row.head}\n${row.bodies}`}\n`)
    }
    if (rows.length === 0) throw new Altered(views.cursor.n + 1)
    views.applyAll(rows)
    views.commit()
    progress(views.cursor.n, n)
  }
  json.end()
  raw.end()
}

function writeTable(table: NamedTable, rows: Iterable<Row>, file: (name: string) => ExportFile): number {
  const columns = Object.entries(table.table.columns)
  const [csv, json] = [file(`tables/${table.name}.csv`), file(`tables/${table.name}.jsonl`)]
  csv.write(`${columns.map(([name]) => name).join(',')}\r\n`)
  let count = 0
  for (const row of rows) {
    const values = columns.map(([name, column]) => readable(column, row[name] as Value))
    csv.write(`${values.map(cell).join(',')}\r\n`)
    json.write(`${JSON.stringify(Object.fromEntries(columns.map(([name], i) => [name, values[i]])))}\n`)
    count += 1
  }
  csv.end()
  json.end()
  return count
}

function readable(column: Column, value: Value): unknown {
  if (value === null) return null
  if (column.store === 'flag') return value === 1
  return column.store === 'json' ? (JSON.parse(value as string) as unknown) : value
}

/** RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe first; log.jsonl has it as it was. */
export function cell(value: unknown): string {
  if (value === null) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** A file that is written in large pieces, summed on the way, and on disk when it ends. */
class ExportFile {
  readonly #file: number
  readonly #name: string
  readonly #sums: string[]
  readonly #hash = createHash('sha256')
  #pending: string[] = []
  #size = 0

  constructor(folder: string, name: string, sums: string[]) {
    this.#file = openSync(join(folder, name), 'wx')
    this.#name = name
    this.#sums = sums
  }

  write(text: string): void {
    this.#pending.push(text)
    this.#size += text.length
    if (this.#size >= writeBytes) this.#flush()
  }

  end(text = ''): void {
    this.write(text)
    this.#flush()
    fsyncSync(this.#file)
    closeSync(this.#file)
    this.#sums.push(`${this.#hash.digest('hex')}  ${this.#name}`)
  }

  #flush(): void {
    const bytes = Buffer.from(this.#pending.join(''))
    this.#pending = []
    this.#size = 0
    this.#hash.update(bytes)
    for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at)
  }
}

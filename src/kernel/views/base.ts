import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Database, Value } from '../../store/database.ts'
import type { Cursor, SiteViews } from '../site/views.ts'
import { quoted } from './ddl.ts'
import { allTables, hashViews, rowText, tableRows } from './hash.ts'

/**
 * A base: the whole views at one entry, as text. The first line says where they stand, under which
 * rules, and their hash; then each table, a line a row, as they are hashed.
 */
export function saveBase(views: SiteViews): Uint8Array {
  return views.settled((database) => {
    const { known, cursor } = views
    const lines = [JSON.stringify({ ...cursor, rules: known.rules, hash: hashViews(database, known) })]
    for (const named of allTables(known)) {
      lines.push(`# ${named.name}`)
      for (const row of tableRows(database, named)) lines.push(rowText(named, row))
    }
    return zstdCompressSync(lines.join('\n'))
  })
}

/** Fills empty views from a base. False, and nothing done, where it is damaged or of other rules. */
export function loadBase(views: SiteViews, copy: Uint8Array): boolean {
  const lines = baseLines(copy)
  const base = lines && headerOf(lines)
  if (!base || base.rules !== views.known.rules) return false
  const { n, chain, hash } = base
  return views.replaceRows({ n, chain }, (database) => {
    insertLines(database, views, lines)
    return hashViews(database, views.known) === hash
  })
}

type Header = Cursor & { readonly rules: string; readonly hash: string }

function headerOf(lines: readonly string[]): Header | undefined {
  try {
    return JSON.parse(lines[0] ?? '') as Header
  } catch {
    return undefined
  }
}

function baseLines(copy: Uint8Array): readonly string[] | undefined {
  try {
    return zstdDecompressSync(copy).toString().split('\n')
  } catch {
    return undefined
  }
}

function insertLines(database: Database, views: SiteViews, lines: readonly string[]): void {
  const tables = new Map(allTables(views.known).map((named) => [`# ${named.name}`, named]))
  let insert = database.prepare('SELECT 1')
  for (const line of lines.slice(1)) {
    const named = tables.get(line)
    if (named) {
      const columns = Object.keys(named.table.columns)
      const places = columns.map(() => '?').join(', ')
      insert = database.prepare(
        `INSERT INTO ${quoted(named.name)} (${columns.map(quoted).join(', ')}) VALUES (${places})`,
      )
    } else insert.run(...(JSON.parse(line) as Value[]))
  }
}

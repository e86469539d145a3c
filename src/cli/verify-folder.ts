import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Known } from '../kernel/pack/kinds.ts'
import { Verification, firstParting } from '../kernel/views/verify.ts'
import type { Finding } from '../kernel/views/verify.ts'
import type { Database } from '../store/database.ts'
import { openSqlite } from '../store/sqlite.ts'
import { TruthReads } from '../store/truth-reads.ts'
import { readTruthFile } from '../store/truth-tables.ts'

const readBytes = 1024 * 1024

export type Folder = { readonly truth: string; readonly views: string }

export type SiteReport = {
  readonly site: string
  /** Entries in the log, and up to where the views stand. */
  readonly n: number
  readonly views: number
  readonly findings: readonly Finding[]
  /** Why the views could not be compared; the log was. */
  readonly unread?: 'missing' | 'other rules' | undefined
  /** The first entry in which the log differs from the other folder's. */
  readonly parts?: number | undefined
}

type Progress = (site: string, done: number, all: number) => void

/** Holds every site of a data folder against its log. The box may run meanwhile: nothing is written. */
export function verifyFolder(
  folder: Folder,
  known: Known,
  progress: Progress,
  other?: string,
): readonly SiteReport[] {
  using truth = closing(readTruthFile(folder.truth))
  using otherTruth = other === undefined ? undefined : closing(readTruthFile(other))
  const reads = new TruthReads(truth.database)
  return reads.sites().map(({ site, n }) => {
    const report = verifySite(reads, folder, known, site, n, progress)
    return otherTruth
      ? { ...report, parts: partingOf(reads, new TruthReads(otherTruth.database), site, n) }
      : report
  })
}

function verifySite(
  reads: TruthReads,
  folder: Folder,
  known: Known,
  site: string,
  n: number,
  progress: Progress,
): SiteReport {
  using scratch = scratchDatabase()
  const verification = new Verification(scratch.database, known)
  const path = join(folder.views, `${site}.views`)
  using views = existsSync(path) ? closing(openSqlite(path, { durable: false, readOnly: true })) : undefined
  const cursor = views && cursorOf(views.database)
  const end = cursor && cursor.rules === known.rules ? Math.min(cursor.n, n) : n
  while (verification.n < end) {
    const rows = reads.entries(site, verification.n, readBytes).filter((row) => row.n <= end)
    if (rows.length === 0)
      return { site, n, views: cursor?.n ?? 0, findings: [{ is: 'gap', n: verification.n + 1 }] }
    verification.feed(rows)
    progress(site, verification.n, end)
  }
  if (!views || !cursor) return { site, n, views: 0, findings: verification.findings, unread: 'missing' }
  if (cursor.rules !== known.rules) {
    return { site, n, views: cursor.n, findings: verification.findings, unread: 'other rules' }
  }
  return { site, n, views: cursor.n, findings: verification.compare(views.database) }
}

/** Reads from now on see the views as they are at this moment. */
function cursorOf(views: Database): { readonly n: number; readonly rules: string } {
  views.exec('BEGIN')
  const row = views.prepare('SELECT n, rules FROM regie_cursor').get()
  return { n: Number(row?.['n'] ?? 0), rules: String(row?.['rules'] ?? '') }
}

function partingOf(mine: TruthReads, theirs: TruthReads, site: string, n: number): number | undefined {
  const other = theirs.sites().find((each) => each.site === site)
  const chainIn = (reads: TruthReads) => (at: number) => reads.entries(site, at - 1, 1)[0]?.chain ?? ''
  return firstParting(chainIn(mine), chainIn(theirs), Math.min(n, other?.n ?? 0))
}

type Closing = { readonly database: Database; readonly [Symbol.dispose]: () => void }

function closing(database: Database, then: () => void = () => {}): Closing {
  return {
    database,
    [Symbol.dispose]: () => {
      database.close()
      then()
    },
  }
}

function scratchDatabase(): Closing {
  const folder = mkdtempSync(join(tmpdir(), 'regie-verify-'))
  const database = openSqlite(join(folder, 'views'), { durable: false })
  return closing(database, () => rmSync(folder, { recursive: true }))
}

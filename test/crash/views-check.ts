import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isDeepStrictEqual } from 'node:util'
import { verifyFolder } from '../../src/cli/verify-folder.ts'
import { viewsFolder } from '../../src/kernel/site/views-folder.ts'
import { WriterCore } from '../../src/kernel/site/writer-core.ts'
import { truthFile, viewsIn } from './box-folder.ts'
import { known, site } from './fair-packs.ts'
import type { LogCheck } from './log-check.ts'
import type { LogLine, TruthCopy } from './truth-copy.ts'

const rowsAtOnce = 500

/** The hash of views that are made anew from a whole log. */
export function rebuiltHash(disk: TruthCopy): string {
  const folder = mkdtempSync(join(tmpdir(), 'regie-rebuilt-'))
  const core = new WriterCore(known, viewsFolder(folder), { bytes: (size) => new Uint8Array(size) })
  try {
    core.open(site)
    let rows: LogLine[] = []
    for (const line of disk.log()) {
      rows.push(line)
      if (rows.length < rowsAtOnce) continue
      core.follow(site, rows)
      rows = []
    }
    core.follow(site, rows)
    return core.hash(site)
  } finally {
    core.close()
    rmSync(folder, { recursive: true })
  }
}

/** The fair's own tables in a box's views, held against what its log adds up to. */
export function viewProblems(boxFolder: string, log: LogCheck): readonly string[] {
  const db = new DatabaseSync(join(viewsIn(boxFolder), `${site}.views`), { readOnly: true })
  try {
    const accounts = db.prepare('SELECT account, cents FROM fair_accounts').all()
    const visits = db.prepare('SELECT gate, sum(hits) AS hits FROM fair_visits GROUP BY gate').all()
    const books = new Map(accounts.map(({ account, cents }) => [String(account), Number(cents)]))
    const hits = new Map(visits.map(({ gate, hits: count }) => [String(gate), Number(count)]))
    return [
      ...(isDeepStrictEqual(books, log.accounts)
        ? []
        : ['the view of accounts is not what the log adds up to']),
      ...(isDeepStrictEqual(hits, log.hits) ? [] : ['the view of visits is not what the log adds up to']),
    ]
  } finally {
    db.close()
  }
}

/** What `regie verify` says of a box's folder, held against another's. */
export function verifyProblems(boxFolder: string, otherFolder: string): readonly string[] {
  const folder = { truth: truthFile(boxFolder), views: viewsIn(boxFolder) }
  return verifyFolder(folder, known, () => {}, truthFile(otherFolder)).flatMap(
    ({ findings, unread, parts }) => [
      ...findings.slice(0, 5).map((finding) => `verify: ${JSON.stringify(finding)}`),
      ...(unread === undefined ? [] : [`verify cannot read its views: ${unread}`]),
      ...(parts === undefined ? [] : [`verify: the two logs part at entry ${parts}`]),
    ],
  )
}

import type { Database, Row } from './database.ts'
import { numberIn, textIn } from './rows.ts'
import { journalSpan, logSpan } from './truth-tables.ts'
import type {
  LogRow,
  RecordRow,
  SalvageRow,
  SiteRow,
  StreamName,
  StreamRow,
  TermRow,
  WaitRow,
} from './truth.ts'

/** The reads of truth, on one connection. Each is one statement, so it sees one state. */
export class TruthReads {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  entries(site: string, after: number, maxBytes: number): readonly LogRow[] {
    const rows = this.#db.prepare(`
      SELECT l.id - s.id * ${logSpan} AS n, l.head, l.bodies, l.chain, t.term
      FROM sites s CROSS JOIN log l LEFT JOIN terms t ON t.site = s.id AND t.n = l.id - s.id * ${logSpan}
      WHERE s.site = ? AND l.id > s.id * ${logSpan} + ? AND l.id < (s.id + 1) * ${logSpan} ORDER BY l.id`)
    return upTo(maxBytes, rows.iterate(site, after), ['head', 'bodies'], (row) => {
      const entry = { n: numberIn(row, 'n'), head: textIn(row, 'head'), bodies: textIn(row, 'bodies') }
      const chain = textIn(row, 'chain')
      return row.term === null ? { ...entry, chain } : { ...entry, chain, term: textIn(row, 'term') }
    })
  }

  records(name: StreamName, after: number, maxBytes: number): readonly RecordRow[] {
    const rows = this.#db.prepare(`
      SELECT j.id - s.id * ${journalSpan} AS seq, j.head, j.body FROM streams s CROSS JOIN journal j
      WHERE s.site = ? AND s.box = ? AND s.stream = ?
        AND j.id > s.id * ${journalSpan} + ? AND j.id < (s.id + 1) * ${journalSpan} ORDER BY j.id`)
    return upTo(maxBytes, rows.iterate(name.site, name.box, name.stream, after), ['head', 'body'], (row) => ({
      seq: numberIn(row, 'seq'),
      head: textIn(row, 'head'),
      body: textIn(row, 'body'),
    }))
  }

  salvage(site: string, maxBytes: number): readonly SalvageRow[] {
    const rows = this.#db.prepare(`
      SELECT v.n, v.term, v.head, v.bodies FROM sites s CROSS JOIN salvage v ON v.site = s.id
      WHERE s.site = ? ORDER BY v.id`)
    return upTo(maxBytes, rows.iterate(site), ['head', 'bodies'], (row) => ({
      n: numberIn(row, 'n'),
      term: textIn(row, 'term'),
      head: textIn(row, 'head'),
      bodies: textIn(row, 'bodies'),
    }))
  }

  sites(): readonly SiteRow[] {
    const rows = this.#db.prepare(`
      SELECT s.id, s.site, s.doc, s.n, s.chain, t.n AS termN, t.term, t.chain AS termChain
      FROM sites s LEFT JOIN terms t ON t.site = s.id ORDER BY s.id, t.n`)
    const sites: (SiteRow & { readonly terms: TermRow[] })[] = []
    for (const row of rows.iterate()) {
      const site = textIn(row, 'site')
      if (sites.at(-1)?.site !== site) {
        const head = { n: numberIn(row, 'n'), chain: textIn(row, 'chain') }
        sites.push({ site, doc: textIn(row, 'doc'), ...head, terms: [] })
      }
      if (row.term === null) continue
      const term = { n: numberIn(row, 'termN'), term: textIn(row, 'term'), chain: textIn(row, 'termChain') }
      sites.at(-1)?.terms.push(term)
    }
    return sites
  }

  streams(site: string): readonly StreamRow[] {
    const rows = this.#db
      .prepare('SELECT box, stream, first, last FROM streams WHERE site = ? ORDER BY id')
      .all(site)
    return rows.map((row) => ({
      site,
      box: textIn(row, 'box'),
      stream: textIn(row, 'stream'),
      first: numberIn(row, 'first'),
      last: numberIn(row, 'last'),
    }))
  }

  notes(): ReadonlyMap<string, string> {
    const rows = this.#db.prepare('SELECT name, value FROM notes ORDER BY name').all()
    return new Map(rows.map((row) => [textIn(row, 'name'), textIn(row, 'value')]))
  }

  waits(site: string): readonly WaitRow[] {
    const rows = this.#db.prepare('SELECT key, doc FROM waits WHERE site = ? ORDER BY id').all(site)
    return rows.map((row) => ({ key: textIn(row, 'key'), doc: textIn(row, 'doc') }))
  }
}

/** Rows while their texts fit into `maxBytes`; the first one always. Leaving the loop ends the statement. */
function upTo<T>(
  maxBytes: number,
  rows: Iterable<Row>,
  texts: readonly string[],
  read: (row: Row) => T,
): T[] {
  const taken: T[] = []
  let bytes = 0
  for (const row of rows) {
    for (const column of texts) bytes += Buffer.byteLength(textIn(row, column))
    if (taken.length > 0 && bytes > maxBytes) break
    taken.push(read(row))
  }
  return taken
}

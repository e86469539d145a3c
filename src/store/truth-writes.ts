import type { Database } from './database.ts'
import { numberIn, textIn } from './rows.ts'
import type { Heads, SiteHead, StreamHead } from './truth-heads.ts'
import { journalSpan, logSpan } from './truth-tables.ts'
import type { LogRow, RecordRow, StreamName, Write } from './truth.ts'

/** Puts one checked write into the tables. `heads` is the group's layer: its end of logs and journals moves along. */
export function putWrite(db: Database, write: Write, heads: Heads): void {
  switch (write.do) {
    case 'site':
      return putSite(db, write.site, write.doc, heads)
    case 'records':
      return putRecords(db, write, write.rows, heads)
    case 'entries':
      return putEntries(db, write.site, write.rows, heads)
    case 'giveUp':
      return giveUp(db, write.site, write.keep, heads)
    case 'settle':
      return settle(db, write.site, write.term, write.upTo, heads)
    case 'trim':
      return trim(db, write, write.upTo, heads)
    case 'hollow':
      return hollow(db, write.site, write.n, write.bodies, heads)
    case 'hollowRecord':
      return hollowRecord(db, write, write.seq, write.body, heads)
    case 'hollowSalvage':
      return hollowSalvage(db, write.site, write.term, write.n, write.bodies, heads)
    case 'note':
      return putNote(db, write.name, write.value)
    case 'wait':
      return putWait(db, write.site, write.key, write.doc)
    case 'unwait':
      return removeWait(db, write.site, write.key)
    default:
      throw new TypeError(`unknown write: ${JSON.stringify(write satisfies never)}`)
  }
}

function putSite(db: Database, site: string, doc: string, heads: Heads): void {
  const head = heads.site(site)
  if (head === undefined) addSite(db, site, doc, heads)
  else db.prepare('UPDATE sites SET doc = ? WHERE id = ?').run(doc, head.id)
}

function addSite(db: Database, site: string, doc: string, heads: Heads): SiteHead {
  const row = db
    .prepare(`INSERT INTO sites (site, doc, n, chain) VALUES (?, ?, 0, '') RETURNING id`)
    .get(site, doc)
  const head = { id: numberIn(row ?? {}, 'id'), n: 0, chain: '' }
  heads.setSite(site, head)
  return head
}

function addStream(db: Database, name: StreamName, first: number): StreamHead {
  const sql = 'INSERT INTO streams (site, box, stream, first, last) VALUES (?, ?, ?, ?, ?) RETURNING id'
  const row = db.prepare(sql).get(name.site, name.box, name.stream, first, first - 1)
  return { id: numberIn(row ?? {}, 'id'), first, last: first - 1 }
}

function putRecords(db: Database, name: StreamName, rows: readonly RecordRow[], heads: Heads): void {
  const first = rows[0]
  const last = rows.at(-1)
  if (first === undefined || last === undefined) return
  const head = heads.stream(name) ?? addStream(db, name, first.seq)
  const base = head.id * journalSpan
  const insert = db.prepare('INSERT INTO journal (id, head, body) VALUES (?, ?, ?)')
  for (const row of rows) insert.run(base + row.seq, row.head, row.body)
  const holdsNothing = head.first > head.last
  heads.setStream(name, { ...head, first: holdsNothing ? first.seq : head.first, last: last.seq })
}

function putEntries(db: Database, site: string, rows: readonly LogRow[], heads: Heads): void {
  const last = rows.at(-1)
  if (last === undefined) return
  const head = heads.site(site) ?? addSite(db, site, '', heads)
  const base = head.id * logSpan
  const insert = db.prepare('INSERT INTO log (id, head, bodies, chain) VALUES (?, ?, ?, ?)')
  const term = db.prepare('INSERT INTO terms (site, n, term, chain) VALUES (?, ?, ?, ?)')
  for (const row of rows) {
    insert.run(base + row.n, row.head, row.bodies, row.chain)
    if (row.term !== undefined) term.run(head.id, row.n, row.term, row.chain)
  }
  heads.setSite(site, { ...head, n: last.n, chain: last.chain })
}

/**
 * An entry that is already in the salvage (it was followed again and given up again) takes the text that
 * the log had: where it was made hollow meanwhile, it stays hollow.
 */
const salvageRest = `
  INSERT INTO salvage (site, term, n, head, bodies)
  SELECT s.id, coalesce((SELECT t.term FROM terms t WHERE t.site = s.id AND t.n <= l.id - s.id * ${logSpan}
                         ORDER BY t.n DESC LIMIT 1), ''),
         l.id - s.id * ${logSpan}, l.head, l.bodies
  FROM sites s CROSS JOIN log l
  WHERE s.id = ? AND l.id > s.id * ${logSpan} + ? AND l.id < (s.id + 1) * ${logSpan}
  ORDER BY l.id
  ON CONFLICT (site, term, n) DO UPDATE SET head = excluded.head, bodies = excluded.bodies`

function giveUp(db: Database, site: string, keep: number, heads: Heads): void {
  const head = heads.site(site)
  if (head === undefined || keep >= head.n) return
  const base = head.id * logSpan
  db.prepare(salvageRest).run(head.id, keep)
  db.prepare('DELETE FROM log WHERE id > ? AND id < ?').run(base + keep, base + logSpan)
  db.prepare('DELETE FROM terms WHERE site = ? AND n > ?').run(head.id, keep)
  const kept = keep === 0 ? undefined : db.prepare('SELECT chain FROM log WHERE id = ?').get(base + keep)
  heads.setSite(site, { ...head, n: keep, chain: keep === 0 ? '' : textIn(kept ?? {}, 'chain') })
}

function settle(db: Database, site: string, term: string, upTo: number, heads: Heads): void {
  const head = heads.site(site)
  if (head === undefined) return
  db.prepare('DELETE FROM salvage WHERE site = ? AND term = ? AND n <= ?').run(head.id, term, upTo)
}

function trim(db: Database, name: StreamName, upTo: number, heads: Heads): void {
  const head = heads.stream(name)
  if (head === undefined || upTo < head.first) return
  const last = Math.min(upTo, head.last)
  const base = head.id * journalSpan
  db.prepare('DELETE FROM journal WHERE id >= ? AND id <= ?').run(base + head.first, base + last)
  heads.setStream(name, { ...head, first: last + 1 })
}

function hollow(db: Database, site: string, n: number, bodies: string, heads: Heads): void {
  const head = heads.site(site)
  if (head === undefined) return
  db.prepare('UPDATE log SET bodies = ? WHERE id = ?').run(bodies, head.id * logSpan + n)
}

function hollowRecord(db: Database, name: StreamName, seq: number, body: string, heads: Heads): void {
  const head = heads.stream(name)
  if (head === undefined) return
  db.prepare('UPDATE journal SET body = ? WHERE id = ?').run(body, head.id * journalSpan + seq)
}

function hollowSalvage(
  db: Database,
  site: string,
  term: string,
  n: number,
  bodies: string,
  heads: Heads,
): void {
  const head = heads.site(site)
  if (head === undefined) return
  db.prepare('UPDATE salvage SET bodies = ? WHERE site = ? AND term = ? AND n = ?').run(
    bodies,
    head.id,
    term,
    n,
  )
}

function putNote(db: Database, name: string, value: string): void {
  db.prepare(
    'INSERT INTO notes (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  ).run(name, value)
}

function putWait(db: Database, site: string, key: string, doc: string): void {
  db.prepare(
    `INSERT INTO waits (site, key, doc) VALUES (?, ?, ?)
     ON CONFLICT (site, key) DO UPDATE SET doc = excluded.doc`,
  ).run(site, key, doc)
}

function removeWait(db: Database, site: string, key: string): void {
  db.prepare('DELETE FROM waits WHERE site = ? AND key = ?').run(site, key)
}

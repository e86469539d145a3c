import { sha256 } from '../kernel/digest.ts'
import type { Database } from '../store/database.ts'
import type { Card } from './card.ts'
import { isAtRest, tableNames } from './image.ts'
import type { SiteEvidence } from './site-evidence.ts'
import { Violation } from './violation.ts'

/** Whether a card's views have come as far as the log, nothing is under way in them, and no erasure is missing. */
export function viewsAgree(card: Card, site: string, log: SiteEvidence): boolean {
  const database = card.views(site)
  if (!isAtRest(database)) return false
  const cursor = cursorOf(database)
  return cursor?.['n'] === log.n && cursor['chain'] === log.chain && !metHollow(database)
}

/** Whether the card holds the site's key, sealed as it is. Without it, its box may not take over (SITE-3). */
export function hasKey(card: Card, site: string): boolean {
  return card.truth.prepare('SELECT 1 FROM notes WHERE name = ?').get(`site key ${site}`) !== undefined
}

/** Equal heads, equal rows: table for table, as the bytes stand in the files. */
export function sameViews(site: string, a: Card, b: Card): void {
  const [ours, theirs] = [a.views(site), b.views(site)]
  if (!isAtRest(ours) || !isAtRest(theirs)) return
  const [here, there] = [cursorOf(ours), cursorOf(theirs)]
  if (!here || !there || here['chain'] !== there['chain'] || here['rules'] !== there['rules']) return
  // Where an entry that erases was lost, who knew it lacks the person until it is said again (LOG-26).
  if (metHollow(ours) || metHollow(theirs)) return
  for (const name of tableNames(ours)) {
    if (tableDigest(ours, name) === tableDigest(theirs, name)) continue
    throw new Violation(
      'VIEWS',
      `${site}: ${name} differs between cards ${a.name} and ${b.name} at entry ${Number(here['n'])}: ${difference(ours, theirs, name)}`,
    )
  }
}

/** The first row of each that the other has not. */
function difference(ours: Database, theirs: Database, name: string): string {
  const [here, there] = [rowTexts(ours, name), rowTexts(theirs, name)]
  const only = (rows: readonly string[], others: readonly string[]) =>
    rows.find((row) => !others.includes(row)) ?? 'nothing more'
  return `${only(here, there)} here, ${only(there, here)} there`
}

function rowTexts(database: Database, name: string): readonly string[] {
  const rows = database.prepare(`SELECT * FROM "${name}"`).all()
  return rows.map((row) => JSON.stringify(row))
}

/** The books of the fair, as its view has them and as the witness counted them from the log. */
export function sameBooks(card: Card, log: SiteEvidence): void {
  const rows = card.views(log.site).prepare('SELECT account, cents FROM fair_accounts').all()
  const books = new Map(rows.map(({ account, cents }) => [String(account), Number(cents)]))
  for (const account of new Set([...books.keys(), ...log.accounts.keys()])) {
    const [shown, counted] = [books.get(account) ?? 0, log.accounts.get(account) ?? 0]
    if (shown !== counted)
      throw new Violation('BOOKS', `${log.site}: ${account} shows ${shown}, the log gives ${counted}`)
  }
}

function tableDigest(database: Database, name: string): string {
  return sha256(JSON.stringify(database.prepare(`SELECT * FROM "${name}"`).all()))
}

function metHollow(database: Database): boolean {
  return (
    tableNames(database).includes('regie_hollow') &&
    database.prepare('SELECT 1 FROM regie_hollow').get() !== undefined
  )
}

function cursorOf(database: Database) {
  const known = tableNames(database).includes('regie_cursor')
  return known ? database.prepare('SELECT n, chain, rules FROM regie_cursor').get() : undefined
}

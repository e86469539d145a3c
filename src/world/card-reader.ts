import { sha256 } from '../kernel/digest.ts'
import { journalSpan, logSpan } from '../store/truth-tables.ts'
import type { Card } from './card.ts'
import { compareReigns, type Reign, SiteEvidence } from './site-evidence.ts'
import { idsIn, testify } from './testimony.ts'

type Streams = { readonly site: string; readonly first: number; readTo: number; readonly ids: Set<string> }

/**
 * What is committed on a card, read by SQL from outside while nothing of the kernel runs. Reads on
 * from where it stood, and begins anew where the card says something else than before.
 */
export class CardReader {
  readonly card: Card
  readonly #sites = new Map<string, SiteEvidence>()
  readonly #journals = new Map<number, Streams>()
  #salvage: ReadonlySet<string> = new Set()
  #salvageMark = ''
  #salvaged = 0
  #left: string[] = []
  readonly #highest = new Map<string, Reign>()
  readonly #known = new Set<string>()

  constructor(card: Card) {
    this.card = card
  }

  site(site: string): SiteEvidence | undefined {
    return this.#sites.get(site)
  }

  /** Whether it had anything of the site when it was last read. */
  knows(site: string): boolean {
    return this.#known.has(site)
  }

  /** Whether the card proves this record or action: in a log, in a journal or in the salvage. */
  holds(id: string): boolean {
    for (const evidence of this.#sites.values()) if (evidence.holds(id)) return true
    for (const { ids } of this.#journals.values()) if (ids.has(id)) return true
    return this.#salvage.has(id)
  }

  *all(): Iterable<string> {
    for (const evidence of this.#sites.values()) yield* evidence.ids()
    for (const { ids } of this.#journals.values()) yield* ids
    yield* this.#salvage
  }

  /** What the journals of a site hold. */
  *journalled(site: string): Iterable<string> {
    for (const stream of this.#journals.values()) if (stream.site === site) yield* stream.ids
  }

  /** What was in the salvage and is no more, since this was asked for the last time. */
  takeLeft(): readonly string[] {
    const left = this.#left
    this.#left = []
    return left
  }

  /** The highest reign under which the card ever had a log of the site. */
  highest(site: string): Reign | undefined {
    return this.#highest.get(site)
  }

  /** Entries of given-up branches that are not known to be safe. */
  get salvaged(): number {
    return this.#salvaged
  }

  refresh(): this {
    this.#readLogs()
    this.#readJournals()
    this.#readSalvage()
    return this
  }

  #readLogs(): void {
    const { truth } = this.card
    for (const { id, site } of truth.prepare('SELECT id, site FROM sites').all()) {
      this.#known.add(String(site))
      const base = Number(id) * logSpan
      let evidence = this.#sites.get(String(site)) ?? new SiteEvidence(String(site), this.card.name)
      if (evidence.n > 0) {
        const at = truth.prepare('SELECT chain FROM log WHERE id = ?').get(base + evidence.n)
        if (at?.['chain'] !== evidence.chain) evidence = new SiteEvidence(String(site), this.card.name)
      }
      this.#sites.set(String(site), evidence)
      const rows = truth
        .prepare('SELECT id, head, bodies, chain FROM log WHERE id > ? AND id < ? ORDER BY id')
        .all(base + evidence.n, base + logSpan)
      for (const row of rows) {
        evidence.add(
          Number(row['id']) - base,
          String(row['head']),
          String(row['bodies']),
          String(row['chain']),
        )
      }
      const highest = this.#highest.get(evidence.site)
      if (!highest || compareReigns(evidence.term, highest) > 0)
        this.#highest.set(evidence.site, evidence.term)
    }
  }

  #readJournals(): void {
    const { truth } = this.card
    for (const { id, site, first, last } of truth
      .prepare('SELECT id, site, first, last FROM streams')
      .all()) {
      this.#known.add(String(site))
      const key = Number(id)
      const known = this.#journals.get(key)
      const anew = {
        site: String(site),
        first: Number(first),
        readTo: Number(first) - 1,
        ids: new Set<string>(),
      }
      const stream = known && known.first === first ? known : anew
      this.#journals.set(key, stream)
      if (stream.readTo >= Number(last)) continue
      const rows = truth
        .prepare('SELECT id, head, body FROM journal WHERE id > ? AND id < ? ORDER BY id')
        .all(key * journalSpan + stream.readTo, (key + 1) * journalSpan)
      for (const row of rows) {
        for (const each of idsIn(testify(String(row['head']), String(row['body'])))) stream.ids.add(each)
        stream.readTo = Number(row['id']) - key * journalSpan
      }
    }
  }

  #readSalvage(): void {
    const rows = this.card.truth.prepare('SELECT id, head, bodies FROM salvage ORDER BY id').all()
    this.#salvaged = rows.length
    const mark = sha256(rows.map(({ id }) => id).join())
    if (mark === this.#salvageMark) return
    this.#salvageMark = mark
    const before = this.#salvage
    this.#salvage = new Set(rows.flatMap((row) => idsIn(testify(String(row['head']), String(row['bodies'])))))
    this.#left.push(...[...before].filter((id) => !this.#salvage.has(id)))
  }
}

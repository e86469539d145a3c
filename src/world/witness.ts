import { Card, type CardImage } from './card.ts'
import { CardReader } from './card-reader.ts'
import type { Ledger, Sighting, Wish } from './ledger.ts'
import { compareReigns, reignOf, type SiteEvidence } from './site-evidence.ts'
import { keyId } from './testimony.ts'
import { Violation } from './violation.ts'

/**
 * Holds what people were told against what stands on the cards. It reads committed text and nothing
 * else: no object of the kernel, and none of its tables of positions, answers or orphans.
 */
export class Witness {
  readonly ledger: Ledger
  readonly #cards = new Map<Card, CardReader>()
  /** What only a card that is gone had: it alone may be missing. */
  readonly #gone = new Set<string>()
  /** Cards that are gone, as they were at last: an answer on its way may still count them. */
  readonly #former: CardReader[] = []
  readonly #beforeLoss: ((card: Card) => void)[] = []
  readonly #onLeft: ((card: Card, ids: readonly string[]) => void)[] = []

  constructor(ledger: Ledger) {
    this.ledger = ledger
  }

  /** Whether a card was lost, or put back to what it once was. */
  get lostCards(): boolean {
    return this.#former.length > 0
  }

  /** Told what has left the salvage of a card. */
  onLeft(tell: (card: Card, ids: readonly string[]) => void): void {
    this.#onLeft.push(tell)
  }

  /** Told before a card is gone, while it can still be read. */
  beforeLoss(tell: (card: Card) => void): void {
    this.#beforeLoss.push(tell)
  }

  get gone(): ReadonlySet<string> {
    return this.#gone
  }

  addCard(card: Card): void {
    this.#cards.set(card, new CardReader(card))
  }

  read(card: Card): CardReader {
    const reader = this.#cards.get(card)
    if (!reader) throw new Error(`no such card: ${card.name}`)
    reader.refresh()
    const left = reader.takeLeft()
    if (left.length > 0) for (const tell of this.#onLeft) tell(card, left)
    return reader
  }

  #readAll(): readonly CardReader[] {
    return [...this.#cards.keys()].map((card) => this.read(card))
  }

  /** Cards that were known to serve the site when they were last read: of many cards, few. */
  #readSite(site: string): readonly CardReader[] {
    const readers = [...this.#cards.values()].filter((reader) => reader.knows(site))
    return readers.map(({ card }) => this.read(card))
  }

  /** The card stops being, or (with `left`) is put back to what it once was. Called while it can still be read. */
  loses(card: Card, left?: CardImage): void {
    for (const tell of this.#beforeLoss) tell(card)
    const lost = this.read(card)
    const kept = [...this.#cards.keys()].filter((each) => each !== card).map((each) => this.read(each))
    if (left) kept.push(new CardReader(new Card(`${card.name}, as it was`, left)).refresh())
    for (const id of lost.all()) if (!kept.some((reader) => reader.holds(id))) this.#gone.add(id)
    this.#cards.delete(card)
    this.#former.push(lost)
  }

  /** Acknowledged means on disk, at once. */
  checkAcknowledged(sighting: Sighting, card: Card): void {
    if (this.read(card).holds(sighting.id)) return
    throw new Violation(
      'ACK',
      `${sighting.id} was acknowledged by box ${sighting.box} and is not on its card`,
    )
  }

  /** An answer that claims two copies has two. */
  checkAnswered(wish: Wish, copies: number): void {
    const id = keyId(wish.key)
    const countIn = (readers: readonly CardReader[]) => readers.filter((reader) => reader.holds(id)).length
    if (countIn([...this.#former, ...this.#readSite(wish.site)]) >= copies) return
    const found = countIn([...this.#former, ...this.#readAll()])
    if (found < copies)
      throw new Violation('COPIES', `${wish.key} was answered with ${copies} copies; ${found} cards have it`)
  }

  /** Nothing acknowledged is gone from all cards, except what a card took with it. */
  checkKept(): void {
    const all = this.#readAll()
    const bySite = new Map<string, readonly CardReader[]>()
    const holding = (site: string, id: string) => {
      const readers = bySite.get(site) ?? all.filter((reader) => reader.knows(site))
      bySite.set(site, readers)
      return readers.some((reader) => reader.holds(id))
    }
    const missing = (site: string, id: string) => !this.#gone.has(id) && !holding(site, id)
    for (const { id, site, box, state, endedAt } of this.ledger.sightings.values()) {
      if (state === 'acknowledged' && missing(site, id)) {
        throw new Violation('LOST', `${id}, acknowledged by box ${box} at ${endedAt}, is on no card any more`)
      }
      if (state === 'refused' && holding(site, id)) {
        throw new Violation('REFUSED', `${id} was refused by box ${box} at ${endedAt}, and is on a card`)
      }
    }
    for (const wish of this.ledger.wishes.values()) {
      if (wish.answers.length > 0 && missing(wish.site, keyId(wish.key))) {
        throw new Violation(
          'LOST',
          `${wish.key}, answered by box ${wish.answers[0]?.box}, is on no card any more`,
        )
      }
    }
  }

  /** When all is quiet, the log that everybody shares has everything that somebody was told. */
  checkComplete(site: string, log: SiteEvidence): void {
    for (const { id, site: of, state, box } of this.ledger.sightings.values()) {
      if (of !== site || state !== 'acknowledged' || this.#gone.has(id)) continue
      if (log.place(id) === undefined)
        throw new Violation('MISSING', `${id} of box ${box} is not in the log of ${site}`)
    }
    for (const wish of this.ledger.wishes.values()) if (wish.site === site) this.#checkWish(wish, log)
  }

  /**
   * Who was told that two boxes have it, loses it to a take-over, not to a keeper that was put back: where
   * the log that stands shares the term, that of the others was the older (TERM-8).
   */
  checkOrphans(site: string, log: SiteEvidence): void {
    for (const { id, term } of log.kept) {
      const wish = this.ledger.wishes.get(id.slice(keyId('').length))
      if (wish?.site !== site || !wish.answers.some(({ copies }) => copies > 1)) continue
      const lost = reignOf(term)
      const takenOver = compareReigns({ ...log.term, start: 0 }, { ...lost, start: 0 }) > 0
      if (takenOver || !log.hasTerm(term)) continue
      throw new Violation(
        'ORPHANED',
        `${wish.key}, answered with two copies under ${term}, is an orphan, and nobody took over`,
      )
    }
  }

  #checkWish(wish: Wish, log: SiteEvidence): void {
    const id = keyId(wish.key)
    const place = log.place(id)
    const orphan = log.isOrphan(id)
    if (wish.answers.length === 0) {
      if (wish.open + wish.unclear === 0 && (place !== undefined || orphan)) {
        throw new Violation('EFFECT', `${wish.key} was refused every time, and is in the log of ${wish.site}`)
      }
      return
    }
    if (place === undefined && !orphan && !this.#gone.has(id)) {
      throw new Violation(
        'MISSING',
        `${wish.key} was answered, and is neither an entry nor an orphan of ${wish.site}`,
      )
    }
    if (wish.conflicts > 0)
      throw new Violation('ANSWER', `${wish.key} was answered, and then called a conflict`)
    if (wish.borrowed && !orphan && !this.#gone.has(id))
      throw new Violation('ANSWER', `${wish.key} was answered, and then again to somebody who asked for else`)
    const texts = new Set(wish.answers.map(({ text }) => text))
    if (texts.size > 1 && !orphan && !this.#gone.has(id)) {
      throw new Violation(
        'ANSWER',
        `${wish.key} was answered in ${texts.size} ways: ${[...texts].join(' and ')}`,
      )
    }
  }
}

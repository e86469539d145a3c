import { hash } from 'node:crypto'
import type { FetchEnd, FetchState } from '../../kernel/blobs/fetch.ts'
import type { Card } from '../card.ts'
import { Violation } from '../violation.ts'
import type { World } from '../world.ts'
import { cardBytes, worldBlobs, worldRings } from './setting.ts'

/** A download that says that it is fetching and gets nothing for so long should have left its source. */
const idleMs = worldBlobs.silentMs + worldBlobs.chunkMs + 20_000

/** What may come after room was asked for, before it is asked for again. */
const underWay = worldBlobs.slots * worldBlobs.runChunks * worldBlobs.chunkBytes

type Watched = {
  readonly box: string
  readonly state: () => FetchState
  said: FetchState | undefined
  since: number
}
type Seen = { readonly others: number; readonly free: number; readonly whole: ReadonlySet<string> }

/**
 * Holds what boxes did with blobs and samples against what stands on their cards. What is needed it knows from
 * those who said so; what a blob holds, from its bytes.
 */
export class Inspector {
  readonly #world: World
  readonly #needed = new Map<Card, Map<string, ReadonlySet<string>>>()
  readonly #seen = new Map<Card, Seen>()
  readonly #hashed = new WeakMap<Uint8Array, string>()
  readonly #watched = new Set<Watched>()

  constructor(world: World) {
    this.#world = world
  }

  /** Somebody is about to say what he needs: until it is granted, only what he needed before as well is surely kept. */
  asks(card: Card, holder: string, blobs: readonly string[]): void {
    const before = this.#of(card).get(holder) ?? new Set<string>()
    this.#of(card).set(holder, new Set(blobs.filter((each) => before.has(each))))
  }

  granted(card: Card, holder: string, blobs: readonly string[]): void {
    this.#of(card).set(holder, new Set(blobs))
  }

  watch(box: string, state: () => FetchState): () => void {
    const watched: Watched = { box, state, said: undefined, since: this.#world.time.now }
    this.#watched.add(watched)
    return () => this.#watched.delete(watched)
  }

  /** A download ended just now. */
  ended(card: Card, sha256: string, end: FetchEnd): void {
    this.#world.check(() => {
      const { parts, whole } = card.blobs
      if (end.is === 'refused' && (parts.has(sha256) || whole.has(sha256)))
        throw new Violation('PARTIAL', `${short(sha256)} was refused, and some of it is on card ${card.name}`)
      if (end.is === 'present' && !whole.has(sha256))
        throw new Violation('BLOB', `${short(sha256)} is said to be on card ${card.name}, and is not`)
    })
  }

  look(): void {
    for (const box of this.#world.boxes.values()) {
      if (box.isDestroyed) continue
      this.#world.check(() => this.#checkCard(box.card))
    }
    for (const watched of this.#watched) this.#world.check(() => this.#checkWatched(watched))
  }

  /** Somebody else wrote so much on the card, or took it away: what is free is measured anew from then on. */
  others(card: Card, bytes: number): void {
    const whole = this.#seen.get(card)?.whole ?? new Set<string>()
    this.#seen.set(card, { others: bytes, free: Number.NEGATIVE_INFINITY, whole })
  }

  #checkCard(card: Card): void {
    const { blobs } = card
    for (const [sha256, { bytes, synced }] of blobs.whole) {
      for (const what of [bytes, synced])
        if (this.#hash(what) !== sha256)
          throw new Violation('BLOB', `what card ${card.name} shows as ${short(sha256)} is something else`)
    }
    const seen = this.#seen.get(card)
    const needed = [...this.#of(card)]
    for (const [holder, set] of needed) {
      const gone = [...set].find((each) => seen?.whole.has(each) && !blobs.whole.has(each))
      if (gone !== undefined)
        throw new Violation('EVICTED', `${holder} needs ${short(gone)}, and it left card ${card.name}`)
    }
    const others = seen?.others ?? 0
    const free = cardBytes - blobs.used - others
    if (seen && seen.free - free > underWay && free < worldBlobs.reserve(cardBytes) / 2)
      throw new Violation('RESERVE', `blobs left ${free} bytes free on card ${card.name}`)
    this.#seen.set(card, { others, free, whole: new Set(blobs.whole.keys()) })
    this.#checkRings(card)
  }

  #checkRings(card: Card): void {
    for (const [name, ring] of Object.entries(worldRings)) {
      const isThere = card.samples.prepare(`SELECT 1 FROM sqlite_schema WHERE name = ?`).get(name)
      if (!isThere) continue
      const found = card.samples
        .prepare(`SELECT count(*) AS rows, total(bytes) AS bytes FROM "${name}"`)
        .get()
      const [rows, bytes] = [Number(found?.['rows']), Number(found?.['bytes'])]
      if (rows > ring.keepRows || bytes > ring.keepBytes)
        throw new Violation('RING', `card ${card.name} holds ${rows} ${name}, ${bytes} bytes`)
    }
  }

  #checkWatched(watched: Watched): void {
    const { now } = this.#world.time
    const state = watched.state()
    // Said anew, it is another state, though it may read the same: it waited in between, and nobody looked.
    if (state !== watched.said) Object.assign(watched, { said: state, since: now })
    if (state.is === 'fetching' && now - watched.since > idleMs) {
      const said = JSON.stringify(state)
      throw new Violation('SLOW', `box ${watched.box} has been ${said} for ${now - watched.since} ms`)
    }
    const isMute = state.is === 'waiting' && state.why === 'sources' && state.tried.length === 0
    if (isMute) throw new Violation('SLOW', `box ${watched.box} waits, and does not say why`)
  }

  /** Bytes on a card are replaced, never changed. */
  #hash(bytes: Uint8Array): string {
    const known = this.#hashed.get(bytes)
    if (known !== undefined) return known
    const made = hash('sha256', bytes, 'base64url')
    this.#hashed.set(bytes, made)
    return made
  }

  #of(card: Card): Map<string, ReadonlySet<string>> {
    const needed = this.#needed.get(card) ?? new Map<string, ReadonlySet<string>>()
    this.#needed.set(card, needed)
    return needed
  }
}

const short = (sha256: string): string => sha256.slice(0, 6)

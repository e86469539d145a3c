import { z } from 'zod'
import type { Write } from '../../store/truth.ts'
import { orderId } from './facts.ts'
import { modes } from './order.ts'

/** So many orders are remembered: the newest that have ended, and all that have not. */
export const ledgerSlots = 512

const entry = z.object({
  order: orderId,
  /** Rises with every change, so that the oldest can be told. */
  turn: z.int().nonnegative(),
  kind: z.string(),
  mode: z.enum(modes),
  params: z.unknown(),
  /** Tries that were begun; 0: it ended without any. */
  attempt: z.int().nonnegative(),
  boot: z.string(),
  ended: z.boolean(),
})
export type LedgerEntry = z.infer<typeof entry>

export type Change = {
  readonly write: Write
  readonly written: () => void
  readonly failed: () => void
}

/**
 * What this box must not forget of its orders: which it began, and which have ended. Notes in the store,
 * each written in one commit with the record that says the same (ORDER-3).
 */
export class OrderLedger {
  readonly #site: string
  readonly #slots = new Map<string, number>()
  readonly #entries = new Map<string, LedgerEntry>()
  #turn = 0

  constructor(site: string) {
    this.#site = site
  }

  /** Tells of notes that cannot be read. */
  load(notes: ReadonlyMap<string, string>): readonly string[] {
    const unread: string[] = []
    for (let slot = 0; slot < ledgerSlots; slot += 1) {
      const name = this.#name(slot)
      const text = notes.get(name)
      if (text === undefined) continue
      const read = parsed(text)
      if (!read) unread.push(name)
      else this.#take(slot, read)
    }
    return unread
  }

  get(order: string): LedgerEntry | undefined {
    return this.#entries.get(order)
  }

  /** Begun, and not ended. */
  unfinished(): readonly LedgerEntry[] {
    return [...this.#entries.values()].filter(({ ended }) => !ended)
  }

  /** What to write, and what to call when that is on disk or has failed; until then nothing is remembered. */
  change(next: Omit<LedgerEntry, 'turn'>): Change {
    const { order } = next
    const known = this.#slots.get(order)
    const slot = known ?? this.#freeSlot()
    const made = { ...next, turn: (this.#turn += 1) }
    if (known === undefined) this.#evict(slot)
    // Taken at once, so that two orders that change together do not share it.
    this.#slots.set(order, slot)
    return {
      write: { do: 'note', name: this.#name(slot), value: JSON.stringify(made) },
      written: () => void this.#entries.set(order, made),
      failed: () => {
        if (!this.#entries.has(order)) this.#slots.delete(order)
      },
    }
  }

  #take(slot: number, read: LedgerEntry): void {
    const known = this.#entries.get(read.order)
    if (known && known.turn > read.turn) return
    this.#slots.set(read.order, slot)
    this.#entries.set(read.order, read)
    this.#turn = Math.max(this.#turn, read.turn)
  }

  #freeSlot(): number {
    const used = new Set(this.#slots.values())
    for (let slot = 0; slot < ledgerSlots; slot += 1) if (!used.has(slot)) return slot
    const oldest = [...this.#entries.values()]
      .filter(({ ended }) => ended)
      .toSorted((a, b) => a.turn - b.turn)[0]
    const slot = oldest && this.#slots.get(oldest.order)
    if (slot === undefined) throw new Error('more orders are under way than can be remembered')
    return slot
  }

  #evict(slot: number): void {
    for (const [order, at] of this.#slots) {
      if (at !== slot) continue
      this.#slots.delete(order)
      this.#entries.delete(order)
    }
  }

  #name(slot: number): string {
    return `order ${this.#site} ${slot}`
  }
}

function parsed(text: string): LedgerEntry | undefined {
  try {
    return entry.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

import { inBackground } from '../box/background.ts'
import type { Keeper } from '../box/keeper.ts'
import { NotKeeping } from '../box/keeper.ts'
import type { SiteParts } from '../box/site-parts.ts'
import type { OpenOrderRow } from '../site/writer.ts'
import { termText } from '../term.ts'
import type { Delivered, Delivery } from './delivery.ts'
import { deliveryBytes } from './delivery.ts'
import type { Outcome } from './order.ts'
import type { OwnTerm } from './time.ts'
import { leftAtLeast } from './time.ts'
import { verdictOn } from './verdict.ts'

/** The clerk looks no more often than this, and at least so often while orders are open. */
const leastMs = 250
const mostMs = 10_000
/** Ends that go into one entry. */
const endsTogether = 200

/**
 * The keeper's part in orders: gives them to their boxes, remembers which it gave, and says how those
 * ended that a box will not end. It remembers for its own term only: of orders from before it cannot tell.
 */
export class OrderClerk {
  readonly #parts: SiteParts
  readonly #keeper: Keeper
  readonly #isKeeping: () => boolean
  /** Given to their box under this term. Marked before the answer leaves. */
  readonly #handed = new Set<string>()
  /** Their end is being said: they are not given out any more. */
  readonly #closing = new Set<string>()
  #term: OwnTerm | undefined
  /** The newest term of this box of which `handed` speaks, kept or not. */
  #last: { readonly name: string; readonly own: OwnTerm } | undefined
  #saw = false
  #looking = false
  #cancelLook = () => {}
  #due = Number.POSITIVE_INFINITY
  #stopped = false

  constructor(parts: SiteParts, keeper: Keeper, isKeeping: () => boolean) {
    this.#parts = parts
    this.#keeper = keeper
    this.#isKeeping = isKeeping
  }

  /** The role or the log has changed. */
  turn(): void {
    const { log, machine } = this.#parts
    const opened = this.#isKeeping() ? log.history.terms.at(-1) : undefined
    const before = this.#term
    this.#term = undefined
    if (!opened) return
    const name = termText(opened.term)
    if (this.#last?.name !== name) {
      this.#handed.clear()
      this.#last = { name, own: { n: opened.n, mono: machine.clock.mono() } }
    }
    this.#term = this.#last.own
    if (this.#term !== before && (this.#saw || log.state.openOrders > 0)) this.#lookIn(leastMs)
  }

  /** Orders have been issued or cancelled, or have been open before. */
  wake(): void {
    this.#saw = true
    this.turn()
    if (this.#term) this.#lookIn(leastMs)
  }

  stop(): void {
    this.#stopped = true
    this.#cancelLook()
  }

  /** What a box that asks for its orders is told; undefined where this box cannot say. */
  async handOut(box: string): Promise<Delivery | undefined> {
    const { log, writer, site, now } = this.#parts
    this.turn()
    const term = this.#term
    if (!term) return undefined
    // Between two steps, when all that the views show is on disk.
    const rows = await log.exclusive(async () => {
      await log.catchUp()
      return writer.openOrders(site, box)
    })
    this.turn()
    if (this.#term !== term || !this.#isKeeping()) return undefined
    return this.#give(rows, term, now())
  }

  #give(rows: readonly OpenOrderRow[], term: OwnTerm, now: Parameters<typeof leftAtLeast>[2]): Delivery {
    const orders: Delivered[] = []
    const cancelled: Delivery['cancelled'] = []
    let bytes = 0
    let more = false
    for (const row of rows.toSorted((a, b) => a.priority - b.priority || a.n - b.n)) {
      if (this.#closing.has(row.order)) continue
      if (row.cancelled !== null) {
        cancelled.push({ order: row.order, accepted: row.accepted })
        continue
      }
      const left = leftAtLeast(row, term, now)
      if (left === undefined || more) continue
      bytes += JSON.stringify(row.params).length
      more = orders.length > 0 && bytes > deliveryBytes
      if (!more) orders.push(deliveredOf(row, Math.max(0, Math.floor(left))))
    }
    for (const { order, leftMs } of orders) if (leftMs > 0) this.#handed.add(order)
    return { orders, cancelled, more }
  }

  /** A timer ends each wait; what it finds says how long the next one is. */
  #lookIn(ms: number): void {
    if (this.#stopped) return
    const { timers, clock } = this.#parts.machine
    const due = clock.mono() + ms
    if (due >= this.#due) return
    this.#cancelLook()
    this.#due = due
    this.#cancelLook = timers.after(ms, () => {
      this.#due = Number.POSITIVE_INFINITY
      inBackground(this.#parts.machine, `${this.#parts.site}: orders`, this.#look())
    })
  }

  async #look(): Promise<void> {
    if (this.#looking) return this.#lookIn(leastMs)
    this.#looking = true
    try {
      const waitMs = await this.#judge()
      if (waitMs !== undefined) this.#lookIn(Math.min(mostMs, Math.max(leastMs, waitMs)))
    } catch (error) {
      this.#lookIn(mostMs)
      throw error
    } finally {
      this.#looking = false
    }
  }

  /** Says all ends that are due; tells when to look again, if at all. */
  async #judge(): Promise<number | undefined> {
    const { log, writer, site, now } = this.#parts
    this.turn()
    const term = this.#term
    if (!term) return undefined
    const rows = await log.exclusive(async () => {
      await log.catchUp()
      return writer.openOrders(site, null)
    })
    if (this.#term !== term || !this.#isKeeping()) return undefined
    const open = new Set(rows.map(({ order }) => order))
    for (const order of this.#handed) if (!open.has(order)) this.#handed.delete(order)
    const ends: { readonly order: string; readonly outcome: Outcome }[] = []
    let waitMs: number | undefined
    for (const row of rows) {
      const verdict = verdictOn(row, { now: now(), term, handed: this.#handed.has(row.order) })
      if (verdict.is === 'ended') ends.push({ order: row.order, outcome: verdict.outcome })
      else waitMs = Math.min(verdict.lookInMs, waitMs ?? mostMs)
    }
    if (ends.length === 0) return waitMs
    for (let at = 0; at < ends.length; at += endsTogether) await this.#say(ends.slice(at, at + endsTogether))
    return leastMs
  }

  async #say(ends: readonly { readonly order: string; readonly outcome: Outcome }[]): Promise<void> {
    for (const { order } of ends) this.#closing.add(order)
    const facts = ends.map(({ order, outcome }) => ({
      kind: 'order.ended',
      body: { order, outcome, result: null, error: null, ms: 0 },
    }))
    try {
      await this.#keeper.submit({ do: 'say', facts })
    } catch (error) {
      if (!(error instanceof NotKeeping)) throw error
    } finally {
      for (const { order } of ends) this.#closing.delete(order)
    }
  }
}

const deliveredOf = (row: OpenOrderRow, leftMs: number): Delivered => {
  const { order, n, kind, params, mode, runMs, stops, priority, accepted } = row
  return { order, n, kind, params, mode, runMs, stops, priority, accepted, leftMs }
}

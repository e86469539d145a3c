import type { LogRow } from '../../store/truth.ts'
import type { Asks } from '../box/asks.ts'
import type { Journal } from '../box/journal.ts'
import type { Keeper } from '../box/keeper.ts'
import type { Route, SitePeer, SiteParts } from '../box/site-parts.ts'
import { OrderClerk } from './clerk.ts'
import { OrderDesk } from './desk.ts'

/** Without the log a box hears of orders by a nudge; in case that one was lost, it asks so often. */
const smallAskMs = 30_000

type Around = {
  readonly keeper: Keeper
  readonly asks: Asks
  readonly journal: Journal
  readonly isKeeping: () => boolean
  readonly route: () => Route | undefined
}

/** Orders of one site on one box: the keeper's side, and the side of the box that does them. */
export class SiteOrders {
  readonly #parts: SiteParts
  readonly #around: Around
  readonly #clerk: OrderClerk
  /** A box without drivers takes no orders. */
  readonly #desk: OrderDesk | undefined
  #next: SitePeer | undefined
  #way = ''
  #asksByTime = false
  #stopped = false

  constructor(parts: SiteParts, around: Around) {
    const { site, machine, known, drivers } = parts
    const { journal, asks } = around
    this.#parts = parts
    this.#around = around
    this.#clerk = new OrderClerk(parts, around.keeper, around.isKeeping)
    const record = journal.record.bind(journal)
    const ask = () => asks.orders()
    this.#desk = drivers && new OrderDesk({ site, machine, known, drivers, record, ask })
  }

  open(notes: ReadonlyMap<string, string>): void {
    this.#desk?.open(notes)
  }

  handOut(box: string) {
    return this.#clerk.handOut(box)
  }

  /** The role, or the way to the keeper, may have changed: a new keeper is asked anew (ORDER-5). */
  turn(): void {
    this.#clerk.turn()
    const route = this.#around.route()
    const keeps = this.#around.isKeeping()
    const term = this.#parts.log.history.terms.at(-1)?.n ?? 0
    const way = keeps ? `here ${term}` : route ? `${route.boxes.join(' ')} ${term}` : ''
    if (way === this.#way && route?.next === this.#next) return
    this.#way = way
    this.#next = route?.next
    if (way === '' || !this.#desk) return
    this.#desk.pull()
    this.#askByTime()
  }

  /** Entries have come into the log. */
  logged(rows: readonly LogRow[]): void {
    const about = rows.filter(({ head }) => /"order\.(?:issued|cancelled)"/.test(head))
    if (about.length === 0) return
    const { box, site, peers } = this.#parts
    const concerns = (name: string) => about.some(({ bodies }) => bodies.includes(`"to":"${name}"`))
    this.#clerk.wake()
    if (concerns(box)) this.#desk?.pull()
    for (const { link, standing, box: other } of peers.values())
      if (standing === 'small' && concerns(other)) link.send({ t: 'nudge', site })
  }

  nudged(): void {
    this.#desk?.pull()
  }

  stop(): void {
    this.#stopped = true
    this.#clerk.stop()
    this.#desk?.stop()
  }

  #askByTime(): void {
    if (this.#asksByTime || this.#stopped || this.#follows()) return
    this.#asksByTime = true
    this.#parts.machine.timers.after(smallAskMs, () => {
      this.#asksByTime = false
      if (this.#stopped || this.#follows()) return
      if (this.#way !== '') this.#desk?.pull()
      this.#askByTime()
    })
  }

  #follows(): boolean {
    return [...this.#parts.peers.values()].every(({ sees }) => sees === 'whole')
  }
}

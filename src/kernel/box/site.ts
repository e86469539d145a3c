import type { SiteRow, StreamRow, WaitRow } from '../../store/truth.ts'
import { StoreError } from '../../store/truth.ts'
import { peopleSaid, saidIn } from '../clock/said.ts'
import { SiteClock } from '../clock/site-clock.ts'
import type { Instant } from '../instant.ts'
import { epochOf } from '../instant.ts'
import type { Frame, SiteFrame } from '../link/frames.ts'
import type { Link } from '../link/link.ts'
import { lastTerm, relate } from '../site/history.ts'
import { parseTerm, termText } from '../term.ts'
import { TimerWatch } from '../timers/watch.ts'
import { Advert } from './advert.ts'
import { allowed } from './allowed.ts'
import { Asks } from './asks.ts'
import { inBackground } from './background.ts'
import type { Above, Answer, SiteStatus } from './contract.ts'
import { Beside } from './beside.ts'
import { EntryFlow } from './entry-flow.ts'
import type { Recording } from './journal.ts'
import { Journal, lastStream } from './journal.ts'
import { Keeper } from './keeper.ts'
import { layBase } from './lay-base.ts'
import { LostErasures } from './lost-erasures.ts'
import { Members } from './members.ts'
import { RecordFlow } from './record-flow.ts'
import { SalvageFlow } from './salvage-flow.ts'
import { SiteKey } from './site-key.ts'
import { SiteLog } from './site-log.ts'
import { SiteMemory } from './site-memory.ts'
import type { Route, SiteParts } from './site-parts.ts'
import { routeVia, SitePeer } from './site-parts.ts'
import type { Role } from './site-role.ts'
import { SiteRole } from './site-role.ts'

const retryMs = 1_000

type OuterParts = Omit<SiteParts, 'site' | 'log' | 'peers' | 'now'>

/**
 * One site on one box. What it has (log, journal, salvage), what comes from linked boxes and goes
 * to them, and its role meet here: every change leads to one `consider`, which makes them agree.
 */
export class Site {
  readonly #parts: SiteParts
  readonly #peers = new Map<Link, SitePeer>()
  readonly #memory: SiteMemory
  readonly key: SiteKey
  readonly #role: SiteRole
  readonly #journal: Journal
  readonly #keeper: Keeper
  readonly #records: RecordFlow
  readonly #entries: EntryFlow
  readonly #salvage: SalvageFlow
  readonly #asks: Asks
  readonly #lostErasures: LostErasures
  readonly beside: Beside
  readonly members: Members
  readonly #advert: Advert
  readonly #clock: SiteClock
  readonly #timers: TimerWatch
  readonly #changed: () => void
  #topTold = 0
  #unsent = 0
  #considering = false
  #again = false
  #stopped = false

  constructor(
    outer: OuterParts,
    row: SiteRow,
    streams: readonly StreamRow[],
    waits: readonly WaitRow[],
    notes: ReadonlyMap<string, string>,
    changed: () => void,
  ) {
    this.#changed = changed
    const log = new SiteLog(
      outer,
      row,
      (rows) => this.#logChanged(rows.length === 0 || rows.some(({ term }) => term !== undefined), rows),
      () => inBackground(outer.machine, 'salvage', this.#salvageErased()),
    )
    this.members = new Members(log, () => this.above)
    const parts = { ...outer, site: row.site, log, peers: this.#peers, now: () => this.#clock.now() }
    const top = () => this.#top()
    const isKeeping = () => this.#role.isKeeping
    const reconsider = () => this.#reconsider()
    this.#parts = parts
    this.#clock = new SiteClock(parts, notes, {
      isKeeping,
      next: () => this.#route()?.next,
      record: (body) => this.#journal.record([{ kind: 'clock.measured', body }]),
      changed: () => this.#timers.look(),
    })
    this.#memory = new SiteMemory(outer.truth, row, notes)
    this.key = new SiteKey({ ...outer, site: row.site, random: outer.machine.random })
    this.key.load(notes)
    this.#keeper = new Keeper(parts, isKeeping)
    this.#timers = new TimerWatch(parts, this.#keeper, isKeeping)
    this.#entries = new EntryFlow(parts, top, reconsider)
    this.#records = new RecordFlow(parts, this.#keeper, {
      isKeeping,
      next: () => this.#nextHop(),
      top,
      backlog: () => this.#journal.rotate(),
    })
    this.#records.load(streams)
    this.#asks = new Asks(parts, this.#keeper, {
      isKeeping,
      route: () => this.#route(),
      handOut: (box) => this.beside.orders.handOut(box),
    })
    this.#salvage = new SalvageFlow(parts, this.#asks, reconsider)
    this.#lostErasures = new LostErasures(parts, this.#asks, reconsider)
    this.#advert = new Advert(parts, this.key, { route: () => this.#wayOn(), top })
    this.#role = new SiteRole(parts, {
      memory: this.#memory,
      key: this.key,
      entries: this.#entries,
      became: (role, before) => this.#became(role, before),
      gaveUp: () => this.#gaveUp(),
      reconsider,
    })
    this.#journal = new Journal(
      outer,
      row.site,
      lastStream(streams, outer.box),
      parts.now,
      (stream, written) => {
        this.#unsent += written.length
        this.#records.written(stream, written)
        this.#reconsider()
      },
    )
    this.beside = new Beside(parts, waits, notes, {
      keeper: this.#keeper,
      asks: this.#asks,
      journal: this.#journal,
      isKeeping,
      route: () => this.#route(),
      isOpen: () => this.isOpen,
    })
  }

  /** Views are brought up to the log; then this box takes the role that the log gives it. */
  async open(): Promise<void> {
    await this.#parts.log.open()
    await this.#records.open()
    await this.#salvage.load()
    await this.#clock.start(() => peopleSaid(this.#parts))
    this.#role.ready()
    this.beside.settings.logged()
    this.#reconsider()
    this.#tidyLater()
    this.#changed()
  }

  /** Only then are links told of it, so that nothing is said to a site that cannot listen. */
  get isOpen(): boolean {
    return this.#role.now.is !== 'starting'
  }

  now(): Instant {
    return this.#clock.now()
  }

  record(facts: readonly Recording[]) {
    return this.#journal.record(facts)
  }

  /** Begins the log of a new site here. */
  async found(): Promise<void> {
    const { log, box, process, identity, now, machine } = this.#parts
    await this.key.make()
    const term = { reign: 1, keeper: box, start: 1, stream: process }
    await log.exclusive(async () => {
      if (log.history.n > 0) throw new Error(`${this.#parts.site} has begun already`)
      const born = { term: termText(term), how: 'birth', boot: machine.boot }
      const opened = { kind: 'site.keeper', body: born }
      const self = { kind: 'box.assigned', body: { box, publicKey: identity.publicKey, small: false } }
      await log.step([{ do: 'say', facts: [opened, self] }], now())
    })
  }

  async handOver(to: string): Promise<Answer> {
    const decided = this.#role.handOver(to)
    if ('refused' in decided) return decided.refused
    const facts = [{ kind: 'site.handedOver', body: { to, reign: decided.reign } }]
    return this.#asks.decided(this.#keeper.submit({ do: 'say', facts }, 'last'))
  }

  takeOver(who: string): Promise<Answer> {
    return this.#role.takeOver(who)
  }

  async serveAbove(above: Above | null): Promise<void> {
    await this.#memory.serveAbove(above)
    this.#topTold = 0
    for (const peer of this.#peers.values()) {
      peer.isAbove = this.members.isAbove(peer.link.peer)
      if (peer.isAbove) this.#learnTop(peer)
    }
    this.#entries.acknowledge()
    this.#reconsider()
  }

  get above(): Above | null {
    return this.#memory.above
  }

  /** A linked box takes part, or takes part in another way than before. What is known of it stays. */
  join(link: Link): void {
    const other = link.peer
    if (!other) return
    const known = this.#peers.get(link)
    if (known) {
      known.becomes(this.members.standingOf(other))
      this.#advert.sendTo(known)
      return this.#reconsider()
    }
    const peer = new SitePeer(link, this.members.isAbove(other), this.members.standingOf(other))
    this.#peers.set(link, peer)
    this.#advert.sendTo(peer)
    this.#reconsider()
  }

  leave(link: Link): void {
    const peer = this.#peers.get(link)
    if (!peer) return
    this.#peers.delete(link)
    this.#entries.leave(peer)
    this.#keeper.followersChanged()
    this.#asks.lost(peer)
    this.#reconsider()
  }

  drained(link: Link): void {
    const peer = this.#peers.get(link)
    if (!peer) return
    this.#entries.pumpSoon(peer)
    this.#records.pumpSoon(peer)
  }

  async receive(link: Link, frame: SiteFrame, lines: readonly string[]): Promise<void> {
    const peer = this.#peers.get(link)
    if (!peer || !allowed[peer.standing].has(frame.t)) return
    switch (frame.t) {
      case 'site':
        return this.#met(peer, frame)
      case 'key':
        return this.key.take(frame.sealed)
      case 'want':
        if (!(await this.#entries.wanted(peer, frame))) this.#advert.sendTo(peer)
        return
      case 'entries':
        return this.#entries.received(peer, frame, lines)
      case 'ack':
        return this.#acked(peer, frame)
      case 'offer':
        return this.#records.offered(peer, frame)
      case 'got':
        this.#records.got(peer, frame)
        // Without the log, this is all that a box ever hears of its records.
        if (peer.sees !== 'whole') this.#reconsider()
        return
      case 'records':
        return this.#records.received(peer, frame, lines)
      case 'ask':
        return this.#asks.asked(peer, frame)
      case 'answer':
        return this.#asks.answered(frame)
      case 'clock':
        return this.#clock.answer(peer, frame)
      case 'clocked':
        return this.#clock.answered(peer, frame)
      case 'nudge':
        return this.beside.orders.nudged()
    }
  }

  status(): SiteStatus {
    const { log, site } = this.#parts
    const term = lastTerm(log.history)
    const role = this.#role.now
    const { orphans, quarantine, clones } = log.state
    return {
      site,
      role: role.is === 'starting' ? 'opening' : role.is,
      why: this.#role.why,
      term: term ? termText(term) : '',
      n: log.history.n,
      chain: log.history.chain,
      viewLag: log.viewLag,
      top: this.#top(),
      unsent: this.#unsent,
      copies: 1 + [...this.#peers.values()].filter((peer) => peer.has(log.history.n)).length,
      orphans,
      quarantine,
      clones,
      clock: this.#clock.status(),
      waiting: this.beside.afar.waiting,
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#clock.stop()
    this.#timers.stop()
    this.beside.stop()
    this.#keeper.abandon()
    this.#asks.abandon()
    await this.#parts.log.exclusive(async () => {})
  }

  #logChanged(terms: boolean, rows: Parameters<EntryFlow['logged']>[0]): void {
    // A peer must hear of a new or a lost term before it hears of the entries beyond it (LINK-5).
    if (terms) this.#advert.tell('at once')
    // With other terms here, more or less of what the top has is what this log has.
    if (terms) for (const peer of this.#peers.values()) if (peer.isAbove && peer.heard) this.#learnTop(peer)
    if (rows.length > 0) this.#entries.logged(rows)
    this.beside.logged(rows)
    this.#entries.acknowledge()
    for (const said of saidIn(rows, this.#parts.machine.boot)) this.#clock.said(said)
    this.#timers.look()
    this.#reconsider()
  }

  #met(peer: SitePeer, frame: Frame<'site'>): void {
    const terms = frame.terms.map(([n, term, chain]) => ({ n, chain, term: parseTerm(term) }))
    const cut = frame.n < peer.history.n || terms.length < peer.history.terms.length
    if (cut || terms.length > peer.history.terms.length) this.#entries.leave(peer)
    peer.history = { n: frame.n, chain: frame.chain, terms }
    peer.route = frame.route
    // What it would not take while it did not know this box, it takes now.
    if (frame.you !== peer.sees) peer.forgetRecords()
    peer.sees = frame.you
    peer.top = frame.top
    // The first word of a peer is answered: it may not have listened yet when this box spoke (LINK-4).
    if (!peer.heard) this.#advert.sendTo(peer)
    peer.heard = true
    if (cut) {
      peer.forgetRecords()
      peer.acked = Math.min(peer.acked, frame.n)
    }
    peer.lacksKey = frame.lacksKey
    this.#giveKeys()
    if (peer.isAbove) this.#learnTop(peer)
    this.#reconsider()
  }

  /** Only to boxes that the log assigns: being above is not enough. Who asked before it was assigned gets it then (SITE-3). */
  #giveKeys(): void {
    const { site } = this.#parts
    for (const peer of this.#peers.values()) {
      if (peer.lacksKey === null || !this.members.isWhole(peer.link.peer)) continue
      const sealed = this.key.sealedFor(peer.lacksKey)
      if (sealed === undefined) continue
      peer.lacksKey = null
      peer.link.send({ t: 'key', site, sealed })
    }
  }

  #acked(peer: SitePeer, { n, chain, top }: Frame<'ack'>): void {
    peer.acked = n
    peer.top = top
    peer.history = { ...peer.history, n, chain }
    if (peer.isAbove) this.#learnTop(peer)
    if (n > this.#parts.log.history.n) this.#reconsider()
    this.#keeper.followersChanged()
    inBackground(this.#parts.machine, 'salvage', this.#salvage.settle(this.#top()))
    this.#changed()
  }

  /** What the top has counts as far as its log is this one. */
  #learnTop(peer: SitePeer): void {
    const { history } = this.#parts.log
    const { common } = relate(history, peer.history)
    const parted = common < Math.min(history.n, peer.history.n)
    const top = parted ? Math.min(peer.top, common) : peer.top
    if (top === this.#topTold) return
    this.#topTold = top
    this.#entries.acknowledge()
  }

  #top(): number {
    const { n } = this.#parts.log.history
    return this.above === null ? n : Math.min(this.#topTold, n)
  }

  #route(): Route | undefined {
    return routeVia(this.#peers, this.#parts.box)
  }

  #wayOn(): readonly string[] | null {
    const { box } = this.#parts
    if (this.#role.isKeeping) return [box]
    const route = this.#route()
    return route ? [box, ...route.boxes] : null
  }

  /** Where records go: towards the keeper, else to the box above, so that they are in two places (LINK-6). */
  #nextHop(): SitePeer | undefined {
    return this.#route()?.next ?? [...this.#peers.values()].find(({ isAbove, heard }) => isAbove && heard)
  }

  #became(role: Role, before: Role): void {
    if (before.is === 'keeping') this.#keeper.abandon()
    if (role.is === 'keeping') {
      this.#records.reset()
      this.#entries.leave()
    }
    this.#again = true
  }

  async #gaveUp(): Promise<void> {
    this.#entries.cut()
    this.#records.reset()
    for (const peer of this.#peers.values()) peer.forgetRecords()
    await this.#salvage.load()
  }

  /** What is handed in from now on is what the disk still has. */
  async #salvageErased(): Promise<void> {
    await this.#salvage.load()
    this.#reconsider()
  }

  /** Looks at everything again, soon, once, however often it is asked for. */
  #reconsider(): void {
    this.#again = true
    if (this.#considering || !this.isOpen || this.#stopped) return
    this.#considering = true
    void this.#consider()
  }

  async #consider(): Promise<void> {
    const { machine, site } = this.#parts
    while (this.#again && !this.#stopped) {
      this.#again = false
      try {
        await this.#role.consider()
        this.#clock.consider()
        this.#timers.look()
        this.#advert.tell('if changed')
        this.#giveKeys()
        await this.beside.turn()
        await this.#records.turn()
        this.#unsent = await this.#records.unsent()
        await this.#salvage.handIn()
        await this.#salvage.settle(this.#top())
        inBackground(machine, 'lost erasures', this.#lostErasures.ask())
      } catch (error) {
        if (!(error instanceof StoreError)) machine.log('error', `${site}: ${String(error)}`)
        machine.timers.after(retryMs, () => this.#reconsider())
        break
      }
    }
    this.#considering = false
    this.#changed()
  }

  #tidyLater(): void {
    const { machine, limits, now } = this.#parts
    machine.timers.after(limits.tidyEveryMs, () => {
      const at = now()
      inBackground(machine, 'tidying the journal', this.#records.trim(at[2] === 0 ? null : epochOf(at)))
      inBackground(
        machine,
        'laying a base',
        layBase(this.#parts, () => this.#role.isKeeping),
      )
      inBackground(machine, 'tidying what waits', this.beside.afar.tidy())
      inBackground(machine, 'looking at the views', this.#parts.log.refresh())
      inBackground(machine, 'lost erasures', this.#lostErasures.ask())
      if (!this.#stopped) this.#tidyLater()
    })
  }
}

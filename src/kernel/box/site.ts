import type { SiteRow, StreamRow, WaitRow } from '../../store/truth.ts'
import { StoreError } from '../../store/truth.ts'
import { peopleSaid, saidIn } from '../clock/said.ts'
import { SiteClock } from '../clock/site-clock.ts'
import type { Instant } from '../instant.ts'
import type { Frame, SiteFrame } from '../link/frames.ts'
import type { Link } from '../link/link.ts'
import { lastTerm } from '../site/history.ts'
import { parseTerm, termText } from '../term.ts'
import { TimerWatch } from '../timers/watch.ts'
import { Advert } from './advert.ts'
import { allowed } from './allowed.ts'
import { Asks } from './asks.ts'
import { inBackground } from './background.ts'
import type { Above, Answer, SiteStatus } from './contract.ts'
import { Beside } from './beside.ts'
import { ErasedRecords } from './erased-records.ts'
import { EntryFlow } from './entry-flow.ts'
import type { Recording } from './journal.ts'
import { Journal, lastStream } from './journal.ts'
import { Keeper } from './keeper.ts'
import { layBase } from './lay-base.ts'
import { LostErasures } from './lost-erasures.ts'
import { Members } from './members.ts'
import { Neighbours } from './neighbours.ts'
import { RecordFlow } from './record-flow.ts'
import { SalvageFlow } from './salvage-flow.ts'
import { SiteKey } from './site-key.ts'
import { SiteLog } from './site-log.ts'
import { SiteMemory } from './site-memory.ts'
import type { SiteParts, SitePeer } from './site-parts.ts'
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
  readonly #neighbours: Neighbours
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
  readonly #erasedRecords: ErasedRecords
  readonly beside: Beside
  readonly members: Members
  readonly #advert: Advert
  readonly #clock: SiteClock
  readonly #timers: TimerWatch
  readonly #changed: () => void
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
      (what) =>
        what === 'salvage'
          ? inBackground(outer.machine, 'salvage', this.#salvageErased())
          : this.#erasedRecords.add(what),
    )
    this.members = new Members(log, () => this.above)
    const isKeeping = () => this.#role.isKeeping
    const neighbours = new Neighbours({
      box: outer.box,
      log,
      members: this.members,
      above: () => this.above,
      isKeeping,
      topMoved: () => this.#entries.acknowledge(),
    })
    this.#neighbours = neighbours
    const parts = { ...outer, site: row.site, log, peers: neighbours.all, now: () => this.#clock.now() }
    const top = () => neighbours.top
    const route = () => neighbours.route
    const reconsider = () => this.#reconsider()
    this.#parts = parts
    this.#clock = new SiteClock(parts, notes, {
      isKeeping,
      next: () => neighbours.route?.next,
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
      next: () => neighbours.nextHop,
      top,
      backlog: () => this.#journal.rotate(),
    })
    this.#records.load(streams)
    this.#asks = new Asks(parts, this.#keeper, {
      isKeeping,
      route,
      handOut: (box) => this.beside.orders.handOut(box),
    })
    this.#salvage = new SalvageFlow(parts, this.#asks, reconsider)
    this.#erasedRecords = new ErasedRecords(parts)
    this.#lostErasures = new LostErasures(parts, this.#asks, reconsider)
    this.#advert = new Advert(parts, this.key, { route: () => neighbours.wayOn, top })
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
      route,
      isOpen: () => this.isOpen,
      vault: () => this.key.vault,
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

  entries(after: number, maxBytes: number) {
    return this.#parts.log.entries(after, maxBytes)
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

  async handOver(to: string, by?: string): Promise<Answer> {
    const decided = this.#role.handOver(to)
    if ('refused' in decided) return decided.refused
    const facts = [{ kind: 'site.handedOver', body: { to, reign: decided.reign, by } }]
    return this.#asks.decided(this.#keeper.submit({ do: 'say', facts }, 'last'))
  }

  takeOver(who: string): Promise<Answer> {
    return this.#role.takeOver(who)
  }

  async serveAbove(above: Above | null): Promise<void> {
    await this.#memory.serveAbove(above)
    this.#neighbours.aboveChanged()
    this.#entries.acknowledge()
    this.#reconsider()
  }

  get above(): Above | null {
    return this.#memory.above
  }

  /** A linked box takes part, or takes part in another way than before. */
  join(link: Link): void {
    const peer = this.#neighbours.join(link)
    if (!peer) return
    this.#advert.sendTo(peer)
    this.#reconsider()
  }

  leave(link: Link): void {
    const peer = this.#neighbours.leave(link)
    if (!peer) return
    this.#entries.leave(peer)
    this.#keeper.followersChanged()
    this.#asks.lost(peer)
    this.#reconsider()
  }

  drained(link: Link): void {
    const peer = this.#neighbours.of(link)
    if (!peer) return
    this.#entries.pumpSoon(peer)
    this.#records.pumpSoon(peer)
  }

  async receive(link: Link, frame: SiteFrame, lines: readonly string[]): Promise<void> {
    const peer = this.#neighbours.of(link)
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
        this.#erasedRecords.offered(peer, frame)
        return this.#records.offered(peer, frame)
      case 'erased':
        return this.#erasedRecords.received(peer, frame)
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
      top: this.#neighbours.top,
      unsent: this.#unsent,
      copies: this.#neighbours.copies,
      orphans,
      quarantine,
      clones,
      left: this.#role.hasLeft,
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
    if (terms) this.#neighbours.termsChanged()
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
    this.#neighbours.giveKey(this.key)
    this.#neighbours.learnTop(peer)
    this.#reconsider()
  }

  #acked(peer: SitePeer, { n, chain, top }: Frame<'ack'>): void {
    peer.acked = n
    peer.top = top
    peer.history = { ...peer.history, n, chain }
    this.#neighbours.learnTop(peer)
    if (n > this.#parts.log.history.n) this.#reconsider()
    this.#keeper.followersChanged()
    inBackground(this.#parts.machine, 'salvage', this.#salvage.settle(this.#neighbours.top))
    this.#changed()
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
    this.#neighbours.forgetRecords()
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
        this.#neighbours.giveKey(this.key)
        await this.beside.turn()
        await this.#records.turn()
        this.#unsent = await this.#records.unsent()
        await this.#salvage.handIn()
        await this.#salvage.settle(this.#neighbours.top)
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
      const [, , quality] = now()
      inBackground(machine, 'tidying the journal', this.#records.trim(quality > 0))
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

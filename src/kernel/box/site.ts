import type { SiteRow, StreamRow } from '../../store/truth.ts'
import { StoreError } from '../../store/truth.ts'
import type { Frame, SiteFrame } from '../link/frames.ts'
import type { Link } from '../link/link.ts'
import { epochOf } from '../instant.ts'
import { dutyOf, takeOverTerm } from '../site/duty.ts'
import type { Duty } from '../site/duty.ts'
import { emptyHistory, lastTerm, relate } from '../site/history.ts'
import type { Ask } from '../site/writer.ts'
import type { Term } from '../term.ts'
import { parseTerm, termText } from '../term.ts'
import { Asks } from './asks.ts'
import type { Above, Answer, SiteStatus } from './contract.ts'
import { EntryFlow } from './entry-flow.ts'
import type { Before, Recording } from './journal.ts'
import { Journal } from './journal.ts'
import { Keeper } from './keeper.ts'
import { RecordFlow } from './record-flow.ts'
import { SalvageFlow } from './salvage-flow.ts'
import { SiteKey } from './site-key.ts'
import { SiteLog } from './site-log.ts'
import type { Route, SiteParts, Standing } from './site-parts.ts'
import { SitePeer, routeVia } from './site-parts.ts'

/** How long a keeper that starts waits for boxes of its site, to fetch what it may lack (TERM-3). */
export const openingGraceMs = 3_000
const retryMs = 1_000
/** Written into a store by a restore, with a random id: the box then asks others before it decides (TERM-7). */
export const restoredNote = 'restored'
const restoredWhy =
  'this box was restored from a backup and reaches no other box of the site: link one, or take over as a lead'

type Role =
  | { readonly is: 'starting' }
  | { readonly is: 'following' }
  | { readonly is: 'opening'; readonly since: number; readonly duty: Duty & { is: 'open' } }
  | { readonly is: 'keeping'; readonly term: Term }
  | { readonly is: 'halted'; readonly why: string }

/** What a box remembers of a site beside its log. */
type SiteDoc = { readonly above: Above | null; readonly compared?: string | undefined }

/** What a box may say here, by how this box sees it. */
const allowed: Readonly<Record<Standing, ReadonlySet<SiteFrame['t']>>> = {
  whole: new Set(['site', 'key', 'want', 'entries', 'ack', 'offer', 'got', 'records', 'ask', 'answer']),
  small: new Set(['site', 'offer', 'got', 'records', 'ask', 'answer']),
  guest: new Set(['site', 'offer', 'got', 'records']),
}

type OuterParts = Omit<SiteParts, 'site' | 'log' | 'peers'>

/**
 * One site on one box: who keeps it, where entries come from and go to, and how this box's role
 * follows from that. Frames and changes come in; `#reconsider` decides what to do about them.
 */
export class Site {
  readonly #parts: SiteParts
  readonly #peers = new Map<Link, SitePeer>()
  readonly #journal: Journal
  readonly #keeper: Keeper
  readonly #records: RecordFlow
  readonly #entries: EntryFlow
  readonly #salvage: SalvageFlow
  readonly #asks: Asks
  readonly #key: SiteKey
  readonly #changed: () => void
  /** Names the restore that this box's disk comes from, while the site has not been compared with another box since. */
  #restored: string | undefined
  #role: Role = { is: 'starting' }
  #above: Above | null
  #topTold = 0
  #advert = ''
  #unsent = 0
  #considering = false
  #again = false
  #stopped = false

  constructor(
    outer: OuterParts,
    row: SiteRow,
    streams: readonly StreamRow[],
    notes: ReadonlyMap<string, string>,
    changed: () => void,
  ) {
    this.#changed = changed
    const doc = JSON.parse(row.doc) as SiteDoc
    this.#above = doc.above
    this.#restored = notes.get(restoredNote) === doc.compared ? undefined : notes.get(restoredNote)
    this.#key = new SiteKey({ ...outer, site: row.site, random: outer.machine.random })
    this.#key.load(notes)
    const log = new SiteLog(outer, row, (rows) => {
      // A peer must hear of a new or a lost term before it hears of the entries beyond it (LINK-5).
      if (rows.length === 0 || rows.some(({ term }) => term !== undefined)) this.#advertise('at once')
      if (rows.length > 0) this.#entries.logged(rows)
      this.#entries.acknowledge()
      this.#reconsider()
    })
    this.#parts = { ...outer, site: row.site, log, peers: this.#peers }
    const top = () => this.#top()
    const isKeeping = () => this.#role.is === 'keeping' && this.#duty().is === 'keep'
    this.#keeper = new Keeper(this.#parts, isKeeping)
    this.#entries = new EntryFlow(this.#parts, top, () => this.#reconsider())
    this.#records = new RecordFlow(this.#parts, this.#keeper, { isKeeping, next: () => this.#nextHop(), top })
    this.#records.load(streams)
    this.#asks = new Asks(this.#parts, this.#keeper, { isKeeping, route: () => this.#route() })
    this.#salvage = new SalvageFlow(this.#parts, this.#asks)
    this.#journal = new Journal(
      outer,
      row.site,
      lastStream(streams, outer.box),
      outer.now,
      (stream, written) => {
        this.#records.written(stream, written)
        this.#reconsider()
      },
    )
  }

  /** Views are brought up to the log; then this box takes the role that the log gives it. */
  async open(): Promise<void> {
    await this.#parts.log.open()
    this.#role = { is: 'following' }
    await this.#records.open()
    await this.#salvage.load()
    this.#reconsider()
    this.#tidyLater()
  }

  record(facts: readonly Recording[]) {
    return this.#journal.record(facts)
  }

  act(ask: Ask): Promise<Answer> {
    return this.#asks.act(ask)
  }

  /** Something that the keeper says by itself, at this keeper. */
  async say(kind: string, body: unknown): Promise<Answer> {
    if (this.#role.is !== 'keeping') return { is: 'refused', code: 'not-keeper', detail: {} }
    const last = kind === 'site.handedOver'
    return this.#asks.decided(this.#keeper.submit({ do: 'say', facts: [{ kind, body }] }, last))
  }

  /** Begins the log of a new site here. */
  async found(): Promise<void> {
    const { log, box, process, identity } = this.#parts
    const { publicKey } = identity
    await this.#key.make()
    const term = { reign: 1, keeper: box, start: 1, stream: process }
    await log.exclusive(async () => {
      if (log.history.n > 0) throw new Error(`${this.#parts.site} has begun already`)
      const opened = { kind: 'site.keeper', body: { term: termText(term), how: 'birth' } }
      const self = { kind: 'box.assigned', body: { box, publicKey, small: false } }
      await log.step([{ do: 'say', facts: [opened, self] }], this.#parts.now())
    })
  }

  async handOver(to: string): Promise<Answer> {
    const { log } = this.#parts
    const term = lastTerm(log.history)
    if (this.#role.is !== 'keeping' || !term) return { is: 'refused', code: 'not-keeper', detail: {} }
    if (to === this.#parts.box) return { is: 'refused', code: 'keeps-already', detail: { box: to } }
    const member = log.state.boxes.find(({ box }) => box === to)
    if (!member || member.small) return { is: 'refused', code: 'does-not-follow', detail: { box: to } }
    return this.say('site.handedOver', { to, reign: term.reign + 1 })
  }

  async takeOver(who: string): Promise<Answer> {
    const { log, box, process } = this.#parts
    if (this.#role.is === 'keeping') return { is: 'refused', code: 'keeps-already', detail: { box } }
    const member = log.state.boxes.find((each) => each.box === box)
    if (!member || member.small) return { is: 'refused', code: 'does-not-follow', detail: { box } }
    if (!this.#key.isHere) return { is: 'refused', code: 'no-site-key', detail: {} }
    await this.#fetchFromAll()
    return log.exclusive(async () => {
      const unknown = log.state.unknownKinds[0]
      if (unknown !== undefined) return { is: 'refused', code: 'unknown-kind', detail: { kind: unknown } }
      const term = takeOverTerm(log.history, log.state.handover, box, process)
      this.#parts.machine.log(
        'warn',
        `${this.#parts.site}: ${who} makes this box the keeper (${termText(term)})`,
      )
      await this.#openTerm(term, 'takeover')
      return { is: 'answered', n: log.history.n, answer: { term: termText(term) }, copies: 1, again: false }
    })
  }

  serveAbove(above: Above | null): void {
    this.#above = above
  }

  get above(): Above | null {
    return this.#above
  }

  /** How a linked box takes part in this site. One that left may still bring what it recorded (LINK-7). */
  standingOf(box: string): Standing {
    const { log } = this.#parts
    if (box === this.#above?.box || log.history.n === 0) return 'whole'
    const member = log.state.boxes.find((each) => each.box === box)
    if (!member) return 'guest'
    return member.small ? 'small' : 'whole'
  }

  /** The keys by which this site knows a box. */
  keysOf(box: string): readonly string[] {
    const members = this.#parts.log.state.boxes.filter((each) => each.box === box)
    const above = this.#above?.box === box ? [this.#above] : []
    return [...members, ...above].map(({ publicKey }) => publicKey)
  }

  join(link: Link): void {
    const box = link.peer?.box ?? ''
    const peer = new SitePeer(link, box === this.#above?.box, this.standingOf(box))
    this.#peers.set(link, peer)
    peer.link.send(this.#advertFrame(peer))
    this.#reconsider()
  }

  leave(link: Link): void {
    const peer = this.#peers.get(link)
    if (!peer) return
    this.#peers.delete(link)
    if (this.#entries.source === peer) this.#entries.source = undefined
    this.#keeper.followersChanged()
    this.#asks.lost(peer)
    this.#reconsider()
  }

  drained(link: Link): void {
    const peer = this.#peers.get(link)
    if (!peer) return
    void this.#entries.pump(peer)
    void this.#records.pump(peer)
  }

  async receive(link: Link, frame: SiteFrame, lines: readonly string[]): Promise<void> {
    const peer = this.#peers.get(link)
    if (!peer || this.#role.is === 'starting') return this.#receiveEarly(link, frame)
    if (!allowed[peer.standing].has(frame.t)) return
    switch (frame.t) {
      case 'site':
        return this.#met(peer, frame)
      case 'want':
        if (!(await this.#entries.wanted(peer, frame))) peer.link.send(this.#advertFrame(peer))
        return
      case 'key':
        return this.#key.take(frame.sealed)
      case 'entries':
        return this.#entries.received(peer, frame, lines)
      case 'ack':
        return this.#acked(peer, frame)
      case 'offer':
        return this.#records.offered(peer, frame)
      case 'got':
        return this.#records.got(peer, frame)
      case 'records':
        return this.#records.received(peer, frame, lines)
      case 'ask':
        return this.#asks.asked(peer, frame)
      case 'answer':
        return this.#asks.answered(frame)
    }
  }

  status(): SiteStatus {
    const { log, site } = this.#parts
    const term = lastTerm(log.history)
    const { orphans, quarantine, clones } = log.state
    return {
      site,
      role: this.#role.is === 'starting' ? 'opening' : this.#role.is,
      why: this.#role.is === 'halted' ? this.#role.why : '',
      term: term ? termText(term) : '',
      n: log.history.n,
      chain: log.history.chain,
      viewLag: log.viewLag,
      top: this.#top(),
      unsent: this.#unsent,
      copies: 1 + [...this.#peers.values()].filter(({ acked }) => acked >= log.history.n).length,
      orphans,
      quarantine,
      clones,
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#keeper.abandon()
    this.#asks.abandon()
    await this.#parts.log.exclusive(async () => {})
  }

  /** Until this box is ready, all that matters of a peer is what it has. */
  #receiveEarly(link: Link, frame: SiteFrame): void {
    const peer = this.#peers.get(link)
    if (peer && frame.t === 'site') this.#met(peer, frame)
  }

  #met(peer: SitePeer, frame: Frame<'site'>): void {
    const terms = frame.terms.map(([n, term, chain]) => ({ n, chain, term: parseTerm(term) }))
    const cut = frame.n < peer.history.n || terms.length < peer.history.terms.length
    if (peer === this.#entries.source && (cut || terms.length > peer.history.terms.length))
      this.#entries.source = undefined
    peer.history = { n: frame.n, chain: frame.chain, terms }
    // The first word of a peer is answered: it may not have listened yet when this box spoke (LINK-4).
    if (!peer.heard) peer.link.send(this.#advertFrame(peer))
    peer.heard = true
    peer.route = frame.route
    peer.sees = frame.you
    peer.top = frame.top
    if (cut) {
      peer.records.clear()
      peer.offered.clear()
      peer.acked = Math.min(peer.acked, frame.n)
    }
    if (frame.lacksKey !== null && peer.standing === 'whole' && !cut) this.#giveKey(peer, frame.lacksKey)
    this.#reconsider()
  }

  /** Only to a box that the log assigns; above is not enough. */
  #giveKey(peer: SitePeer, publicKey: string): void {
    const { log, site } = this.#parts
    if (!log.state.boxes.some(({ box }) => box === peer.box)) return
    const sealed = this.#key.sealedFor(publicKey)
    if (sealed !== undefined) peer.link.send({ t: 'key', site, sealed })
  }

  #acked(peer: SitePeer, { n, chain, top }: Frame<'ack'>): void {
    peer.acked = n
    peer.top = top
    peer.history = { ...peer.history, n, chain }
    if (peer.isAbove && top !== this.#topTold) {
      this.#topTold = top
      this.#entries.acknowledge()
    }
    this.#keeper.followersChanged()
    void this.#salvage.settle(this.#top())
    this.#changed()
  }

  #top(): number {
    return this.#above === null
      ? this.#parts.log.history.n
      : Math.min(this.#topTold, this.#parts.log.history.n)
  }

  #route(): Route | undefined {
    return routeVia(this.#peers, this.#parts.box)
  }

  /** Where records go: towards the keeper, else to the box above, so that they are in two places (LINK-6). */
  #nextHop(): SitePeer | undefined {
    return this.#route()?.next ?? [...this.#peers.values()].find(({ isAbove }) => isAbove)
  }

  /** Looks at everything again, soon, once, however often it is asked for. */
  #reconsider(): void {
    this.#again = true
    if (this.#considering || this.#role.is === 'starting' || this.#stopped) return
    this.#considering = true
    void this.#consider()
  }

  async #consider(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false
      try {
        await this.#takeRole()
        this.#advertise('if changed')
        await this.#records.turn()
        this.#unsent = await this.#records.unsent()
        await this.#salvage.handIn()
      } catch (error) {
        if (!(error instanceof StoreError))
          this.#parts.machine.log('error', `${this.#parts.site}: ${String(error)}`)
        this.#parts.machine.timers.after(retryMs, () => this.#reconsider())
        break
      }
    }
    this.#considering = false
    this.#changed()
  }

  /** What this box does follows from its log, and from what the linked boxes have. */
  async #takeRole(): Promise<void> {
    const { log, machine } = this.#parts
    const better = this.#betterPeer()
    if (better) return this.#followPeer(better)
    const duty = this.#duty()
    if (duty.is === 'follow') return this.#become({ is: 'following' })
    const unknown = log.state.unknownKinds[0]
    if (unknown !== undefined)
      return this.#become({
        is: 'halted',
        why: `the log holds ${unknown}, which this version does not know: update this box`,
      })
    if (duty.is === 'keep') return this.#become({ is: 'keeping', term: duty.term })
    const since = this.#role.is === 'opening' ? this.#role.since : machine.clock.mono()
    if (this.#role.is !== 'opening') {
      this.#become({ is: 'opening', since, duty })
      machine.timers.after(openingGraceMs, () => this.#reconsider())
    }
    if (this.#restored !== undefined && !this.#heardFromOne()) {
      return this.#become({ is: 'halted', why: restoredWhy })
    }
    if (!this.#heardFromAll() && machine.clock.mono() - since < openingGraceMs) return
    await log.exclusive(async () => {
      const now = this.#duty()
      if (now.is === 'open' && !this.#betterPeer()) await this.#openTerm(now.term, now.how)
    })
  }

  #duty(): Duty {
    const { log, box, process } = this.#parts
    return dutyOf(log.history, log.state.handover, box, process)
  }

  /** A linked box that holds entries which stand above this box's own, the best of them. */
  #betterPeer(): SitePeer | undefined {
    const { history } = this.#parts.log
    let best: SitePeer | undefined
    for (const peer of this.#peers.values()) {
      if (!peer.heard || peer.sees !== 'whole') continue
      peer.relation = relate(history, peer.history)
      if (peer.relation.wins === 'corrupt') {
        this.#parts.machine.log(
          'error',
          `${this.#parts.site}: the log of box ${peer.box} parts from this one after entry ${peer.relation.common}`,
        )
      }
      if (peer.relation.wins !== 'theirs') continue
      if (!best || relate(best.history, peer.history).wins === 'theirs') best = peer
    }
    return best
  }

  async #followPeer(peer: SitePeer): Promise<void> {
    const { log } = this.#parts
    this.#become({ is: 'following' })
    if (peer.relation.common < log.history.n) {
      await log.exclusive(async () => {
        const { common, wins } = relate(log.history, peer.history)
        if (wins === 'theirs' && common < log.history.n) await this.#giveUp(common)
      })
    }
    if (this.#entries.isStale(peer)) this.#entries.ask(peer)
  }

  async #giveUp(keep: number): Promise<void> {
    const { log, site, machine } = this.#parts
    machine.log(
      'warn',
      `${site}: entries ${keep + 1} to ${log.history.n} are not in the log that stands; they are handed in`,
    )
    await log.giveUp(keep)
    this.#entries.cut()
    this.#records.reset()
    for (const peer of this.#peers.values()) {
      peer.records.clear()
      peer.offered.clear()
    }
    await this.#salvage.load()
  }

  /** Every box that follows this site whole is linked, and has said what it has. */
  #heardFromAll(): boolean {
    const heard = new Set([...this.#peers.values()].filter((peer) => peer.heard).map((peer) => peer.box))
    return this.#parts.log.state.boxes.every(
      ({ box, small }) => small || box === this.#parts.box || heard.has(box),
    )
  }

  #heardFromOne(): boolean {
    return [...this.#peers.values()].some(({ heard, sees }) => heard && sees === 'whole')
  }

  /** Takes from all linked boxes what they hold beyond this log, before it decides anything. */
  async #fetchFromAll(): Promise<void> {
    const { machine } = this.#parts
    const until = machine.clock.mono() + openingGraceMs
    while (this.#betterPeer() && machine.clock.mono() < until) {
      this.#reconsider()
      await new Promise<void>((resolve) => machine.timers.after(50, resolve))
    }
  }

  async #openTerm(term: Term, how: 'start' | 'handover' | 'takeover'): Promise<void> {
    const { log, now } = this.#parts
    const body = { term: termText(term), how }
    await log.step([{ do: 'say', facts: [{ kind: 'site.keeper', body }] }], now())
    if (this.#restored !== undefined) await this.#compared()
    this.#become({ is: 'keeping', term })
  }

  /** The site has met others, or a lead has decided: the restore is over for it. */
  async #compared(): Promise<void> {
    const { truth, site } = this.#parts
    const doc = { above: this.#above, compared: this.#restored } satisfies SiteDoc
    await truth.commit([{ do: 'site', site, doc: JSON.stringify(doc) }])
    this.#restored = undefined
  }

  #become(role: Role): void {
    const was = this.#role.is
    this.#role = role
    if (was === 'keeping' && role.is !== 'keeping') this.#keeper.abandon()
    if (role.is === 'keeping' && was !== 'keeping') this.#records.reset()
    if (role.is === 'keeping') this.#entries.source = undefined
    if (was !== role.is) this.#again = true
  }

  /** At a moment when every box has confirmed all there is, a long log gets a base (LOG-15). */
  async #layBase(): Promise<void> {
    const { log, box, now } = this.#parts
    if (this.#role.is !== 'keeping' || log.history.n - log.state.base < this.#parts.limits.baseEvery) return
    await log.exclusive(async () => {
      const confirmed = new Map([...this.#peers.values()].map((peer) => [peer.box, peer.acked]))
      const all = log.state.boxes.every(
        (each) => each.small || each.box === box || (confirmed.get(each.box) ?? 0) >= log.history.n,
      )
      if (all && this.#duty().is === 'keep') await log.step([{ do: 'base' }], now())
    })
  }

  #advertFrame(peer: SitePeer): Frame<'site'> {
    const { log, site } = this.#parts
    const { n, chain, terms } = peer.standing === 'whole' ? log.history : emptyHistory
    const route = this.#role.is === 'keeping' ? [this.#parts.box] : this.#wayOn()
    return {
      t: 'site',
      site,
      n,
      chain,
      terms: terms.map((each) => [each.n, termText(each.term), each.chain]),
      top: this.#top(),
      route,
      you: peer.standing,
      lacksKey: this.#key.wanted,
    }
  }

  #wayOn(): string[] | null {
    const route = this.#route()
    return route ? [this.#parts.box, ...route.boxes] : null
  }

  /** Tells all when the term, the way to the keeper or the length of a cut log has changed. */
  #advertise(when: 'if changed' | 'at once'): void {
    const { terms } = this.#parts.log.history
    const advert = JSON.stringify([terms.length, terms.at(-1), this.#role.is === 'keeping', this.#wayOn()])
    if (advert === this.#advert && when === 'if changed') return
    this.#advert = advert
    for (const peer of this.#peers.values()) peer.link.send(this.#advertFrame(peer))
  }

  #tidyLater(): void {
    this.#parts.machine.timers.after(this.#parts.limits.tidyEveryMs, () => {
      const now = this.#parts.now()
      this.#records.trim(now[2] === 0 ? null : epochOf(now)).catch(() => {})
      this.#layBase().catch(() => {})
      if (!this.#stopped) this.#tidyLater()
    })
  }
}

/** The newest stream of this box on this disk. */
function lastStream(streams: readonly StreamRow[], box: string): Before {
  const last = streams.findLast((each) => each.box === box)
  return last ? { stream: last.stream, seq: last.last } : null
}

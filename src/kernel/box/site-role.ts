import { dutyOf, isOutranked, takeOverTerm } from '../site/duty.ts'
import { randomId } from '../machine.ts'
import type { Duty, Known } from '../site/duty.ts'
import { lastTerm, relate } from '../site/history.ts'
import type { Term } from '../term.ts'
import { termText } from '../term.ts'
import type { Answer } from './contract.ts'
import type { EntryFlow } from './entry-flow.ts'
import type { SiteKey } from './site-key.ts'
import type { SiteMemory } from './site-memory.ts'
import type { SitePeer, SiteParts } from './site-parts.ts'
import { routeVia } from './site-parts.ts'

/** How long a keeper that starts waits for boxes of its site, to fetch what it may lack (TERM-3). */
export const openingGraceMs = 3_000
const leftWhy =
  'this site was told to do without this box: what it recorded goes to the keeper; assign it again to go on'
const restoredWhy =
  'this box was restored from a backup and reaches no other box of the site: link one, or take over as a lead'

export type Role =
  | { readonly is: 'starting' }
  | { readonly is: 'following' }
  /** `waited`: for the others of its site, long enough. */
  | { readonly is: 'opening'; readonly waited: boolean }
  | { readonly is: 'keeping' }
  | { readonly is: 'halted'; readonly why: string }

type Outside = {
  readonly memory: SiteMemory
  readonly key: SiteKey
  readonly entries: EntryFlow
  /** The role has changed. */
  readonly became: (role: Role, before: Role) => void
  /** Entries after a place are no longer in this log; they are in the salvage. */
  readonly gaveUp: () => Promise<void>
  readonly reconsider: () => void
}

/** What this box does for a site, as its log and the linked boxes make it: it keeps, or it follows the best. */
export class SiteRole {
  readonly #parts: SiteParts
  readonly #outside: Outside
  /** Names the terms that this box opens. */
  #stream: string
  #role: Role = { is: 'starting' }
  readonly #started = Promise.withResolvers<void>()

  constructor(parts: SiteParts, outside: Outside) {
    this.#parts = parts
    this.#stream = parts.process
    this.#outside = outside
  }

  get now(): Role {
    return this.#role
  }

  /** It keeps, and nothing in its log says that it must stop. */
  get isKeeping(): boolean {
    return this.#role.is === 'keeping' && this.#duty().is === 'keep'
  }

  /** What people should know of the role that it has. */
  get why(): string {
    if (this.#role.is === 'halted') return this.#role.why
    if (this.#role.is !== 'following') return ''
    if (this.hasLeft) return leftWhy
    const { log, box } = this.#parts
    const { met } = this.#outside.memory
    // Its own log says that it keeps: people must hear why it does not.
    return met && lastTerm(log.history)?.keeper === box && isOutranked(log.history, met, box)
      ? metWhy(met)
      : ''
  }

  ready(): void {
    this.#become({ is: 'following' })
    this.#started.resolve()
  }

  /** Takes the role that follows from what is known now. */
  async consider(): Promise<void> {
    const { log } = this.#parts
    const better = this.#betterPeer()
    if (better) return this.#follow(better)
    const duty = this.#duty()
    if (duty.is === 'follow') {
      this.#become({ is: 'following' })
      return this.#subscribe()
    }
    if (this.hasLeft) return this.#become({ is: 'halted', why: leftWhy })
    const unknown = log.state.unknownKinds[0]
    if (unknown !== undefined) return this.#become({ is: 'halted', why: unknownWhy(unknown) })
    if (duty.is === 'keep') return this.#become({ is: 'keeping' })
    if (this.#outside.memory.isRestored && !this.#heardFromOne())
      return this.#become({ is: 'halted', why: restoredWhy })
    if (this.#role.is !== 'opening') this.#beginOpening()
    const waited = this.#role.is === 'opening' && this.#role.waited
    // Who hands over has said its last word, and this log ends with it: there is nothing to wait for.
    if (duty.how !== 'handover' && !this.#heardFromAll() && !waited) return
    await log.exclusive(async () => {
      const still = this.#duty()
      if (still.is === 'open' && !this.#betterPeer()) await this.#open(still.term, still.how)
    })
  }

  /** Planned: why this keeper may not stop in favour of `to`, or the reign that it gives. */
  handOver(to: string): { readonly refused: Answer } | { readonly reign: number } {
    const { log, box } = this.#parts
    const term = lastTerm(log.history)
    if (!this.isKeeping || !term) return { refused: refused('not-keeper') }
    if (to === box) return { refused: refused('keeps-already', { box: to }) }
    if (!this.#followsWhole(to)) return { refused: refused('does-not-follow', { box: to }) }
    return { reign: term.reign + 1 }
  }

  /** The keeper is gone: this box keeps from now on, once it has what the others have. */
  async takeOver(who: string): Promise<Answer> {
    const { log, box, machine, site } = this.#parts
    // Before the views are there, nobody knows who follows.
    if (!(await this.#hasStarted())) return refused('starting')
    if (this.isKeeping) return refused('keeps-already', { box })
    if (!this.#followsWhole(box) || this.hasLeft) return refused('does-not-follow', { box })
    if (!this.#outside.key.isHere) return refused('no-site-key')
    await this.#fetchFromAll()
    return log.exclusive(async () => {
      const unknown = log.state.unknownKinds[0]
      if (unknown !== undefined) return refused('unknown-kind', { kind: unknown })
      const term = takeOverTerm(log.history, this.#known())
      machine.log('warn', `${site}: ${who} makes this box the keeper (${termText(term)})`)
      await this.#open(term, 'takeover', who)
      return { is: 'answered', n: log.history.n, answer: { term: termText(term) }, copies: 1, again: false }
    })
  }

  /** Waits for it, but not for views that are made anew from a long log. */
  async #hasStarted(): Promise<boolean> {
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const cancel = this.#parts.machine.timers.after(openingGraceMs, resolve)
    await Promise.race([this.#started.promise, late])
    cancel()
    return this.#role.is !== 'starting'
  }

  /** The timer says when the wait is over, and not a clock beside it, which may round the other way. */
  #beginOpening(): void {
    const opening = { is: 'opening', waited: false } as const
    this.#become(opening)
    this.#parts.machine.timers.after(openingGraceMs, () => {
      if (this.#role === opening) this.#role = { is: 'opening', waited: true }
      this.#outside.reconsider()
    })
  }

  #duty(): Duty {
    return dutyOf(this.#parts.log.history, this.#known())
  }

  #known(): Known {
    const { log, box } = this.#parts
    return { handover: log.state.handover, met: this.#outside.memory.met, box, stream: this.#stream }
  }

  /** A linked box that holds entries which stand above this box's own, the best of them. */
  #betterPeer(): SitePeer | undefined {
    const { log, site, machine } = this.#parts
    let best: SitePeer | undefined
    for (const peer of this.#parts.peers.values()) {
      if (!peer.heard || !peer.isTrusted || (peer.sees !== 'whole' && !peer.saysLeft)) continue
      const { common, wins } = relate(log.history, peer.history)
      if (wins === 'corrupt')
        machine.log('error', `${site}: the log of box ${peer.box} parts from this one after entry ${common}`)
      if (wins === 'theirs' && (!best || relate(best.history, peer.history).wins === 'theirs')) best = peer
    }
    return best
  }

  async #follow(peer: SitePeer): Promise<void> {
    const { log } = this.#parts
    this.#become({ is: 'following' })
    const [mine, theirs] = [lastTerm(log.history), lastTerm(peer.history)]
    if (theirs && mine?.keeper === this.#parts.box) await this.#outside.memory.meet(theirs)
    await log.exclusive(async () => {
      const { common, wins } = relate(log.history, peer.history)
      if (wins === 'theirs' && common < log.history.n) await this.#giveUp(common)
    })
    // Who says that this box left gives it nothing; its log says all the same what does not stand here.
    if (peer.sees === 'whole' && this.#outside.entries.mayAsk(peer)) this.#outside.entries.ask(peer)
  }

  /** With nothing to catch up on, new entries come from the neighbour towards the keeper as soon as it has them. */
  #subscribe(): void {
    const { log, peers, box } = this.#parts
    const next = routeVia(peers, box)?.next
    if (!next || next.sees !== 'whole' || !this.#outside.entries.isIdle) return
    if (relate(log.history, next.history).wins === 'same') this.#outside.entries.ask(next)
  }

  async #giveUp(keep: number): Promise<void> {
    const { log, site, machine } = this.#parts
    const lost = `entries ${keep + 1} to ${log.history.n}`
    machine.log('warn', `${site}: ${lost} are not in the log that stands; they are handed in`)
    // What it may decide after this is another branch than the one it leaves: never under the same term (TERM-6).
    this.#stream = randomId(machine.random, 16)
    await log.giveUp(keep)
    await this.#outside.gaveUp()
  }

  /** Every box that follows this site whole is linked, and has said what it has. */
  #heardFromAll(): boolean {
    const heard = new Set(
      [...this.#parts.peers.values()]
        .filter(({ heard, isTrusted }) => heard && isTrusted)
        .map(({ box }) => box),
    )
    const { box, log } = this.#parts
    return log.state.boxes.every((each) => each.small || each.box === box || heard.has(each.box))
  }

  #heardFromOne(): boolean {
    return [...this.#parts.peers.values()].some(
      ({ heard, isTrusted, sees }) => heard && isTrusted && sees === 'whole',
    )
  }

  /** Linked boxes say that they have unassigned this one, and none says that it takes part (LINK-7). */
  get hasLeft(): boolean {
    return !this.#heardFromOne() && [...this.#parts.peers.values()].some(({ saysLeft }) => saysLeft)
  }

  #followsWhole(box: string): boolean {
    return this.#parts.log.state.boxes.some((each) => each.box === box && !each.small)
  }

  /** Takes from all linked boxes what they hold beyond this log, before it decides anything. */
  async #fetchFromAll(): Promise<void> {
    const { machine } = this.#parts
    const until = machine.clock.mono() + openingGraceMs
    while (this.#betterPeer() && machine.clock.mono() < until) {
      this.#outside.reconsider()
      await new Promise<void>((resolve) => machine.timers.after(50, resolve))
    }
  }

  /** The first entry of a term. Only then does this box decide anything. */
  async #open(term: Term, how: 'start' | 'handover' | 'takeover', by?: string): Promise<void> {
    const { log, now, machine } = this.#parts
    const body = { term: termText(term), how, boot: machine.boot, by }
    await log.step([{ do: 'say', facts: [{ kind: 'site.keeper', body }] }], now())
    await this.#outside.memory.compared()
    this.#become({ is: 'keeping' })
  }

  #become(role: Role): void {
    const before = this.#role
    this.#role = role
    if (before.is !== role.is) this.#outside.became(role, before)
  }
}

const metWhy = (met: Term) =>
  `box ${met.keeper} was met under a higher term (${termText(met)}): this box decides nothing before it has the entries of that term; if nobody has them, take over as a lead`
const unknownWhy = (kind: string) =>
  `the log holds ${kind}, which this version does not know: update this box`

function refused(code: string, detail: Readonly<Record<string, string | number>> = {}): Answer {
  return { is: 'refused', code, detail }
}

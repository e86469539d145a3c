import { sha256 } from '../kernel/digest.ts'
import { OrderEvidence } from './order-evidence.ts'
import { idsIn, testify, type Said, type Testimony } from './testimony.ts'
import { Violation } from './violation.ts'

/** A decision that a branch lost, as the log keeps it: under which term it had been given, and its key. */
export type Kept = { readonly id: string; readonly term: string }

export type Place = { readonly n: number; readonly i: number }
export type Reign = { readonly reign: number; readonly keeper: string; readonly start: number }

/**
 * One log on one card, as the witness reads it: entry by entry, counting for itself. Whatever makes
 * a log wrong in itself is found here, whoever wrote it.
 */
export class SiteEvidence {
  readonly site: string
  readonly orders = new OrderEvidence()
  readonly #card: string
  readonly #places = new Map<string, number>()
  readonly #orphans = new Map<string, number>()
  readonly #streams = new Map<string, number>()
  readonly #counts = new Map<string, number>()
  readonly #accounts = new Map<string, number>()
  readonly #kept = new Map<string, Kept>()
  readonly #erased: Place[] = []
  readonly #terms = new Set<string>()
  readonly #settled = new Set<string>()
  #base = 0
  #handedOver = false
  #term: Reign = { reign: 0, keeper: '', start: 0 }
  #n = 0
  #chain = ''

  constructor(site: string, card: string) {
    this.site = site
    this.#card = card
  }

  get n(): number {
    return this.#n
  }

  get chain(): string {
    return this.#chain
  }

  get accounts(): ReadonlyMap<string, number> {
    return this.#accounts
  }

  /** How far a stream has come in this log. */
  position(stream: string): number {
    return this.#streams.get(stream) ?? 0
  }

  get positions(): ReadonlyMap<string, number> {
    return this.#streams
  }

  /** The newest base. */
  get base(): number {
    return this.#base
  }

  get term(): Reign {
    return this.#term
  }

  /** Whether this log has the term, with the very process that opened it. */
  hasTerm(text: string): boolean {
    return this.#terms.has(text)
  }

  get kept(): Iterable<Kept> {
    return this.#kept.values()
  }

  /** Places that the log says are erased. */
  get erased(): readonly Place[] {
    return this.#erased
  }

  ids(): Iterable<string> {
    return [...this.#places.keys(), ...this.#orphans.keys()]
  }

  holds(id: string): boolean {
    return this.#places.has(id) || this.#orphans.has(id)
  }

  /** The entry that says it, if it took effect. */
  place(id: string): number | undefined {
    return this.#places.get(id)
  }

  isOrphan(id: string): boolean {
    return this.#orphans.has(id)
  }

  add(n: number, head: string, bodies: string, chain: string): void {
    if (n !== this.#n + 1) throw this.#violation('LOG-GAP', `entry ${n} follows entry ${this.#n}`)
    if (chain !== sha256(`${this.#chain}\n${head}\n${chained(bodies)}`)) {
      throw this.#violation('CHAIN', `the running hash at entry ${n} is not that of what stands before it`)
    }
    const testimony = testify(head, bodies)
    if (this.#handedOver && !opensTerm(testimony))
      throw this.#violation('TERM', `entry ${n} follows a hand-over, and opens no term`)
    this.#handedOver = false
    if (testimony.is === 'record') this.#addRecord(testimony)
    if (testimony.is === 'decision') this.#move(testimony)
    if (testimony.is === 'decision') this.#erased.push(...testimony.erased)
    if (testimony.is === 'decision') for (const place of testimony.settled) this.#settle(place)
    if (testimony.is === 'kernel') for (const said of testimony.facts) this.#hear(said, n)
    if (testimony.is === 'orphans') this.#keep(testimony)
    this.#hearOfOrders(testimony, n)
    for (const id of idsIn(testimony)) {
      if (testimony.is === 'orphans') {
        this.#orphans.set(id, n)
        continue
      }
      const before = this.#places.get(id)
      if (before !== undefined) throw this.#violation('DOUBLED', `${id} is entry ${before} and entry ${n}`)
      this.#places.set(id, n)
    }
    this.#n = n
    this.#chain = chain
  }

  #addRecord({ stream, seq, source, count, id }: Testimony & { is: 'record' }): void {
    const last = this.#streams.get(stream) ?? 0
    if (seq !== last + 1)
      throw this.#violation('STREAM', `${id}: seq ${seq} of stream ${stream} follows seq ${last}`)
    this.#streams.set(stream, seq)
    if (source === '') return
    const name = `${stream} ${source}`
    const before = this.#counts.get(name) ?? 0
    if (count <= before)
      throw this.#violation('REORDERED', `${id} stands behind number ${before} of its stream`)
    this.#counts.set(name, count)
  }

  #move({ id, moves }: Testimony & { is: 'decision' }): void {
    let sum = 0
    for (const { account, cents } of moves) {
      sum += cents
      this.#accounts.set(account, (this.#accounts.get(account) ?? 0) + cents)
    }
    if (sum !== 0) throw this.#violation('BOOKS', `${id} moves ${sum} cents into nowhere`)
    for (const { account } of moves) {
      const cents = this.#accounts.get(account) ?? 0
      if (account.startsWith('wallet:') && cents < 0)
        throw this.#violation('BOOKS', `${id}: ${account} is at ${cents}`)
    }
  }

  #hear({ kind, body }: Said, n: number): void {
    if (kind === 'base.laid') this.#base = n
    if (kind === 'site.handedOver') this.#handedOver = true
    if (kind !== 'site.keeper') return
    const term = reignOf(String(body['term']))
    if (compareReigns(term, this.#term) <= 0)
      throw this.#violation('TERM', `entry ${n} opens ${String(body['term'])}, which is not above the last`)
    this.#term = term
    this.#terms.add(String(body['term']))
  }

  #hearOfOrders(testimony: Testimony, n: number): void {
    if (testimony.is === 'record' && testimony.said) this.orders.add(testimony.said, n, testimony.box)
    if (testimony.is === 'decision') for (const said of testimony.orders) this.orders.add(said, n, undefined)
    if (testimony.is === 'kernel')
      for (const said of testimony.facts)
        if (said.kind.startsWith('order.')) this.orders.add(said, n, undefined)
  }

  #keep({ ids, from }: Testimony & { is: 'orphans' }): void {
    for (const [index, place] of from.entries()) {
      if (this.#kept.has(place))
        throw this.#violation('DOUBLED', `what stood at ${place} is kept as an orphan twice`)
      this.#kept.set(place, { id: ids[index] as string, term: place.split(' ')[0] as string })
    }
  }

  /** Of an orphan that is there, and once: the first word stands (TERM-13). */
  #settle(place: string): void {
    if (!this.#kept.has(place)) throw this.#violation('SETTLED', `${place} is settled, and is no orphan`)
    if (this.#settled.has(place)) throw this.#violation('SETTLED', `${place} is settled twice`)
    this.#settled.add(place)
  }

  #violation(rule: string, text: string): Violation {
    return new Violation(rule, `${text} (site ${this.site}, card ${this.#card})`)
  }
}

function opensTerm(testimony: Testimony): boolean {
  return testimony.is === 'kernel' && testimony.facts.some(({ kind }) => kind === 'site.keeper')
}

export function reignOf(term: string): Reign {
  const [reign, keeper = '', start] = term.split('/')
  return { reign: Number(reign), keeper, start: Number(start) }
}

export function compareReigns(a: Reign, b: Reign): number {
  if (a.reign !== b.reign) return a.reign - b.reign
  if (a.keeper !== b.keeper) return a.keeper < b.keeper ? -1 : 1
  return a.start - b.start
}

/** A line that may be erased counts as its digest, before and after. */
function chained(bodies: string): string {
  return bodies
    .split('\n')
    .map((line) => (line.startsWith('^') ? `~${sha256(line)}` : line))
    .join('\n')
}

import { sha256 } from '../kernel/digest.ts'
import { idsIn, testify, type Testimony } from './testimony.ts'
import { Violation } from './violation.ts'

/**
 * One log on one card, as the witness reads it: entry by entry, counting for itself. Whatever makes
 * a log wrong in itself is found here, whoever wrote it.
 */
export class SiteEvidence {
  readonly site: string
  readonly #card: string
  readonly #places = new Map<string, number>()
  readonly #orphans = new Map<string, number>()
  readonly #streams = new Map<string, number>()
  readonly #counts = new Map<string, number>()
  readonly #accounts = new Map<string, number>()
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
    if (testimony.is === 'record') this.#addRecord(testimony)
    if (testimony.is === 'decision') this.#move(testimony)
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

  #violation(rule: string, text: string): Violation {
    return new Violation(rule, `${text} (site ${this.site}, card ${this.#card})`)
  }
}

/** A line that may be erased counts as its digest, before and after. */
function chained(bodies: string): string {
  return bodies
    .split('\n')
    .map((line) => (line.startsWith('^') ? `~${sha256(line)}` : line))
    .join('\n')
}

import type { KnownQuery } from '../pack/known-queries.ts'
import type { Read, Touched } from '../views/touched.ts'
import { touches } from '../views/touched.ts'
import { readsOf } from './reads.ts'
import type { Ran, Runner } from './runner.ts'
import type { Lines } from './versions.ts'

export type Answer = { readonly n: number; readonly hash: string; readonly rows: Lines }

type Parts = {
  readonly runner: Runner
  readonly isOpen: (site: string) => boolean
  readonly ran: (answer: SiteAnswer, ran: Ran) => void
}

/** What one query answers for one site and input: run when it is asked for, one run at a time, for all who ask. */
export class SiteAnswer {
  readonly site: string
  readonly query: KnownQuery
  readonly input: string
  readonly #parts: Parts
  readonly #reads: readonly Read[]
  readonly #listeners = new Set<() => void>()
  #answer: Answer | undefined
  #failure: string | undefined
  #isLarge = false
  #running: Promise<void> | undefined
  #stale = true
  #away = false
  #ms = 0
  #era = 0

  constructor(parts: Parts, site: string, query: KnownQuery, input: string) {
    this.#parts = parts
    this.site = site
    this.query = query
    this.input = input
    this.#reads = readsOf(query, JSON.parse(input))
  }

  /** The newest answer; undefined where there was none yet. */
  get now(): Answer | undefined {
    return this.#answer
  }

  /** Why the last run gave none. */
  get failure(): string | undefined {
    return this.#failure
  }

  /** It gave none since there is too much of it. */
  get isLarge(): boolean {
    return this.#isLarge
  }

  /** Another answer is under way, or a run could give one. */
  get isPending(): boolean {
    return this.#running !== undefined || (this.#stale && this.#parts.isOpen(this.site))
  }

  /** There was nothing to read at the last run. */
  get isAway(): boolean {
    return this.#away
  }

  get isRead(): boolean {
    return this.#listeners.size > 0
  }

  /** How long the last run took, without waiting for its turn. */
  get ms(): number {
    return this.#ms
  }

  listen(tell: () => void): () => void {
    this.#listeners.add(tell)
    return () => this.#listeners.delete(tell)
  }

  touched(touched: Touched): void {
    if (!this.#stale && touches(this.#reads, touched)) this.expire()
  }

  expire(): void {
    this.#stale = true
    for (const tell of this.#listeners) tell()
  }

  /** The log was given up: what was read, and what is being read now, counts no more. */
  gaveUp(): void {
    this.#era += 1
    this.#stale = true
    this.#answer = undefined
    this.#failure = undefined
  }

  /** Runs once, or waits for the run that is under way. It may be stale again right then. */
  refresh(): Promise<void> {
    this.#running ??= this.#run().finally(() => (this.#running = undefined))
    return this.#running
  }

  async #run(): Promise<void> {
    const era = this.#era
    // Before the run, not after: what is touched meanwhile may not be in it.
    this.#stale = false
    const ran = await this.#parts.runner.run(
      this.site,
      this.query.name,
      this.input,
      this.#answer?.hash ?? null,
    )
    if (era !== this.#era) return
    this.#take(ran)
    this.#parts.ran(this, ran)
  }

  #take(ran: Ran): void {
    this.#away = ran.is === 'away'
    this.#ms = ran.is === 'away' ? 0 : ran.ms
    switch (ran.is) {
      case 'rows':
        this.#answer = { n: ran.n, hash: ran.hash, rows: parseLines(ran.lines) }
        this.#failure = undefined
        return
      case 'same':
        if (this.#answer) this.#answer = { ...this.#answer, n: ran.n }
        this.#failure = undefined
        return
      case 'failed':
        this.#failure = ran.why
        this.#isLarge = ran.isLarge === true
        return
      case 'away':
        this.#stale = true
    }
  }
}

export function parseLines(text: string): Lines {
  const rows = new Map<string, string>()
  if (text === '') return rows
  const lines = text.split('\n')
  for (let i = 0; i < lines.length; i += 2) rows.set(lines[i] as string, lines[i + 1] as string)
  return rows
}

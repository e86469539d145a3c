import type { Instant } from '../instant.ts'
import type { Texts } from '../texts.ts'

/** How something is that a box needs beside its store: a driver, a port, a mailbox. */
export type ReportState = 'ok' | 'degraded' | 'failing'

export type Report = {
  readonly name: string
  readonly state: ReportState
  /** Since when it is so. */
  readonly since: Instant
  readonly words: Texts
}

/**
 * What drivers and the broker say of themselves, for whoever looks after the box. Nothing here is a fact: it is said
 * anew at every start, and at every change.
 */
export class Reports {
  readonly #now: () => Instant
  readonly #reports = new Map<string, Report>()

  constructor(now: () => Instant) {
    this.#now = now
  }

  say(name: string, state: ReportState, words: Texts): void {
    const before = this.#reports.get(name)
    if (before?.state === state && before.words === words) return
    const since = before?.state === state ? before.since : this.#now()
    this.#reports.set(name, { name, state, since, words })
  }

  /** There is no such thing here any more. */
  end(name: string): void {
    this.#reports.delete(name)
  }

  /** By name. */
  all(): readonly Report[] {
    return [...this.#reports.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1))
  }
}

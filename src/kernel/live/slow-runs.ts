import type { Ran } from './runner.ts'
import type { SiteAnswer } from './site-answer.ts'

/** A run that takes longer is named by `regie doctor`. */
export const slowMs = 20

/** A query that took long at a site: how often, and its worst run. */
export type SlowRun = {
  readonly site: string
  readonly query: string
  readonly input: string
  readonly ms: number
  /** Rows of its answer; null where it gave none. */
  readonly rows: number | null
  readonly times: number
}

const remembered = 100
const inputLength = 200

/** The queries that were slow lately, each named once. */
export class SlowRuns {
  readonly #runs = new Map<string, SlowRun>()

  ran({ site, query: { name }, input }: SiteAnswer, ran: Ran): void {
    if (ran.is === 'away' || ran.ms <= slowMs) return
    const key = `${site} ${name}`
    const before = this.#runs.get(key)
    const rows = ran.is === 'failed' ? null : ran.rows
    const now: SlowRun = { site, query: name, input: input.slice(0, inputLength), ms: ran.ms, rows, times: 1 }
    const worst = before && before.ms >= ran.ms ? before : now
    // The newest stands last: what was slow long ago is forgotten first.
    this.#runs.delete(key)
    this.#runs.set(key, { ...worst, times: (before?.times ?? 0) + 1 })
    const [oldest] = this.#runs.keys()
    if (this.#runs.size > remembered && oldest !== undefined) this.#runs.delete(oldest)
  }

  /** The worst first. */
  get all(): readonly SlowRun[] {
    return [...this.#runs.values()].toSorted((a, b) => b.ms - a.ms)
  }
}

import type { SalvageRow } from '../../store/truth.ts'
import type { Asks } from './asks.ts'
import type { SiteParts } from './site-parts.ts'
import { lastTerm, termAt } from '../site/history.ts'
import { compareTerms, parseTerm, termText } from '../term.ts'

const chunkBytes = 8 * 1024

/** The keeper says that the rows of `term` up to `upTo` are safe at or before entry `safeAt` of its term `under`. */
type Told = { readonly term: string; readonly upTo: number; readonly safeAt: number; readonly under: string }

/**
 * The entries of a branch that lost. They are handed to the keeper until it has them, and forgotten
 * here only when the log of this box and of the top box have what became of them (TERM-6).
 */
export class SalvageFlow {
  readonly #parts: SiteParts
  readonly #asks: Asks
  #rows: readonly SalvageRow[] = []
  #told: Told[] = []
  #handing = false

  constructor(parts: SiteParts, asks: Asks) {
    this.#parts = parts
    this.#asks = asks
  }

  get waiting(): number {
    return this.#rows.length
  }

  async load(): Promise<void> {
    this.#rows = await this.#parts.truth.salvage(this.#parts.site, Number.MAX_SAFE_INTEGER)
    this.#told = []
  }

  /** Hands in what the keeper has not said to have, from the oldest on. Another keeper is asked anew. */
  async handIn(): Promise<void> {
    if (this.#handing || this.#rows.length === 0) return
    const term = lastTerm(this.#parts.log.history)
    if (!term) return
    this.#told = this.#told.filter(({ under }) => compareTerms(parseTerm(under), term) >= 0)
    this.#handing = true
    try {
      for (let chunk = this.#next(); chunk.length > 0; chunk = this.#next()) {
        const answer = await this.#asks.handIn(
          chunk.map(({ n, term, head, bodies }) => ({ n, term, head, bodies })),
        )
        if (answer === 'away') return
        const last = chunk.at(-1) as SalvageRow
        this.#told.push({ term: last.term, upTo: last.n, safeAt: answer.n, under: answer.term })
      }
    } finally {
      this.#handing = false
    }
  }

  /** Forgets what is safe: in the log here, and at the top, by entry `top`. */
  async settle(top: number): Promise<void> {
    const { history } = this.#parts.log
    const safe = this.#told.filter(({ safeAt, under }) => {
      const term = termAt(history, safeAt)
      return safeAt <= Math.min(top, history.n) && term !== undefined && termText(term) === under
    })
    if (safe.length === 0) return
    this.#told = this.#told.filter((told) => !safe.includes(told))
    this.#rows = this.#rows.filter(
      (row) => !safe.some(({ term, upTo }) => row.term === term && row.n <= upTo),
    )
    await this.#parts.truth.commit(
      safe.map(({ term, upTo }) => ({ do: 'settle', site: this.#parts.site, term, upTo }) as const),
    )
  }

  /** The next rows of one term that no answer covers. */
  #next(): readonly SalvageRow[] {
    const rows = this.#rows.filter(
      (row) => !this.#told.some(({ term, upTo }) => row.term === term && row.n <= upTo),
    )
    const term = rows[0]?.term
    const chunk: SalvageRow[] = []
    let bytes = 0
    for (const row of rows) {
      if (row.term !== term || (chunk.length > 0 && bytes > chunkBytes)) break
      chunk.push(row)
      bytes += row.head.length + row.bodies.length
    }
    return chunk
  }
}

import type { SalvageRow } from '../../store/truth.ts'
import { lastTerm, termAt } from '../site/history.ts'
import { compareTerms, parseTerm, termText } from '../term.ts'
import type { Asks } from './asks.ts'
import type { SiteParts } from './site-parts.ts'

const chunkBytes = 8 * 1024
const retryMs = 5_000

/** The keeper says that a row is safe at or before entry `at` of its term `under`. */
type Told = { readonly at: number; readonly under: string }

/**
 * The entries of a branch that lost. They are handed to the keeper until it has them, and forgotten
 * here only when the log of this box and of the top box have what became of them (TERM-6).
 */
export class SalvageFlow {
  readonly #parts: SiteParts
  readonly #asks: Asks
  readonly #reconsider: () => void
  #rows: readonly SalvageRow[] = []
  readonly #told = new Map<SalvageRow, Told>()
  #handing = false
  #waiting = false

  constructor(parts: SiteParts, asks: Asks, reconsider: () => void) {
    this.#parts = parts
    this.#asks = asks
    this.#reconsider = reconsider
  }

  get waiting(): number {
    return this.#rows.length
  }

  async load(): Promise<void> {
    this.#rows = await this.#parts.truth.salvage(this.#parts.site, Number.MAX_SAFE_INTEGER)
    this.#told.clear()
  }

  /** Hands in what the keeper has not said to have, from the oldest on. Another keeper is asked anew. */
  async handIn(): Promise<void> {
    const term = lastTerm(this.#parts.log.history)
    if (this.#handing || this.#waiting || this.#rows.length === 0 || !term) return
    for (const [row, { under }] of this.#told)
      if (compareTerms(parseTerm(under), term) < 0) this.#told.delete(row)
    this.#handing = true
    try {
      const rows = this.#rows
      let open = rows.filter((row) => !this.#told.has(row))
      while (open.length > 0 && rows === this.#rows) {
        const chunk = firstChunk(open)
        open = open.slice(chunk.length)
        const answer = await this.#asks.handIn(
          chunk.map(({ n, term: of, head, bodies }) => ({ n, term: of, head, bodies })),
        )
        if (answer === 'away') {
          // Tried again after a while, or as soon as there is a new way to the keeper.
          this.#parts.machine.timers.after(retryMs, this.#reconsider)
          return
        }
        for (const place of answer.safe) {
          const row = chunk[place]
          if (row) this.#told.set(row, { at: answer.n, under: answer.term })
        }
      }
      if (rows.some((row) => !this.#told.has(row))) this.#againLater()
    } finally {
      this.#handing = false
    }
  }

  /** Forgets what is safe in the log here, and at the top, by entry `top`: of each term, from its first row on. */
  async settle(top: number): Promise<void> {
    const { history } = this.#parts.log
    const isSafe = (row: SalvageRow) => {
      const told = this.#told.get(row)
      const term = told && termAt(history, told.at)
      return (
        told !== undefined &&
        told.at <= Math.min(top, history.n) &&
        term !== undefined &&
        termText(term) === told.under
      )
    }
    for (const [term, rows] of Map.groupBy(this.#rows, (row) => row.term)) {
      const ascending = rows.toSorted((a, b) => a.n - b.n)
      const unsafe = ascending.findIndex((row) => !isSafe(row))
      const safe = unsafe < 0 ? ascending : ascending.slice(0, unsafe)
      const last = safe.at(-1)
      if (!last) continue
      await this.#parts.truth.commit([{ do: 'settle', site: this.#parts.site, term, upTo: last.n }])
      this.#rows = this.#rows.filter((row) => !safe.includes(row))
    }
  }

  /** What was refused may be missing something that is on its way. */
  #againLater(): void {
    if (this.#waiting) return
    this.#waiting = true
    this.#parts.machine.timers.after(retryMs, () => {
      this.#waiting = false
      this.#reconsider()
    })
  }
}

function firstChunk(rows: readonly SalvageRow[]): readonly SalvageRow[] {
  let bytes = 0
  const end = rows.findIndex(({ head, bodies }, index) => {
    bytes += head.length + bodies.length
    return index > 0 && bytes > chunkBytes
  })
  return end < 0 ? rows : rows.slice(0, end)
}

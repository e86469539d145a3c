import { sha256 } from '../digest.ts'
import type { Asks } from './asks.ts'
import type { SiteParts } from './site-parts.ts'

const retryMs = 5_000

/**
 * Facts that are hollow on this box, and that no entry of its log erases: the entry that did was lost to
 * another keeper. What was promised to a person holds, so it is asked for again (LOG-26).
 */
export class LostErasures {
  readonly #parts: SiteParts
  readonly #asks: Asks
  readonly #reconsider: () => void
  #asking = false

  constructor(parts: SiteParts, asks: Asks, reconsider: () => void) {
    this.#parts = parts
    this.#asks = asks
    this.#reconsider = reconsider
  }

  async ask(): Promise<void> {
    const { log, box, site, machine } = this.#parts
    if (this.#asking || log.state.hollow.length === 0 || !this.#hasAll()) return
    this.#asking = true
    try {
      await log.refresh()
      const places = log.state.hollow
      if (places.length === 0 || !this.#hasAll()) return
      machine.log('warn', `${site}: ${places.length} facts are hollow here that no entry erases`)
      // All who lack the same bodies ask for the same, once.
      const key = `hollow ${sha256(JSON.stringify(places))}`
      const answer = await this.#asks.act({ action: 'facts.erase', key, who: box, input: { places } })
      if (answer.is !== 'answered') machine.timers.after(retryMs, this.#reconsider)
    } finally {
      this.#asking = false
    }
  }

  /** The entry that erases them is not merely still on its way. */
  #hasAll(): boolean {
    const { log, peers } = this.#parts
    return (
      log.viewLag === 0 &&
      [...peers.values()].every(({ isTrusted, history }) => !isTrusted || history.n <= log.history.n)
    )
  }
}

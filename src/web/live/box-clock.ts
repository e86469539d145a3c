import type { Instant } from '../../kernel/instant.ts'

/** What time it is by the box, and how far off that may be. */
export type BoxTime = { readonly ms: number; readonly within: number }

/** How far off a clock of this quality may be (CLOCK-1). */
const errors = { 1: 5_000, 2: 250, 3: 20 } as const
/** Clocks drift by so much (CLOCK-3). */
const driftPerMs = 100e-6

/** The time of the box on the clock of this page, from the beats that it answers. */
export class BoxClock {
  #offset = 0
  #within = Infinity
  #at = 0

  /** A beat was said at `said`, and this answer came at `heard`, both by the clock of this page. */
  heard([mono, offset, quality]: Instant, said: number, heard: number): void {
    if (offset === null || quality === 0) return
    const half = (heard - said) / 2
    const within = half + errors[quality]
    const found = mono + offset - (said + half)
    const sure = this.#withinAt(heard)
    // One that came quickly is worth more than a newer one that did not, unless the box has set its clock since.
    if (within > sure && Math.abs(found - this.#offset) <= within + sure) return
    this.#offset = found
    this.#within = within
    this.#at = heard
  }

  /** Undefined while the box has not said, or does not know itself. */
  at(mono: number): BoxTime | undefined {
    const within = this.#withinAt(mono)
    return Number.isFinite(within) ? { ms: mono + this.#offset, within } : undefined
  }

  #withinAt(mono: number): number {
    return this.#within + Math.abs(mono - this.#at) * driftPerMs
  }
}

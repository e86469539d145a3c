import type { Clock, Vouch } from '../kernel/machine.ts'
import type { Time } from './time.ts'

/** The world begins on a Saturday morning. */
export const beginning = Date.UTC(2026, 5, 13, 6)

/**
 * A machine's clocks. The monotonic one counts from the boot and drifts a little; the wall clock
 * says whatever it was told, years off or stepping.
 */
export class BoxClock implements Clock {
  readonly #time: Time
  readonly #drift: number
  #bootedAt: number
  #wrongBy: number

  constructor(time: Time, parts: { readonly drift: number; readonly wrongBy: number }) {
    this.#time = time
    this.#drift = parts.drift
    this.#bootedAt = time.now
    this.#wrongBy = parts.wrongBy
  }

  readonly mono = (): number => Math.floor((this.#time.now - this.#bootedAt) * (1 + this.#drift))

  readonly wall = (): number => Math.floor(beginning + this.#time.now * (1 + this.#drift) + this.#wrongBy)

  /** The machine vouches for its wall clock while nobody has told it nonsense. */
  readonly vouch = (): Vouch | null => (Math.abs(this.#wrongBy) < 250 ? { within: 250, by: 'network' } : null)

  reboot(): void {
    this.#bootedAt = this.#time.now
  }

  step(ms: number): void {
    this.#wrongBy += ms
  }
}

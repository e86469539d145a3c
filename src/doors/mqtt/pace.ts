import type { Machine } from '../../kernel/machine.ts'

/** So many a second on average, and twice as many at once. */
export class Pace {
  readonly #machine: Machine
  readonly #perSecond: number
  #left: number
  #at: number

  constructor(machine: Machine, perSecond: number) {
    this.#machine = machine
    this.#perSecond = perSecond
    this.#left = 2 * perSecond
    this.#at = machine.clock.mono()
  }

  /** Counts one. After it so many milliseconds must pass before the next. */
  take(): number {
    const now = this.#machine.clock.mono()
    this.#left = Math.min(2 * this.#perSecond, this.#left + ((now - this.#at) * this.#perSecond) / 1000)
    this.#at = now
    this.#left -= 1
    return this.#left >= 0 ? 0 : Math.ceil((-1000 * this.#left) / this.#perSecond)
  }
}

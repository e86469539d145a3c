import type { Machine } from '../../kernel/machine.ts'

/** Notices a client of which nothing is heard: one that does not sign in, or does not keep what it promised. */
export class Silence {
  readonly #machine: Machine
  #heard: number
  #cancel: () => void

  constructor(machine: Machine, withinMs: number, late: () => void) {
    this.#machine = machine
    this.#heard = machine.clock.mono()
    this.#cancel = machine.timers.after(withinMs, late)
  }

  heard(): void {
    this.#heard = this.#machine.clock.mono()
  }

  stop(): void {
    this.#cancel()
  }

  /**
   * From now on, one and a half times what it promised is too long. `isReading`: what it has sent may still wait for
   * us to read it.
   */
  keep(keepAliveSeconds: number, isReading: () => boolean, gone: () => void): void {
    this.#cancel()
    if (keepAliveSeconds === 0 || keepAliveSeconds === Infinity) return
    const { timers, clock } = this.#machine
    const patience = keepAliveSeconds * 1500
    const look = () => {
      const left = this.#heard + patience - clock.mono()
      if (left <= 0 && isReading()) return gone()
      this.#cancel = timers.after(Math.max(left, 1000), look)
    }
    this.#cancel = timers.after(patience, look)
  }
}

import type { Timers } from '../machine.ts'
import type { End, Job, OrderDriver, Tried } from './driver.ts'

/** Told that its time is over, a driver has so long to come to an end. */
export const overrunMs = 10_000
/** Cancelled, it has so long. */
export const stopWithinMs = 30_000

const over = 'it ran for longer than it may'

/** One try of an order, from its start to whatever end it comes to. It always comes to one. */
export class Try {
  readonly #abort = new AbortController()
  readonly #timers: Timers
  readonly #driver: OrderDriver
  readonly #cancels: (() => void)[] = []
  #giveUp: (end: End) => void = () => {}
  #told: 'cancelled' | 'over' | undefined

  constructor(driver: OrderDriver, timers: Timers) {
    this.#driver = driver
    this.#timers = timers
  }

  async run(job: Omit<Job, 'stop'>, runMs: number): Promise<End> {
    const gaveUp = new Promise<End>((resolve) => (this.#giveUp = resolve))
    this.#later(runMs, () => this.#tell('over', overrunMs))
    try {
      return await Promise.race([this.#drive({ ...job, stop: this.#abort.signal }), gaveUp])
    } finally {
      for (const cancel of this.#cancels) cancel()
    }
  }

  /** Somebody cancels it while it runs. */
  cancel(): void {
    this.#tell('cancelled', stopWithinMs)
  }

  /** This process ends, and nobody waits for it. */
  abandon(): void {
    this.#abort.abort()
  }

  async #drive(job: Job): Promise<End> {
    const tried = await this.#settled(job)
    switch (tried.is) {
      case 'done':
        return { outcome: 'done', result: tried.result }
      case 'refused':
        return { outcome: 'refused', error: tried.error }
      case 'failed':
        if (this.#told === 'cancelled') return { outcome: 'cancelled', error: tried.error }
        return { outcome: 'failed', error: this.#told === 'over' ? over : tried.error }
    }
  }

  async #settled(job: Job): Promise<Tried> {
    try {
      return await this.#driver.run(job)
    } catch (error) {
      return { is: 'failed', error: error instanceof Error ? error.message : String(error) }
    }
  }

  #tell(why: 'cancelled' | 'over', withinMs: number): void {
    if (this.#told !== undefined) return
    this.#told = why
    this.#abort.abort()
    const error = why === 'over' ? over : 'it was cancelled, and did not stop'
    this.#later(withinMs, () => this.#giveUp({ outcome: 'unknown', error }))
  }

  #later(ms: number, run: () => void): void {
    this.#cancels.push(this.#timers.after(ms, run))
  }
}

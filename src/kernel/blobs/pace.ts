import type { Machine } from '../machine.ts'

/** Resolves after so long, or when the signal says that nobody waits any more. */
export function rest(timers: Machine['timers'], ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = () => {
      cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const cancel = timers.after(ms, end)
    signal.addEventListener('abort', end)
  })
}

/** Keeps all that is downloaded together under a rate. What has come already is waited for afterwards. */
export class Pace {
  readonly #machine: Pick<Machine, 'clock' | 'timers'>
  #bytesPerSecond: number | null
  #paidUntil = 0

  constructor(machine: Pick<Machine, 'clock' | 'timers'>, bytesPerSecond: number | null) {
    this.#machine = machine
    this.#bytesPerSecond = bytesPerSecond
  }

  limit(bytesPerSecond: number | null): void {
    this.#bytesPerSecond = bytesPerSecond
    this.#paidUntil = 0
  }

  async spent(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.#bytesPerSecond === null) return
    const now = this.#machine.clock.mono()
    this.#paidUntil = Math.max(this.#paidUntil, now) + (bytes * 1000) / this.#bytesPerSecond
    const ms = this.#paidUntil - now
    if (ms >= 1) await rest(this.#machine.timers, ms, signal)
  }
}

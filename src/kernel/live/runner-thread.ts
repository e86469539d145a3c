import type { Worker } from 'node:worker_threads'
import type { Timers } from '../machine.ts'
import type { Ran, Runner } from './runner.ts'
import type { RunnerAnswer, RunnerCall } from './runner-serve.ts'

/** A run that takes so long holds all the others up: its thread is ended. */
const longestMs = 20_000

/**
 * The Runner port over a thread, which starts when somebody asks for the first time, and again after it died. Only
 * what it was running fails with it.
 */
export function openRunner(start: () => Worker, timers: Timers): Runner {
  let life: Life | undefined
  return {
    run: (...call) => {
      if (!life || life.isOver) life = new Life(start(), timers)
      return life.run(call)
    },
    close: async () => life?.close(),
  }
}

type Asked = { readonly resolve: (ran: Ran) => void }

/** One thread from its start to its end. */
class Life {
  readonly #worker: Worker
  readonly #timers: Timers
  readonly #asked = new Map<number, Asked>()
  readonly #ended: Promise<void>
  #next = 1
  #why = 'its thread has ended'
  #cancel = () => {}
  isOver = false

  constructor(worker: Worker, timers: Timers) {
    this.#worker = worker
    this.#timers = timers
    worker.on('error', (error) => (this.#why = `its thread is gone: ${String(error)}`))
    worker.on('message', ({ id, ran }: RunnerAnswer) => {
      const asked = this.#asked.get(id)
      this.#asked.delete(id)
      this.#watch()
      asked?.resolve(ran ?? { is: 'away', why: this.#why })
    })
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#end()
        resolve()
      })
    })
  }

  run(run: NonNullable<RunnerCall['run']>): Promise<Ran> {
    return this.#ask(run)
  }

  async close(): Promise<void> {
    if (this.isOver) return
    void this.#ask(null)
    await this.#ended
  }

  #ask(run: RunnerCall['run']): Promise<Ran> {
    return new Promise((resolve) => {
      const id = this.#next++
      this.#asked.set(id, { resolve })
      if (this.#asked.size === 1) this.#watch()
      this.#worker.postMessage({ id, run } satisfies RunnerCall)
    })
  }

  /** The run that is under way now has so long from now on. */
  #watch(): void {
    this.#cancel()
    if (this.#asked.size === 0 || this.isOver) return
    this.#cancel = this.#timers.after(longestMs, () => {
      this.#why = `it took over ${longestMs / 1000} s`
      const [first] = this.#asked
      if (first) {
        this.#asked.delete(first[0])
        first[1].resolve({ is: 'failed', ms: longestMs, why: this.#why })
      }
      this.#end()
      void this.#worker.terminate()
    })
  }

  #end(): void {
    this.isOver = true
    this.#cancel()
    for (const { resolve } of this.#asked.values()) resolve({ is: 'away', why: this.#why })
    this.#asked.clear()
  }
}

import type { Worker } from 'node:worker_threads'
import type { RestingAnswer, RestingMessage } from './resting-serve.ts'
import { unpackError } from './truth-wire.ts'
import { StoreError } from './truth.ts'

type Parts = {
  readonly start: () => Worker
  /** What the thread keeps, in words. */
  readonly keeps: string
  readonly idleMs: number
  readonly timers: { readonly after: (ms: number, run: () => void) => () => void }
  /** Told what the thread says by itself. */
  readonly say: (text: string) => void
  /** It died while it was asked something. */
  readonly lost?: ((why: string) => void) | undefined
}

type Asked = {
  readonly worker: Worker
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * A thread that costs nothing while nobody asks it anything: it starts with an ask, and ends when none has come for
 * a while. When it dies, nobody knows what became of what it was asked, and the next ask starts another.
 */
export class RestingThread<Ask> {
  readonly #parts: Parts
  readonly #asked = new Map<number, Asked>()
  #worker: Worker | undefined
  #cancelRest: () => void = () => {}
  #next = 1
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  ask(ask: Ask): Promise<unknown> {
    if (this.#closed)
      return Promise.reject(new StoreError('closed', `the thread of ${this.#parts.keeps} is closed`))
    return this.#tell((this.#worker ??= this.#start()), ask)
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#retire()
  }

  /** Ends the thread once it has done what it was asked. */
  async #retire(): Promise<void> {
    this.#cancelRest()
    const worker = this.#worker
    if (!worker) return
    this.#worker = undefined
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    await this.#tell(worker, undefined).catch(() => undefined)
    await ended
  }

  #tell(worker: Worker, ask: Ask | undefined): Promise<unknown> {
    this.#cancelRest()
    return new Promise((resolve, reject) => {
      const id = this.#next++
      this.#asked.set(id, { worker, resolve, reject })
      worker.postMessage({ id, ask } satisfies RestingMessage<Ask>)
    })
  }

  #start(): Worker {
    const worker = this.#parts.start()
    let cause = 'it ended'
    worker.on('message', (answer: RestingAnswer) => this.#hear(answer))
    worker.on('error', (error: unknown) => {
      cause = error instanceof Error ? error.message : String(error)
    })
    worker.once('exit', () => this.#ended(worker, cause))
    return worker
  }

  #ended(worker: Worker, cause: string): void {
    if (this.#worker === worker) this.#worker = undefined
    const error = new StoreError('io', `the thread of ${this.#parts.keeps} is gone: ${cause}`)
    const lost = [...this.#asked].filter(([, asked]) => asked.worker === worker)
    if (lost.length > 0) this.#parts.lost?.(error.message)
    for (const [id, { reject }] of lost) {
      this.#asked.delete(id)
      reject(error)
    }
  }

  #hear(answer: RestingAnswer): void {
    if ('said' in answer) return this.#parts.say(answer.said)
    const asked = this.#asked.get(answer.id)
    this.#asked.delete(answer.id)
    if ('error' in answer) asked?.reject(unpackError(answer.error))
    else asked?.resolve(answer.value)
    if (this.#asked.size > 0 || this.#closed) return
    this.#cancelRest()
    this.#cancelRest = this.#parts.timers.after(this.#parts.idleMs, () => void this.#retire())
  }
}

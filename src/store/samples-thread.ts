import { Worker } from 'node:worker_threads'
import type { Rings, RingSize, Sample, SamplePage, SampleQuery, Samples } from './ring.ts'
import type { SamplesAnswer, SamplesAsk, SamplesThreadData } from './samples-serve.ts'
import { unpackError } from './truth-wire.ts'
import { StoreError } from './truth.ts'

/** Batches that may wait for the disk; more are dropped. */
const mostWaiting = 16
/** The thread holds 9 MB: a box that has nothing to say does without it. */
const idleMs = 10_000

type Timers = { readonly after: (ms: number, run: () => void) => () => void }

type Asked = {
  readonly worker: Worker
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** Samples in a file, in a thread of their own: a card that stalls for ten seconds stops nobody but them. */
export class SamplesThread implements Samples {
  readonly #data: SamplesThreadData
  readonly #say: (text: string) => void
  readonly #timers: Timers
  #cancelRest: () => void = () => {}
  #worker: Worker | undefined
  readonly #asked = new Map<number, Asked>()
  #next = 1
  #appending = 0
  #dropped = 0
  #closed = false

  constructor(path: string, rings: Rings, timers: Timers, say: (text: string) => void) {
    this.#data = { regie: 'samples', path, rings }
    this.#timers = timers
    this.#say = say
  }

  append(ring: string, rows: readonly Sample[], now: number | null): void {
    if (this.#closed || this.#appending >= mostWaiting) {
      this.#dropped += rows.length
      return
    }
    this.#appending += 1
    this.#ask({ do: 'append', ring, rows, now })
      .then(
        (dropped) => (this.#dropped += Number(dropped)),
        () => (this.#dropped += rows.length),
      )
      .finally(() => (this.#appending -= 1))
  }

  read(ring: string, query: SampleQuery): Promise<SamplePage> {
    return this.#ask({ do: 'read', ring, query }) as Promise<SamplePage>
  }

  sizes(): Promise<Readonly<Record<string, RingSize>>> {
    return this.#ask({ do: 'sizes' }) as Promise<Readonly<Record<string, RingSize>>>
  }

  dropped(): number {
    return this.#dropped
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#retire()
  }

  /** Ends the thread once it has done what it was asked. The next ask starts another. */
  async #retire(): Promise<void> {
    this.#cancelRest()
    const worker = this.#worker
    if (!worker) return
    this.#worker = undefined
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    await this.#tell(worker, { do: 'close' }).catch(() => undefined)
    await ended
  }

  #ask(ask: SamplesAsk): Promise<unknown> {
    if (this.#closed) return Promise.reject(new StoreError('closed', 'the samples are closed'))
    return this.#tell((this.#worker ??= this.#start()), ask)
  }

  #tell(worker: Worker, ask: SamplesAsk): Promise<unknown> {
    this.#cancelRest()
    return new Promise((resolve, reject) => {
      const id = this.#next++
      this.#asked.set(id, { worker, resolve, reject })
      worker.postMessage({ ...ask, id })
    })
  }

  /** When it dies, what it was asked is lost, and the next ask starts another. */
  #start(): Worker {
    const worker = new Worker(new URL('./samples-worker.ts', import.meta.url), {
      name: 'samples',
      workerData: this.#data,
    })
    let cause = 'it ended'
    worker.on('message', (answer: SamplesAnswer) => this.#hear(answer))
    worker.on('error', (error: unknown) => {
      cause = error instanceof Error ? error.message : String(error)
    })
    worker.once('exit', () => {
      if (this.#worker === worker) this.#worker = undefined
      const error = new StoreError('io', `the thread of the samples is gone: ${cause}`)
      const lost = [...this.#asked].filter(([, asked]) => asked.worker === worker)
      if (lost.length > 0) this.#say(error.message)
      for (const [id, { reject }] of lost) {
        this.#asked.delete(id)
        reject(error)
      }
    })
    return worker
  }

  #hear(answer: SamplesAnswer): void {
    if ('said' in answer) return this.#say(answer.said)
    const asked = this.#asked.get(answer.id)
    this.#asked.delete(answer.id)
    if ('error' in answer) asked?.reject(unpackError(answer.error))
    else asked?.resolve(answer.value)
    if (this.#asked.size > 0 || this.#closed) return
    this.#cancelRest()
    this.#cancelRest = this.#timers.after(idleMs, () => void this.#retire())
  }
}

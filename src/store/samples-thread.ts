import { Worker } from 'node:worker_threads'
import { RestingThread } from './resting-thread.ts'
import type { Rings, RingSize, Sample, SamplePage, SampleQuery, Samples } from './ring.ts'
import type { SamplesAsk, SamplesThreadData } from './samples-serve.ts'

/** Batches that may wait for the disk; more are dropped. */
const mostWaiting = 16
/** The thread holds 9 MB: a box that has nothing to say does without it. */
const idleMs = 10_000

type Timers = { readonly after: (ms: number, run: () => void) => () => void }

/** Samples in a file, in a thread of their own: a card that stalls for ten seconds stops nobody but them. */
export class SamplesThread implements Samples {
  readonly #thread: RestingThread<SamplesAsk>
  #appending = 0
  #dropped = 0
  #closed = false

  constructor(path: string, rings: Rings, timers: Timers, say: (text: string) => void) {
    const workerData: SamplesThreadData = { regie: 'samples', path, rings }
    const url = new URL('./samples-worker.ts', import.meta.url)
    const start = () => new Worker(url, { name: 'samples', workerData })
    this.#thread = new RestingThread({ start, keeps: 'the samples', idleMs, timers, say, lost: say })
  }

  append(ring: string, rows: readonly Sample[], now: number | null): void {
    if (this.#closed || this.#appending >= mostWaiting) {
      this.#dropped += rows.length
      return
    }
    this.#appending += 1
    this.#thread
      .ask({ do: 'append', ring, rows, now })
      .then(
        (dropped) => (this.#dropped += Number(dropped)),
        () => (this.#dropped += rows.length),
      )
      .finally(() => (this.#appending -= 1))
  }

  read(ring: string, query: SampleQuery): Promise<SamplePage> {
    return this.#thread.ask({ do: 'read', ring, query }) as Promise<SamplePage>
  }

  sizes(): Promise<Readonly<Record<string, RingSize>>> {
    return this.#thread.ask({ do: 'sizes' }) as Promise<Readonly<Record<string, RingSize>>>
  }

  dropped(): number {
    return this.#dropped
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#thread.close()
  }
}

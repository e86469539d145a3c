import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { Mail, Mailbox, MailWrite } from './mailbox.ts'
import type { MailAnswer, MailAsk, MailThreadData } from './mailbox-serve.ts'
import { unpackError } from './truth-wire.ts'
import { StoreError } from './truth.ts'

/** The thread holds some MB: a box whose devices say nothing that must wait does without it. */
const idleMs = 30_000
const empty: Mail = { sessions: [], waiting: [], messages: [], retained: [], wills: [] }

type Timers = { readonly after: (ms: number, run: () => void) => () => void }
type Ends = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }
type Call = Ends & { readonly writes: readonly MailWrite[] }

/**
 * A mailbox in a file, in a thread of its own. The calls that come while one group is being written are the next
 * group: one fsync for all. A group that fails fails those behind it too, so that what is kept of a caller's calls
 * is always their beginning.
 */
export class MailboxThread implements Mailbox {
  readonly #path: string
  readonly #timers: Timers
  readonly #asked = new Map<number, Ends & { readonly worker: Worker }>()
  #worker: Worker | undefined
  readonly #waiting: Call[] = []
  #writing: Promise<void> | undefined
  #cancelRest: () => void = () => {}
  #next = 1
  #closed = false

  constructor(path: string, timers: Timers) {
    this.#path = path
    this.#timers = timers
  }

  commit(writes: readonly MailWrite[]): Promise<void> {
    if (this.#closed) return Promise.reject(new StoreError('closed', 'the mailbox is closed'))
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#waiting.push({ writes, resolve, reject })
    this.#writing ??= this.#drain()
    return promise as Promise<void>
  }

  async load(): Promise<Mail> {
    // Most boxes have none: no thread is started to find that out.
    return existsSync(this.#path) ? ((await this.#ask({ do: 'load' })) as Mail) : empty
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#writing
    await this.#retire()
  }

  async #drain(): Promise<void> {
    // Let the calls of this very moment come in: they share the first fsync.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0)
      try {
        await this.#ask({ do: 'commit', writes: group.flatMap(({ writes }) => writes) })
        for (const { resolve } of group) resolve(undefined)
      } catch (error) {
        const cause = error instanceof Error ? error : new Error(String(error))
        for (const { reject } of [...group, ...this.#waiting.splice(0)]) reject(cause)
      }
    }
    this.#writing = undefined
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

  #ask(ask: MailAsk): Promise<unknown> {
    return this.#tell((this.#worker ??= this.#start()), ask)
  }

  #tell(worker: Worker, ask: MailAsk): Promise<unknown> {
    this.#cancelRest()
    return new Promise((resolve, reject) => {
      const id = this.#next++
      this.#asked.set(id, { worker, resolve, reject })
      worker.postMessage({ ...ask, id })
    })
  }

  /** When it dies, nobody knows what became of what it was asked, and the next ask starts another. */
  #start(): Worker {
    const data: MailThreadData = { regie: 'mailbox', path: this.#path }
    const worker = new Worker(new URL('./mailbox-worker.ts', import.meta.url), {
      name: 'mailbox',
      workerData: data,
    })
    let cause = 'it ended'
    worker.on('message', (answer: MailAnswer) => this.#hear(answer))
    worker.on('error', (error: unknown) => {
      cause = error instanceof Error ? error.message : String(error)
    })
    worker.once('exit', () => {
      if (this.#worker === worker) this.#worker = undefined
      const error = new StoreError('io', `the thread of the mailbox is gone: ${cause}`)
      for (const [id, asked] of this.#asked) {
        if (asked.worker !== worker) continue
        this.#asked.delete(id)
        asked.reject(error)
      }
    })
    return worker
  }

  #hear(answer: MailAnswer): void {
    const asked = this.#asked.get(answer.id)
    this.#asked.delete(answer.id)
    if ('error' in answer) asked?.reject(unpackError(answer.error))
    else asked?.resolve(answer.value)
    if (this.#asked.size > 0 || this.#closed) return
    this.#cancelRest()
    this.#cancelRest = this.#timers.after(idleMs, () => void this.#retire())
  }
}

import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { toMailColumns } from './mail-columns.ts'
import type { Mail, Mailbox, MailWrite } from './mailbox.ts'
import type { Committed } from './mailbox-keeper.ts'
import type { MailAsk, MailThreadData } from './mailbox-serve.ts'
import { RestingThread } from './resting-thread.ts'
import { StoreError } from './truth.ts'

/** The thread holds some MB: a box whose devices say nothing that must wait does without it. */
const idleMs = 30_000
const empty: Mail = { sessions: [], waiting: [], messages: [], retained: [], wills: [] }

type Timers = { readonly after: (ms: number, run: () => void) => () => void }
type Call = {
  readonly writes: readonly MailWrite[]
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/**
 * A mailbox in a file, in a thread of its own. The calls that come while one group is being written are the next
 * group: one fsync for all. A group that fails fails those behind it too, so that what is kept of a caller's calls
 * is always their beginning.
 */
export class MailboxThread implements Mailbox {
  readonly #path: string
  readonly #thread: RestingThread<MailAsk>
  readonly #waiting: Call[] = []
  #writing: Promise<void> | undefined
  #owed: () => readonly MailWrite[] = () => []
  #tell: (why: string) => void = () => {}
  #closed = false

  constructor(path: string, timers: Timers) {
    this.#path = path
    const workerData: MailThreadData = { regie: 'mailbox', path }
    const url = new URL('./mailbox-worker.ts', import.meta.url)
    const start = () => new Worker(url, { name: 'mailbox', workerData })
    const say = (why: string) => this.#tell(why)
    this.#thread = new RestingThread({ start, keeps: 'the mailbox', idleMs, timers, say })
  }

  onAnew(owed: () => readonly MailWrite[], tell: (why: string) => void): void {
    this.#owed = owed
    this.#tell = tell
  }

  commit(writes: readonly MailWrite[]): Promise<void> {
    if (this.#closed) return Promise.reject(new StoreError('closed', 'the mailbox is closed'))
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.push({ writes, resolve, reject })
    this.#writing ??= this.#drain()
    return promise
  }

  async load(): Promise<Mail> {
    // Most boxes have none: no thread is started to find that out.
    return existsSync(this.#path) ? ((await this.#thread.ask({ do: 'load' })) as Mail) : empty
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#writing
    await this.#thread.close()
  }

  async #drain(): Promise<void> {
    // Let the calls of this very moment come in: they share the first fsync.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0)
      try {
        await this.#write(group.flatMap(({ writes }) => writes))
        for (const { resolve } of group) resolve()
      } catch (error) {
        const cause = error instanceof Error ? error : new Error(String(error))
        for (const { reject } of [...group, ...this.#waiting.splice(0)]) reject(cause)
      }
    }
    this.#writing = undefined
  }

  /** Where the file turns out to be damaged, a new one begins with all that is owed, and with these writes. */
  async #write(writes: readonly MailWrite[]): Promise<void> {
    const commit = (all: readonly MailWrite[]) =>
      this.#thread.ask({ do: 'commit', writes: toMailColumns(all) })
    if ((await commit(writes)) === ('anew' satisfies Committed)) {
      const again = await commit([...this.#owed(), ...writes])
      if (again !== ('done' satisfies Committed))
        throw new StoreError('io', 'the mailbox was damaged twice, one after the other')
    }
  }
}

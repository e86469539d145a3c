import type { Worker } from 'node:worker_threads'
import { unpackError, type AnswerMessage, type Ask } from './truth-wire.ts'
import { StoreError } from './truth.ts'

type Asked = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }

/**
 * A store thread seen from outside. When it dies, what was asked of it is rejected, `died` is told, and the
 * next ask starts another: the file knows what was committed. What was being written when it died may be
 * there or not.
 */
export class StoreThread {
  readonly #start: () => Worker
  readonly #died: (error: StoreError) => void
  readonly #before: () => Promise<void>
  #life: Promise<Life> | undefined

  /** The thread starts at once, but opens its file only after `before`. */
  constructor(
    start: () => Worker,
    died: (error: StoreError) => void,
    before: () => Promise<void> = async () => {},
  ) {
    this.#start = start
    this.#died = died
    this.#before = before
  }

  async open(): Promise<void> {
    await this.#live()
  }

  async ask(ask: Ask): Promise<unknown> {
    const life = await this.#live()
    return life.ask(ask)
  }

  /** Ends the thread; its connection is closed when this resolves. */
  async close(): Promise<void> {
    const life = await this.#life?.catch(() => undefined)
    await life?.close()
  }

  #live(): Promise<Life> {
    this.#life ??= this.#begin()
    return this.#life
  }

  async #begin(): Promise<Life> {
    const life = new Life(this.#start(), (error) => {
      this.#life = undefined
      this.#died(error)
    })
    try {
      await this.#before()
      await life.ask({ ask: 'open' })
      return life
    } catch (error) {
      this.#life = undefined
      await life.close()
      throw error
    }
  }
}

/** One thread from its start to its end. */
class Life {
  readonly #worker: Worker
  readonly #asked = new Map<number, Asked>()
  readonly #ended: Promise<void>
  #next = 1
  #cause = 'it ended'
  #over: StoreError | undefined
  #closing = false

  constructor(worker: Worker, died: (error: StoreError) => void) {
    this.#worker = worker
    worker.on('message', (message: AnswerMessage) => this.#hear(message))
    worker.on('error', (error: unknown) => {
      this.#cause = error instanceof Error ? error.message : String(error)
    })
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#over = new StoreError('io', `the thread that holds the store is gone: ${this.#cause}`)
        for (const { reject } of this.#asked.values()) reject(this.#over)
        this.#asked.clear()
        if (!this.#closing) died(this.#over)
        resolve()
      })
    })
  }

  ask(ask: Ask): Promise<unknown> {
    if (this.#over !== undefined) return Promise.reject(this.#over)
    return new Promise((resolve, reject) => {
      const id = this.#next++
      this.#asked.set(id, { resolve, reject })
      this.#worker.postMessage({ ...ask, id })
    })
  }

  async close(): Promise<void> {
    if (this.#over !== undefined) return
    this.#closing = true
    await this.ask({ ask: 'close' }).catch(() => undefined)
    await this.#ended
  }

  #hear(message: AnswerMessage): void {
    const asked = this.#asked.get(message.id)
    this.#asked.delete(message.id)
    if ('error' in message) asked?.reject(unpackError(message.error))
    else asked?.resolve(message.value)
  }
}

import { StoreError } from '../../store/truth.ts'
import type { Item } from '../site/writer.ts'
import type { Outcome } from '../site/sequencer.ts'
import type { SiteParts } from './site-parts.ts'

/** How long an answer waits for a second copy (LOG-13). */
export const copyWaitMs = 300
const batchItems = 512

type Waiting = {
  readonly item: Item
  /** Nothing may be ordered after it. */
  readonly last: boolean
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}

/** Raised to whoever asks a box to order something that it does not keep (any more). */
export class NotKeeping extends Error {
  constructor() {
    super('this box does not keep the site')
    this.name = 'NotKeeping'
  }
}

/**
 * The keeper's queue. Everything that waits is ordered in one step, made durable with one commit,
 * and answered; what comes meanwhile is the next step.
 */
export class Keeper {
  readonly #parts: SiteParts
  readonly #isKeeping: () => boolean
  readonly #waiters = new Set<{ readonly n: number; readonly done: () => void }>()
  #queue: Waiting[] = []
  #running = false

  constructor(parts: SiteParts, isKeeping: () => boolean) {
    this.#parts = parts
    this.#isKeeping = isKeeping
  }

  /** Resolves when what follows from the item is on disk here. */
  submit(item: Item, place?: 'last'): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const arrived = this.#parts.machine.clock.mono()
      const stamped = item.do === 'act' ? { ...item, arrived } : item
      this.#queue.push({ item: stamped, last: place === 'last', resolve, reject })
      void this.#run()
    })
  }

  /** Waits until another box has entry n on disk, or long enough. Tells how many boxes have it. */
  async copies(n: number): Promise<number> {
    if (this.#count(n) < 2 && this.#hasFollower()) {
      await new Promise<void>((resolve) => {
        const cancel = this.#parts.machine.timers.after(copyWaitMs, () => waiter.done())
        const waiter = {
          n,
          done: () => {
            cancel()
            this.#waiters.delete(waiter)
            resolve()
          },
        }
        this.#waiters.add(waiter)
      })
    }
    return this.#count(n)
  }

  /** Somebody acknowledged entries, or left. */
  followersChanged(): void {
    const follower = this.#hasFollower()
    for (const waiter of this.#waiters) if (!follower || this.#count(waiter.n) >= 2) waiter.done()
  }

  /** Nobody waits for a box that stopped keeping. */
  abandon(): void {
    const queue = this.#queue
    this.#queue = []
    for (const { reject } of queue) reject(new NotKeeping())
  }

  async #run(): Promise<void> {
    if (this.#running) return
    this.#running = true
    while (this.#queue.length > 0) await this.#parts.log.exclusive(() => this.#batch())
    this.#running = false
  }

  #count(n: number): number {
    return 1 + [...this.#parts.peers.values()].filter((peer) => peer.has(n)).length
  }

  #hasFollower(): boolean {
    return [...this.#parts.peers.values()].some((peer) => peer.sentUpTo !== undefined)
  }

  async #batch(): Promise<void> {
    if (!this.#isKeeping()) return this.abandon()
    const end = this.#queue.findIndex(({ last }) => last) + 1
    const batch = this.#queue.splice(0, Math.min(batchItems, end > 0 ? end : batchItems))
    try {
      const { outcomes } = await this.#parts.log.step(
        batch.map(({ item }) => item),
        this.#parts.now(),
      )
      outcomes.forEach((outcome, index) => batch[index]?.resolve(outcome))
    } catch (error) {
      if (!(error instanceof StoreError))
        this.#parts.machine.log('error', `${this.#parts.site}: ${String(error)}`)
      for (const { reject } of batch) reject(error)
    }
  }
}

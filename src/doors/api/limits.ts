import type { Clock } from '../../kernel/machine.ts'
import { Trouble } from '../errors.ts'

/** What one visitor may do in a minute. */
export const perMinute = { reads: 600, writes: 120, sensitive: 30 } as const
export type Sort = keyof typeof perMinute

/** So many buckets are remembered. Whose was not used for longest is forgotten, and full again. */
const mostBuckets = 10_000
const minuteMs = 60_000

type Bucket = { left: number; at: number }

/** For each visitor and sort of request a bucket that fills evenly, a minute's worth at most. */
export class Limits {
  readonly #mono: Clock['mono']
  readonly #buckets = new Map<string, Bucket>()

  constructor(mono: Clock['mono']) {
    this.#mono = mono
  }

  /** Counts one request. Throws a Trouble where it is one too many. */
  take(visitor: string, sort: Sort): void {
    const most = perMinute[sort]
    const name = `${sort} ${visitor}`
    const now = this.#mono()
    const known = this.#buckets.get(name) ?? { left: most, at: now }
    const left = Math.min(most, known.left + ((now - known.at) * most) / minuteMs)
    // Last in the order of the map: the first is the one that was not used for longest.
    this.#buckets.delete(name)
    this.#buckets.set(name, { left: left < 1 ? left : left - 1, at: now })
    this.#forget()
    if (left >= 1) return
    const seconds = Math.max(1, Math.ceil(((1 - left) * minuteMs) / most / 1000))
    throw Trouble.of('too_often', { most, seconds }).with({ retryAfter: seconds })
  }

  get size(): number {
    return this.#buckets.size
  }

  #forget(): void {
    if (this.#buckets.size <= mostBuckets) return
    const [oldest] = this.#buckets.keys()
    if (oldest !== undefined) this.#buckets.delete(oldest)
  }
}

/** Requests that are under way: of one visitor, and of all. */
const mostAtOnce = { each: 32, all: 200 } as const

/** How many requests are under way, so that no visitor and no crowd takes the whole box. */
export class Crowd {
  readonly #most: { readonly each: number; readonly all: number }
  readonly #inside = new Map<string, number>()
  #all = 0

  constructor(most: { readonly each: number; readonly all: number } = mostAtOnce) {
    this.#most = most
  }

  get size(): number {
    return this.#all
  }

  /** Returns how to leave. Throws a Trouble where there is no room. */
  enter(visitor: string): () => void {
    const mine = this.#inside.get(visitor) ?? 0
    if (mine >= this.#most.each || this.#all >= this.#most.all) throw Trouble.of('box_busy', {})
    this.#inside.set(visitor, mine + 1)
    this.#all += 1
    let isInside = true
    return () => {
      if (!isInside) return
      isInside = false
      this.#all -= 1
      const left = (this.#inside.get(visitor) ?? 1) - 1
      if (left > 0) this.#inside.set(visitor, left)
      else this.#inside.delete(visitor)
    }
  }
}

import type { Time } from '../time.ts'

type Sent<T> = { readonly what: T; readonly size: number }

/** What comes to a screen: in order, so many bytes a millisecond, and sometimes none at all. */
export class Pipe<T> {
  /** Bytes a millisecond. */
  rate: number
  readonly #time: Time
  readonly #latencyMs: number
  readonly #arrived: (what: T) => void
  readonly #queue: Sent<T>[] = []
  #waiting = 0
  #open = true
  #busy = false
  #blockedUntil = 0
  #hurry = () => {}

  constructor(
    time: Time,
    { rate, latencyMs }: { readonly rate: number; readonly latencyMs: number },
    arrived: (what: T) => void,
  ) {
    this.#time = time
    this.#latencyMs = latencyMs
    this.rate = rate
    this.#arrived = arrived
  }

  /** Bytes that have not arrived. */
  get waiting(): number {
    return this.#waiting
  }

  send(what: T, size: number): void {
    this.#queue.push({ what, size })
    this.#waiting += size
    if (!this.#busy) this.#carry()
  }

  /** Nothing arrives for so long. */
  block(ms: number): void {
    this.#blockedUntil = this.#time.now + ms
  }

  /** From now on it carries all there is, at once. */
  heal(): void {
    this.rate = 100
    this.#blockedUntil = 0
    this.#hurry()
  }

  close(): void {
    this.#open = false
  }

  #carry(): void {
    const next = this.#queue.shift()
    if (!next) return
    this.#busy = true
    const ms = Math.max(0, this.#blockedUntil - this.#time.now) + this.#latencyMs + next.size / this.rate
    const arrive = () => {
      this.#busy = false
      this.#hurry = () => {}
      if (!this.#open) return
      this.#waiting -= next.size
      this.#arrived(next.what)
      this.#carry()
    }
    const cancel = this.#time.after(ms, arrive)
    this.#hurry = () => {
      cancel()
      this.#time.after(this.#latencyMs, arrive)
      this.#hurry = () => {}
    }
  }
}

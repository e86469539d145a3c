import type { Dice } from './random.ts'
import type { Time } from './time.ts'

/** How one direction between two boxes behaves. */
export type Weather = {
  readonly latencyMs: number
  readonly jitterMs: number
  /** Packets lost beneath: each costs the message a retransmission. */
  readonly loss: number
  readonly bytesPerSecond: number
  /** A hostile machine in the middle does this to whole messages, with this probability. */
  readonly hostile: 'drop' | 'double' | 'swap' | 'none'
  readonly hostility: number
}

export const lan: Weather = {
  latencyMs: 1,
  jitterMs: 1,
  loss: 0,
  bytesPerSecond: 10_000_000,
  hostile: 'none',
  hostility: 0,
}
export const narrow: Partial<Weather> = { latencyMs: 60, jitterMs: 40, loss: 0.01, bytesPerSecond: 8000 }

/** A stretch of one channel in one direction: what goes in comes out in order, or not at all. */
export type Lane = { readonly queue: Parcel[]; waiting: boolean; void: boolean; last: number }
type Parcel = { readonly at: number; readonly deliver: () => void }

/** One direction between two boxes. All channels share its width. */
export class Path {
  weather: Weather
  readonly #time: Time
  readonly #dice: Dice
  readonly #held = new Set<Lane>()
  #cut = false
  #freeAt = 0

  constructor(time: Time, dice: Dice, weather: Weather) {
    this.#time = time
    this.#dice = dice
    this.weather = weather
  }

  get isCut(): boolean {
    return this.#cut
  }

  /** Nothing arrives any more; what is on its way waits, and comes late when the path is healed. */
  cut(): void {
    this.#cut = true
  }

  heal(): void {
    this.#cut = false
    for (const lane of this.#held) this.#await(lane, this.#time.now + this.#dice.int(0, 3000))
    this.#held.clear()
  }

  lane(): Lane {
    return { queue: [], waiting: false, void: false, last: 0 }
  }

  /** Bytes that have not left the sender yet. */
  backlog(): number {
    return Math.ceil((Math.max(0, this.#freeAt - this.#time.now) * this.weather.bytesPerSecond) / 1000)
  }

  send(lane: Lane, bytes: number, deliver: () => void): void {
    if (lane.void) return
    const { latencyMs, jitterMs, loss, bytesPerSecond } = this.weather
    this.#freeAt = Math.max(this.#freeAt, this.#time.now) + ((bytes + 40) * 1000) / bytesPerSecond
    let at = this.#freeAt + latencyMs + this.#dice.part() * jitterMs
    for (let again = 200; this.#dice.chance(loss) && again < 20_000; again *= 2) at += again
    lane.last = Math.max(lane.last, Math.ceil(at))
    lane.queue.push({ at: lane.last, deliver })
    if (!lane.waiting) this.#await(lane, lane.last)
  }

  #await(lane: Lane, at: number): void {
    lane.waiting = true
    this.#time.after(at - this.#time.now, () => this.#arrive(lane))
  }

  #arrive(lane: Lane): void {
    if (lane.void) {
      lane.queue.length = 0
      return
    }
    if (this.#cut) {
      this.#held.add(lane)
      return
    }
    const parcel = lane.queue.shift()
    const next = lane.queue[0]
    if (next) this.#await(lane, Math.max(next.at, this.#time.now))
    else lane.waiting = false
    parcel?.deliver()
  }
}

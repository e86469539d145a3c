/** What one box lets its readers do. */
export type LiveLimits = {
  /** Sockets in all, and of one visitor; those who have not said who they are, are counted by their address. */
  readonly sockets: number
  readonly socketsOfOne: number
  readonly socketsOfAddress: number
  /** Messages of one reader: so many at once, and so many a second. */
  readonly burst: number
  readonly perSecond: number
  /** What a reader has been sent and its line has not taken. Twice the largest answer, and some. */
  readonly bufferedBytes: number
  /** Whoever said nothing for so long is asked; after three times as long it is gone. */
  readonly silenceMs: number
  /** How long the other side has to agree to a close. */
  readonly closeMs: number
}

/** A venue has 3,000 screens; a school stands behind one address. */
export const usualLimits: LiveLimits = {
  sockets: 5_000,
  socketsOfOne: 1_000,
  socketsOfAddress: 500,
  burst: 1_000,
  perSecond: 300,
  bufferedBytes: 10_000_000,
  silenceMs: 3_000,
  closeMs: 1_000,
}

/** Lets so many through at once, and then so many a second. */
export class Bucket {
  readonly #limits: Pick<LiveLimits, 'burst' | 'perSecond'>
  #left: number
  #at: number

  constructor(limits: Pick<LiveLimits, 'burst' | 'perSecond'>, now: number) {
    this.#limits = limits
    this.#left = limits.burst
    this.#at = now
  }

  take(now: number): boolean {
    const { burst, perSecond } = this.#limits
    this.#left = Math.min(burst, this.#left + ((now - this.#at) * perSecond) / 1000)
    this.#at = now
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}

/** Who has how many sockets here. */
export class Places {
  readonly #taken = new Map<string, number>()

  /** Returns how the place is given back; undefined where there are `most`. */
  take(name: string, most: number): (() => void) | undefined {
    const taken = this.#taken.get(name) ?? 0
    if (taken >= most) return undefined
    this.#taken.set(name, taken + 1)
    let given = false
    return () => {
      if (given) return
      given = true
      const left = (this.#taken.get(name) ?? 1) - 1
      if (left > 0) this.#taken.set(name, left)
      else this.#taken.delete(name)
    }
  }
}

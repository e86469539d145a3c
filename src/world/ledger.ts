/** What a driver was told about one record. `unknown`: its box died before it said anything. */
export type Sighting = {
  readonly id: string
  readonly site: string
  readonly box: string
  readonly askedAt: number
  state: 'asked' | 'acknowledged' | 'refused' | 'unknown'
  endedAt: number
}

/** What its asker was told about one key, over all the times it was asked. */
export type Wish = {
  readonly key: string
  readonly site: string
  readonly askedAt: number
  /** Questions that have no answer yet, and those that ended as `unknown` or were given up. */
  open: number
  unclear: number
  refusals: number
  /** Refusals because the key had been used for something else. */
  conflicts: number
  /** Somebody else was answered something else under the same key. */
  borrowed: boolean
  readonly answers: {
    readonly at: number
    readonly box: string
    readonly n: number
    readonly text: string
    readonly copies: number
  }[]
}

/** What the people and devices of a world remember. It knows nothing that they were not told. */
export class Ledger {
  readonly sightings = new Map<string, Sighting>()
  readonly wishes = new Map<string, Wish>()

  asked(id: string, site: string, box: string, at: number): Sighting {
    const sighting: Sighting = { id, site, box, askedAt: at, state: 'asked', endedAt: at }
    this.sightings.set(id, sighting)
    return sighting
  }

  wish(key: string, site: string, at: number): Wish {
    const known = this.wishes.get(key)
    if (known) return known
    const none = { open: 0, unclear: 0, refusals: 0, conflicts: 0, borrowed: false }
    const wish: Wish = { key, site, askedAt: at, ...none, answers: [] }
    this.wishes.set(key, wish)
    return wish
  }

  acknowledged(): readonly Sighting[] {
    return [...this.sightings.values()].filter(({ state }) => state === 'acknowledged')
  }
}

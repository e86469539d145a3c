import type { Clock, Vouch } from '../kernel/machine.ts'
import type { Dice } from './random.ts'
import type { Time } from './time.ts'

/** The world begins on a Saturday morning. */
export const beginning = Date.UTC(2026, 5, 13, 6)

/** A machine's clocks, as the world can trouble them. */
export interface BoxClock extends Clock {
  readonly mono: () => number
  readonly wall: () => number
  readonly vouch: () => Vouch | null
  /** When its boot began, in the time of the world, and how much too fast its crystal is. */
  readonly bootedAt: number
  readonly drift: number
  reboot(): void
  /** Somebody sets the wall clock wrong by so much. */
  step(ms: number): void
  /** What sets the wall clock right is out of reach for so long. */
  loseNetwork(ms: number): void
}

/**
 * The monotonic clock counts from the boot and drifts a little; the wall clock says whatever it was
 * told, years off or stepping. The machine vouches while nobody has told it nonsense.
 */
export class PlainClock implements BoxClock {
  readonly drift: number
  readonly #time: Time
  #bootedAt: number
  #wrongBy: number

  constructor(time: Time, parts: { readonly drift: number; readonly wrongBy: number }) {
    this.#time = time
    this.drift = parts.drift
    this.#bootedAt = time.now
    this.#wrongBy = parts.wrongBy
  }

  get bootedAt(): number {
    return this.#bootedAt
  }

  readonly mono = (): number => Math.floor((this.#time.now - this.#bootedAt) * (1 + this.drift))

  readonly wall = (): number => Math.floor(beginning + this.#time.now * (1 + this.drift) + this.#wrongBy)

  readonly vouch = (): Vouch | null => (Math.abs(this.#wrongBy) < 250 ? { within: 250, by: 'network' } : null)

  reboot(): void {
    this.#bootedAt = this.#time.now
  }

  step(ms: number): void {
    this.#wrongBy += ms
  }

  loseNetwork(): void {}
}

/** `network`: something sets it right, some time after the start. `hardware`: it runs while the power is off. */
export type Kept = 'network' | 'hardware' | 'nothing'

/**
 * A clock of which the world knows how it is kept, and whose machine never vouches for what is not so:
 * whatever a box then states of a moment has to hold.
 */
export class KeptClock implements BoxClock {
  readonly drift: number
  readonly #time: Time
  readonly #dice: Dice
  readonly #within: number
  readonly #phase: number
  #kept: Kept
  #bootedAt: number
  /** From then on the network has set it right. */
  #syncedFrom: number
  /** While nothing sets it right it is off by this, and drifts from then on. */
  #off: { readonly by: number; readonly at: number }
  #stepped = false
  /** What its hardware is off by. */
  readonly #hardwareOff: number

  constructor(time: Time, dice: Dice, kept?: Kept) {
    this.#time = time
    this.#dice = dice
    this.drift = dice.int(-100, 100) / 1e6
    this.#kept = kept ?? dice.weighted({ network: 5, hardware: 3, nothing: 3 })
    this.#within = dice.pick([8, 15, 120])
    this.#phase = dice.part() * 7
    this.#hardwareOff = dice.int(-3000, 3000)
    this.#bootedAt = time.now
    this.#syncedFrom = time.now + (dice.chance(0.5) ? 0 : dice.int(1000, 90_000))
    this.#off = this.#asAtStart()
  }

  get bootedAt(): number {
    return this.#bootedAt
  }

  readonly mono = (): number => Math.floor((this.#time.now - this.#bootedAt) * (1 + this.drift))

  readonly wall = (): number => Math.floor(beginning + this.#time.now + this.#error())

  readonly vouch = (): Vouch | null => {
    if (this.#isSynced) return { within: this.#within, by: 'network' }
    if (this.#kept === 'hardware' && !this.#stepped) return { within: 4000, by: 'hardware' }
    return null
  }

  reboot(): void {
    this.#bootedAt = this.#time.now
    this.#stepped = false
    this.#syncedFrom = Math.max(this.#syncedFrom, this.#time.now + this.#dice.int(1000, 90_000))
    this.#off = this.#asAtStart()
  }

  step(ms: number): void {
    this.#off = { by: this.#error() + ms, at: this.#time.now }
    this.#stepped = true
    this.#syncedFrom = Math.max(this.#syncedFrom, this.#time.now + this.#dice.int(10_000, 300_000))
    // A hardware clock that is years off has lost its battery.
    if (Math.abs(ms) > 86_400_000 && this.#kept === 'hardware') this.#kept = 'nothing'
  }

  loseNetwork(ms: number): void {
    this.#off = { by: this.#error(), at: this.#time.now }
    this.#syncedFrom = Math.max(this.#syncedFrom, this.#time.now + ms)
  }

  get #isSynced(): boolean {
    return this.#kept === 'network' && this.#time.now >= this.#syncedFrom
  }

  #error(): number {
    const { now } = this.#time
    if (this.#isSynced) return 0.8 * this.#within * Math.sin(now / 200_000 + this.#phase)
    const drift = this.#kept === 'hardware' && !this.#stepped ? this.drift / 5 : this.drift
    return this.#off.by + (now - this.#off.at) * drift
  }

  #asAtStart() {
    // What the hardware says has drifted from the beginning of the world on.
    if (this.#kept === 'hardware') return { by: this.#hardwareOff, at: 0 }
    const seconds = this.#dice.int(1000, 50 * 365 * 86_400)
    return { by: (this.#dice.chance(0.3) ? seconds : -seconds) * 1000, at: this.#time.now }
  }
}

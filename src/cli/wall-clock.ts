import type { Vouch } from '../kernel/machine.ts'
import { vouchOfFiles, vouchOfPrograms } from './time-sources.ts'

const lookEveryMs = 60_000

type Parts = {
  /** The system's wall clock and its monotonic one. */
  readonly system: () => number
  readonly mono: () => number
  /** It is later than this, whatever the system says (CLOCK-15). */
  readonly floor: number
  readonly files?: typeof vouchOfFiles | undefined
  readonly programs?: typeof vouchOfPrograms | undefined
}

/** The wall clock of this machine, and how far the system vouches for it. Looked at in passing, never waited for. */
export class WallClock {
  readonly #parts: Parts
  readonly #began: number
  #said: Vouch | null = null
  #lookedAt: number | undefined
  #looking = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#began = parts.mono()
  }

  /** A machine that wakes up in 1970 goes on from the floor. */
  wall(): number {
    return Math.max(this.#parts.system(), this.#floor())
  }

  vouch(): Vouch | null {
    const { system, mono, files = vouchOfFiles } = this.#parts
    if (system() < this.#floor()) return null
    const now = mono()
    if (!this.#looking && (this.#lookedAt === undefined || now - this.#lookedAt >= lookEveryMs))
      this.#look(now)
    const said = files(system())
    if (!this.#said) return said
    return said && said.within < this.#said.within ? said : this.#said
  }

  #floor(): number {
    return this.#parts.floor + this.#parts.mono() - this.#began
  }

  #look(now: number): void {
    const { programs = vouchOfPrograms } = this.#parts
    this.#looking = true
    this.#lookedAt = now
    void programs().then(
      (said) => {
        this.#said = said
        this.#looking = false
      },
      () => (this.#looking = false),
    )
  }
}

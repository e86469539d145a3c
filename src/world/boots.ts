import type { BoxClock, Kept } from './clock.ts'

/** Whether clocks are lived; how those of some boxes are kept, chance saying it of the others. */
export type Clocks = boolean | Readonly<Record<string, Kept>>

type Boot = { readonly at: number; readonly drift: number }

/** When each boot of a machine really began: so the witness knows when any instant was. */
export class Boots {
  readonly #boots = new Map<string, Boot>()
  readonly #kept: Readonly<Record<string, Kept>>

  constructor(clocks: Clocks) {
    this.#kept = typeof clocks === 'object' ? clocks : {}
  }

  keptAt(box: string): Kept | undefined {
    return this.#kept[box]
  }

  began(boot: string, { bootedAt, drift }: BoxClock): void {
    this.#boots.set(boot, { at: bootedAt, drift })
  }

  /** In the time of the world; undefined for a boot that nobody saw. */
  truthOf(boot: string, mono: number): number | undefined {
    const known = this.#boots.get(boot)
    return known && known.at + mono / (1 + known.drift)
  }
}

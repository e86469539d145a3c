import type { End } from './process.ts'

/** An order as somebody asked for it. */
export type Wanted = {
  readonly order: string
  readonly site: string
  readonly to: string
  readonly kind: string
  readonly lifeMs: number
  readonly askedAt: number
  /** It was decided no later; not known while nobody was answered. */
  issuedBy: number | undefined
}

/** One try of an order, as the hand that does it saw it. */
export type Effort = {
  readonly order: string
  readonly site: string
  readonly kind: string
  readonly attempt: number
  readonly box: string
  /** The very process that began it. */
  readonly process: string
  readonly at: number
  /** When it had its effect. */
  effectAt: number | undefined
  /** The driver will never say how it ended. */
  hangs: boolean
  /** Nobody waits for it any more: it has ended, was given up, or its process is gone. */
  over: boolean
  end: End | undefined
}

/** What people wanted of boxes, and what the hands at the boxes did: outside of everything that the kernel keeps. */
export class OrderBook {
  readonly wanted = new Map<string, Wanted>()
  readonly #efforts = new Map<string, Effort[]>()

  want(wish: Omit<Wanted, 'issuedBy'>): void {
    if (!this.wanted.has(wish.order)) this.wanted.set(wish.order, { ...wish, issuedBy: undefined })
  }

  issued(order: string, at: number | undefined): void {
    const wanted = this.wanted.get(order)
    if (wanted) wanted.issuedBy = at
  }

  began(begun: Omit<Effort, 'effectAt' | 'hangs' | 'over' | 'end'>): Effort {
    const effort: Effort = { ...begun, effectAt: undefined, hangs: false, over: false, end: undefined }
    this.#efforts.set(effort.order, [...this.effortsOf(effort.order), effort])
    return effort
  }

  effortsOf(order: string): readonly Effort[] {
    return this.#efforts.get(order) ?? []
  }

  *efforts(): Iterable<Effort> {
    for (const efforts of this.#efforts.values()) yield* efforts
  }
}

import type { Random } from '../../kernel/machine.ts'

/** How long to wait before trying again: longer after each failure, and never for all pages alike. */
export class BackOff {
  readonly #random: Random
  readonly #firstMs: number
  readonly #mostMs: number
  #tries = 0

  constructor(random: Random, firstMs: number, mostMs: number) {
    this.#random = random
    this.#firstMs = firstMs
    this.#mostMs = mostMs
  }

  /** Between the half and the whole of a wait that doubles. */
  next(): number {
    const whole = Math.min(this.#mostMs, this.#firstMs * 2 ** this.#tries)
    this.#tries += 1
    const [byte = 0] = this.#random.bytes(1)
    return (whole * (256 + byte)) / 512
  }

  /** It worked. */
  reset(): void {
    this.#tries = 0
  }
}

import { hash } from 'node:crypto'

/**
 * Chance from a seed (sfc32). A fork is found by its name alone, so that a new consumer of chance
 * does not shift what the others draw.
 */
export class Dice {
  readonly #name: string
  #a: number
  #b: number
  #c: number
  #d: number

  constructor(name: string) {
    this.#name = name
    const seed = hash('sha256', name, 'buffer')
    this.#a = seed.readInt32LE(0)
    this.#b = seed.readInt32LE(4)
    this.#c = seed.readInt32LE(8)
    this.#d = seed.readInt32LE(12)
  }

  fork(name: string): Dice {
    return new Dice(`${this.#name}/${name}`)
  }

  /** 32 random bits. */
  word(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  bytes(size: number): Uint8Array {
    const bytes = new Uint8Array(size)
    for (let i = 0; i < size; i += 1) bytes[i] = this.word() >>> 24
    return bytes
  }

  /** From 0 up to, and without, 1. */
  part(): number {
    return this.word() / 2 ** 32
  }

  /** A whole number, both ends included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.part() * (to - from + 1))
  }

  chance(probability: number): boolean {
    return this.part() < probability
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('nothing to pick from')
    return list[this.int(0, list.length - 1)] as T
  }

  /** One of the keys, by weight. */
  weighted<Key extends string>(weights: Readonly<Record<Key, number>>): Key {
    const entries = Object.entries(weights) as [Key, number][]
    let rest = this.part() * entries.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [key, weight] of entries) {
      rest -= weight
      if (rest < 0) return key
    }
    return (entries.at(-1) as [Key, number])[0]
  }

  /** Waiting times between things that happen independently, `mean` apart on average. */
  wait(mean: number): number {
    return Math.max(1, Math.round(-Math.log(1 - this.part()) * mean))
  }
}

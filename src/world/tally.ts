/** Counts by name. */
export class Tally {
  readonly #counts = new Map<string, number>()

  add(name: string, count = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count)
  }

  get(name: string): number {
    return this.#counts.get(name) ?? 0
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
  }

  merge(other: Tally): void {
    for (const [name, count] of other.#counts) this.add(name, count)
  }

  /** Most frequent first. */
  entries(): readonly (readonly [string, number])[] {
    return [...this.#counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  }
}

/** What was measured, over all rounds. */
export type Figure = {
  readonly unit: string
  readonly min: number
  readonly median: number
  readonly max: number
  readonly rounds: number
}

export function figure(unit: string, values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b)
  const [min = Number.NaN] = sorted
  return { unit, min, median: percentile(sorted, 50), max: sorted.at(-1) ?? min, rounds: sorted.length }
}

/** Of values that are sorted already. */
export function percentile(sorted: readonly number[], percent: number): number {
  const place = Math.ceil((sorted.length * percent) / 100) - 1
  return sorted[Math.max(0, place)] ?? Number.NaN
}

/** What a metric did during some time. */
export type Stat = readonly [min: number, avg: number, max: number, n: number]

export type Stats = Readonly<Record<string, Stat>>
export type Measured = Readonly<Record<string, number>>

export const statOf = (value: number): Stat => [value, value, value, 1]

export function merge([min, avg, max, n]: Stat, [least, mean, most, count]: Stat): Stat {
  const all = n + count
  return [Math.min(min, least), avg + ((mean - avg) * count) / all, Math.max(max, most), all]
}

/** One time beside another: metrics that only one of them has are as they are there. */
export function mergeAll(a: Stats, b: Stats): Stats {
  const merged: Record<string, Stat> = { ...a }
  for (const [name, stat] of Object.entries(b)) {
    const known = merged[name]
    merged[name] = known ? merge(known, stat) : stat
  }
  return merged
}

export function statsOf(measured: Measured): Stats {
  return Object.fromEntries(Object.entries(measured).map(([name, value]) => [name, statOf(value)]))
}

/** As kept: four digits that mean something are enough for a chart. */
export function statsText(stats: Stats): string {
  const short = (value: number) => Number(value.toPrecision(6))
  const rows = Object.entries(stats).map(([name, [min, avg, max, n]]) => [
    name,
    [short(min), short(avg), short(max), n],
  ])
  return JSON.stringify(Object.fromEntries(rows))
}

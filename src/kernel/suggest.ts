/** The name that was most likely meant. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, steps: stepsBetween(typed.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.steps - b.steps)
  return best && best.steps <= Math.max(2, typed.length / 3) ? best.name : undefined
}

/** Levenshtein: letters to add, drop or change. */
function stepsBetween(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (const [i, letter] of a.split('').entries()) {
    const row = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const change = (before[j] ?? 0) + (letter === b[j] ? 0 : 1)
      row.push(Math.min(change, (before[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1))
    }
    before = row
  }
  return before[b.length] ?? 0
}

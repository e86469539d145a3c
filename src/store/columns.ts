/** Reads what was put into a column, one after the other. */
export function reading<T>(values: readonly T[]): (() => T) & { readonly isLeft: () => boolean } {
  let at = 0
  const next = () => values[at++] as T
  return Object.assign(next, { isLeft: () => at < values.length })
}

/** Texts that come again and again, each once, by their numbers. */
export function naming(): ((name: string) => number) & { readonly all: () => readonly string[] } {
  const names = new Map<string, number>()
  const numberOf = (name: string): number => {
    const known = names.get(name)
    if (known !== undefined) return known
    names.set(name, names.size)
    return names.size - 1
  }
  return Object.assign(numberOf, { all: () => [...names.keys()] })
}

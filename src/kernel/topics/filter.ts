/** A level of a declared filter: a word, or a name for whatever stands there. */
export type Level = { readonly word: string } | { readonly name: string }

const named = /^\{([a-z][A-Za-z0-9]*)\}$/

/** Throws for what cannot be the filter of a declared topic: a level is a word or a whole name in braces. */
export function parseFilter(filter: string): readonly Level[] {
  return filter.split('/').map((part) => {
    const [, name] = named.exec(part) ?? []
    if (name !== undefined) return { name }
    if (part === '' || /[+#{}$\s]/.test(part))
      throw new Error(`${filter}: ${part || 'an empty level'} is no level`)
    return { word: part }
  })
}

/** Whether some topic fits both declared filters. */
export function isOverlapping(one: readonly Level[], other: readonly Level[]): boolean {
  if (one.length !== other.length) return false
  return one.every((level, at) => {
    const beside = other[at]
    return !beside || !('word' in level) || !('word' in beside) || level.word === beside.word
  })
}

/**
 * Where a document holds half of a character (a surrogate alone), if it does: JSON can carry one, and no store and no
 * other language can give it back.
 */
export function halfCharacterIn(value: unknown, path = ''): string | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : path
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, inner] of Object.entries(value)) {
    const at = path === '' ? name : `${path}.${name}`
    const found = name.isWellFormed() ? halfCharacterIn(inner, at) : at
    if (found !== undefined) return found
  }
  return undefined
}

import type { Level } from '../../kernel/topics/filter.ts'

/** What the names of a filter stand for in this topic; undefined where it does not fit. */
export function levelsIn(
  filter: readonly Level[],
  topic: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (topic.length !== filter.length) return undefined
  const levels: Record<string, string> = {}
  for (const [at, level] of filter.entries()) {
    const found = topic[at] ?? ''
    if ('word' in level) {
      if (level.word !== found) return undefined
    } else {
      if (found === '' || (Object.hasOwn(levels, level.name) && levels[level.name] !== found))
        return undefined
      levels[level.name] = found
    }
  }
  return levels
}

/** A declared filter as a topic; undefined where a name is missing, or is nothing that can stand in a level. */
export function fillFilter(
  filter: readonly Level[],
  levels: Readonly<Record<string, unknown>>,
): string | undefined {
  const parts: string[] = []
  for (const level of filter) {
    const part = 'word' in level ? level.word : levels[level.name]
    if (typeof part !== 'string' && typeof part !== 'number') return undefined
    if (part === '' || /[+#/\0]/.test(String(part))) return undefined
    parts.push(String(part))
  }
  return parts.join('/')
}

/** A topic that a client may name: at most 512 bytes and 16 levels, no wildcard, not the broker's own. */
export function isTopic(topic: string): boolean {
  return isShort(topic) && !/[+#\0\uFFFD]/.test(topic) && !topic.startsWith('$')
}

/** A filter that a client may subscribe to: `+` is a whole level, `#` the whole last one. */
export function isClientFilter(filter: string): boolean {
  if (!isShort(filter) || filter.startsWith('$') || /[\0\uFFFD]/.test(filter)) return false
  const parts = filter.split('/')
  return parts.every(
    (part, at) =>
      (!part.includes('+') || part === '+') &&
      (!part.includes('#') || (part === '#' && at === parts.length - 1)),
  )
}

const isShort = (text: string): boolean =>
  text.length > 0 && Buffer.byteLength(text) <= 512 && text.split('/', 17).length <= 16

/** Whether a client's filter takes in this topic. */
export function isWithin(filter: readonly string[], topic: readonly string[]): boolean {
  for (const [at, part] of filter.entries()) {
    if (part === '#') return true
    if (at >= topic.length || (part !== '+' && part !== topic[at])) return false
  }
  return filter.length === topic.length
}

/** Whether some topic fits both a client's filter and a declared one. */
export function isTouching(filter: readonly string[], declared: readonly Level[]): boolean {
  for (const [at, part] of filter.entries()) {
    if (part === '#') return true
    const level = declared[at]
    if (!level) return false
    if (part !== '+' && 'word' in level && level.word !== part) return false
  }
  return filter.length === declared.length
}

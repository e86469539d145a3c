import type { Fact } from '../../kernel/entry.ts'

/** What no reader is shown, wherever it stands and whatever declared it. */
const secret = /^(?:sealed|secret.*|salt|passphrase|psk|pin|codes?|private.*|session|.*(?:secret|password))$/i
const hidden = '…'
const mostText = 300
const mostItems = 30
const mostLevels = 6

/** A value as people may read it: without secrets, and no longer than a screen. */
export function readable(value: unknown, level = 0): unknown {
  if (typeof value === 'string')
    return value.length > mostText ? `${value.slice(0, mostText)}${hidden}` : value
  if (typeof value !== 'object' || value === null) return value
  if (level >= mostLevels) return hidden
  if (Array.isArray(value)) {
    const items = value.slice(0, mostItems).map((each) => readable(each, level + 1))
    return value.length > mostItems ? [...items, hidden] : items
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      each !== null && secret.test(name) ? hidden : readable(each, level + 1),
    ]),
  )
}

export type ShownFact = {
  readonly kind: string
  /** Null where it was erased. */
  readonly fields: Readonly<Record<string, unknown>> | null
  readonly erased: boolean
  /** What the same was before, where an older entry not far away says so. */
  before?: Readonly<Record<string, unknown>> | null
}

export function shownFact({ kind, body, hollow }: Fact): ShownFact {
  if (hollow) return { kind, fields: null, erased: true }
  const shown = readable(body)
  const isObject = typeof shown === 'object' && shown !== null && !Array.isArray(shown)
  return { kind, fields: isObject ? (shown as Record<string, unknown>) : { value: shown }, erased: false }
}

/** Facts that say a thing whole: the one before of the same thing is what it was. By which fields it is the same. */
const whole: Readonly<Record<string, readonly string[]>> = {
  'account.saved': ['account'],
  'account.suspended': ['account'],
  'site.saved': [],
}

/** What a fact is about; undefined where the fact before of its kind says nothing of it. */
export function subjectOf({ kind, body, hollow }: Fact): string | undefined {
  const fields = Object.hasOwn(whole, kind) ? whole[kind] : undefined
  if (!fields || hollow || typeof body !== 'object' || body === null) return undefined
  return JSON.stringify([kind, ...fields.map((field) => (body as Record<string, unknown>)[field])])
}

/** `login jo, name Jo Martin`: the fields of facts in a line; what one has said, the next does not say again. */
export function inWords(facts: readonly ShownFact[]): string {
  const said = new Set<string>()
  const isNew = (text: string) => !said.has(text) && said.add(text).size > 0
  return facts
    .map(({ fields, erased }) =>
      erased
        ? '∅'
        : Object.entries(fields ?? {})
            .filter(([, value]) => value !== null && value !== hidden)
            .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
            .filter(isNew)
            .join(', '),
    )
    .filter((text) => text !== '')
    .join(' · ')
}

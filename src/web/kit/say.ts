import { computed, signal } from '@preact/signals'
import type { Gap, Language, Texts } from '../../kernel/texts.ts'
import { fill, languages } from '../../kernel/texts.ts'

export type { Language, Texts } from '../../kernel/texts.ts'
export { languages } from '../../kernel/texts.ts'

/** The language of the whole page. Whatever was said in a component is said again when it changes. */
export const language = signal<Language>('en')

type Gaps<T extends Texts> = Gap<T[Language]>
type ValuesFor<T extends Texts> = [Gaps<T>] extends [never]
  ? readonly []
  : readonly [Readonly<Record<Gaps<T>, string | number>>]

/** A text in the language of the page. What stands between its braces must be given, or it does not compile. */
export function say<const T extends Texts>(texts: T, ...[values]: ValuesFor<T>): string {
  const text = texts[language.value]
  return values === undefined ? text : fill(text, values)
}

/** A text for one and a text for several. */
export type Counted = { readonly one: Texts; readonly other: Texts }

/** `{count}` in it is the number, written as the language does. */
export function sayCount({ one, other }: Counted, count: number): string {
  const form = plurals.value.select(count) === 'one' ? one : other
  return fill(form[language.value], { count: number(count) })
}

const locales = { fr: 'fr-FR', en: 'en-GB' } as const
const locale = computed(() => locales[language.value])
const plurals = computed(() => new Intl.PluralRules(locale.value))
const numbers = computed(() => new Intl.NumberFormat(locale.value))
const days = computed(() => new Intl.DateTimeFormat(locale.value, { dateStyle: 'medium' }))
const times = computed(
  () => new Intl.DateTimeFormat(locale.value, { hour: '2-digit', minute: '2-digit', second: '2-digit' }),
)
const clocks = computed(() => new Intl.DateTimeFormat(locale.value, { hour: '2-digit', minute: '2-digit' }))
const moments = computed(
  () => new Intl.DateTimeFormat(locale.value, { dateStyle: 'medium', timeStyle: 'short' }),
)
const spans = computed(() => new Intl.RelativeTimeFormat(locale.value, { style: 'short', numeric: 'always' }))

export const number = (value: number): string => numbers.value.format(value)
export const day = (ms: number): string => days.value.format(ms)
export const timeOfDay = (ms: number): string => times.value.format(ms)
export const clock = (ms: number): string => clocks.value.format(ms)
export const moment = (ms: number): string => moments.value.format(ms)

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** "3 min ago": the largest unit that fits, and nothing shorter than a second. */
export function ago(ms: number): string {
  const [unit, size] = units.find(([, each]) => ms >= each) ?? (['second', 1000] as const)
  return spans.value.format(-Math.max(0, Math.floor(ms / size)), unit)
}

/** Bytes as people read them: 3.1 GB. */
export function bytes(count: number): string {
  const step = count <= 0 ? 0 : Math.min(4, Math.floor(Math.log10(count) / 3))
  const unit = (['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const)[step] ?? 'byte'
  const options = {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: step > 1 ? 1 : 0,
  } as const
  return new Intl.NumberFormat(locale.value, options).format(count / 1000 ** step)
}

/** The first of the languages that somebody reads, as browsers list them, that is spoken here. */
export function languageAmong(wished: readonly string[]): Language | undefined {
  const tags = wished.map((tag) => tag.toLowerCase().split('-')[0])
  return tags.flatMap((tag) => languages.find((each) => each === tag) ?? []).at(0)
}

import type { RefusalWords } from '../kernel/pack/refusal.ts'
import type { Gap, Language, Texts, Values } from './language.ts'
import { fill, languages } from './language.ts'
import type { ErrorWords } from './words.ts'
import { errors } from './words.ts'

export type ErrorCode = keyof typeof errors

type GapOf<Code extends ErrorCode> = Gap<
  (typeof errors)[Code]['what']['en'] | (typeof errors)[Code]['doThis']['en']
>

/** What goes into a gap: the same for everybody, or a text in every language. */
type Value = string | number | Texts

/** What the sentences of a code need: nothing more compiles, and nothing less. */
export type ValuesOf<Code extends ErrorCode> = Readonly<Record<GapOf<Code>, Value>>

/** What programs get of a trouble beside its sentences. */
export type More = {
  /** The field of what was sent that it is about. */
  readonly field?: string | undefined
  /** Who may what was refused, as the declarations name them. */
  readonly allow?: readonly string[] | undefined
  /** Under this key the same may be asked again. */
  readonly key?: string | undefined
  /** What a refusal says beside its code: the pack's own names. */
  readonly values?: Values | undefined
  /** Seconds until it is worth asking again. */
  readonly retryAfter?: number | undefined
  /** How this address may be asked. */
  readonly methods?: readonly string[] | undefined
}

/** A trouble, said to another process of this machine. */
export type Told = ErrorWords & { readonly code: string }

type Parts = {
  readonly code: string
  readonly words: ErrorWords
  readonly values: Readonly<Record<string, Value>>
  readonly more: More
}

/** An error that a person will read: a code of the catalogue and what its sentences need. */
export class Trouble extends Error {
  readonly code: string
  readonly status: number
  readonly more: More
  readonly #parts: Parts

  private constructor(parts: Parts, cause: unknown) {
    super(`${parts.code}: ${said(parts, 'what', 'en')}`, { cause })
    this.name = 'Trouble'
    this.code = parts.code
    this.status = parts.words.status
    this.more = parts.more
    this.#parts = parts
  }

  static of<Code extends ErrorCode>(code: Code, values: ValuesOf<Code>, cause?: unknown): Trouble {
    return new Trouble({ code, words: errors[code], values, more: {} }, cause)
  }

  /** What the kernel or a pack refused, in the words of its declaration. */
  static refused(code: string, words: RefusalWords, detail: Values): Trouble {
    const status = statusOf[words.kind]
    const field = detail['field'] ?? detail['path'] ?? words.field
    const named = field === undefined || field === '' ? {} : { field: String(field) }
    // What the kernel says of a problem is for those who work on it.
    const { problem: _, ...values } = detail
    const more = Object.keys(values).length === 0 ? named : { ...named, values }
    return new Trouble({ code, words: { ...words, status }, values: detail, more }, undefined)
  }

  get values(): Parts['values'] {
    return this.#parts.values
  }

  /** The same, and this for programs. */
  with(more: More): Trouble {
    return new Trouble({ ...this.#parts, more: { ...this.more, ...more } }, this.cause)
  }

  say(language: Language): Said {
    return { what: said(this.#parts, 'what', language), doThis: said(this.#parts, 'doThis', language) }
  }

  /** As another process is told of it, whatever the language there. */
  get told(): Told {
    const { code, status } = this
    const texts = (which: 'what' | 'doThis') => ({
      fr: said(this.#parts, which, 'fr'),
      en: said(this.#parts, which, 'en'),
    })
    return { code, status, what: texts('what'), doThis: texts('doThis') }
  }

  static again({ code, ...words }: Told): Trouble {
    return new Trouble({ code, words, values: {}, more: {} }, undefined)
  }
}

export const statusOf: Readonly<Record<RefusalWords['kind'], number>> = {
  malformed: 400,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  large: 413,
  rule: 422,
  locked: 423,
  many: 429,
  broken: 500,
  away: 503,
  full: 507,
}

function said({ words, values }: Parts, which: 'what' | 'doThis', language: Language): string {
  const inLanguage = Object.entries(values).map(
    ([name, value]) => [name, typeof value === 'object' ? value[language] : value] as const,
  )
  return fill(words[which][language], Object.fromEntries(inLanguage))
}

/** A text in every language, made the same way in each. */
export const texts = (of: (language: Language) => string): Texts =>
  Object.fromEntries(languages.map((language) => [language, of(language)])) as Texts

export type Said = { readonly what: string; readonly doThis: string }

export const sayTrouble = (trouble: Trouble, language: Language): Said => trouble.say(language)

/** RFC 9457, with the code and what to do beside what happened. */
export type Problem = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly doThis: string
} & Omit<More, 'retryAfter' | 'methods'>

export function problemOf(trouble: Trouble, language: Language): Problem {
  const { code, status, more } = trouble
  const { what, doThis } = trouble.say(language)
  const { retryAfter: _, methods: __, ...told } = more
  return { type: `urn:regie:error:${code}`, title: what, status, code, doThis, ...told }
}

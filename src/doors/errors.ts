import type { Gap, Language, Values } from './language.ts'
import { fill } from './language.ts'
import { errors } from './words.ts'

export type ErrorCode = keyof typeof errors

type GapOf<Code extends ErrorCode> = Gap<
  (typeof errors)[Code]['what']['en'] | (typeof errors)[Code]['doThis']['en']
>

/** What the sentences of a code need: nothing more compiles, and nothing less. */
export type ValuesOf<Code extends ErrorCode> = Readonly<Record<GapOf<Code>, string | number>>

/** An error that a person will read: a code of the catalogue and what its sentences need. */
export class Trouble extends Error {
  readonly code: ErrorCode
  readonly values: Values

  private constructor(code: ErrorCode, values: Values, cause: unknown) {
    super(`${code}: ${fill(errors[code].what.en, values)}`, { cause })
    this.name = 'Trouble'
    this.code = code
    this.values = values
  }

  static of<Code extends ErrorCode>(code: Code, values: ValuesOf<Code>, cause?: unknown): Trouble {
    return new Trouble(code, values, cause)
  }

  /** One that another process told of. */
  static again(code: string, values: Values): Trouble {
    return new Trouble(Object.hasOwn(errors, code) ? (code as ErrorCode) : 'unexpected', values, undefined)
  }
}

export type Said = { readonly what: string; readonly doThis: string }

export function sayTrouble({ code, values }: Trouble, language: Language): Said {
  const { what, doThis } = errors[code]
  return { what: fill(what[language], values), doThis: fill(doThis[language], values) }
}

/** RFC 9457, with the code and what to do beside what happened. */
export type Problem = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ErrorCode
  readonly doThis: string
}

export function problemOf(trouble: Trouble, language: Language): Problem {
  const { what, doThis } = sayTrouble(trouble, language)
  const { status } = errors[trouble.code]
  return { type: `urn:regie:error:${trouble.code}`, title: what, status, code: trouble.code, doThis }
}

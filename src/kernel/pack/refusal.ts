import type { Texts } from '../texts.ts'
import { languages } from '../texts.ts'

/**
 * What kind of no it is. A rule of the trade, a clash with what stands, something locked, something that is not
 * there, a keeper out of reach; and those of the kernel: not as declared, too long, too many,
 * a full disk, a mistake, somebody who may not.
 */
export type RefusalKind =
  | 'rule'
  | 'conflict'
  | 'locked'
  | 'missing'
  | 'away'
  | 'malformed'
  | 'large'
  | 'many'
  | 'full'
  | 'broken'
  | 'forbidden'

/** What a person reads of a refusal. Gaps in braces are filled from its detail. */
export type RefusalWords = {
  readonly kind: RefusalKind
  readonly what: Texts
  readonly doThis: Texts
  /** The field of the input that it is about, where it is always the same. A `field` or `path` of the detail goes before. */
  readonly field?: string | undefined
}

/** By code. A code stays for ever: programs and manuals name it. */
export type Refusals = Readonly<Record<string, RefusalWords>>

/** What a declared action or query says of itself to the people who read its description. */
export type Described = {
  readonly about?: Texts | undefined
  /** An input, where one that is made from the schema would not do. */
  readonly example?: unknown
}

/** Throws where a sentence leaves other gaps in one language than in the other. */
export function checkRefusals(pack: string, refusals: Refusals): void {
  for (const [code, { what, doThis }] of Object.entries(refusals)) {
    for (const texts of [what, doThis]) {
      const [first, ...others] = languages.map((language) => gapsIn(texts[language]))
      if (others.some((gaps) => gaps !== first))
        throw new Error(`${pack}: the sentences of ${code} leave different gaps`)
    }
  }
}

const gapsIn = (text: string): string =>
  [...new Set(Array.from(text.matchAll(/\{(\w+)\}/g), ([gap]) => gap))].toSorted().join()

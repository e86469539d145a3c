import { sha256 } from '../kernel/digest.ts'
import { mayWith } from '../kernel/pack/roles.ts'

/** What is asked for at a door: an action, a query or a topic by its full name, and the roles that may. */
export type Permit = { readonly name: string; readonly allow: readonly string[] }

/** Who stands at a door, as the door has found out. Every door asks him the same question. */
export type Visitor = {
  /** `nobody`: has not said who he is. `console`: whoever may read the data folder of this box. */
  readonly kind: 'person' | 'token' | 'device' | 'nobody' | 'console'
  /** As facts name him. */
  readonly who: string
  /** He came in with a password that works once, and may nothing but choose his own. */
  readonly mustChange?: true | undefined
  readonly may: (asked: Permit, site: string) => boolean
}

/** May what is public, and no more. */
export const nobody: Visitor = {
  kind: 'nobody',
  who: 'nobody',
  may: ({ allow }) => mayWith([], allow),
}

const longestKey = 200

/**
 * The key of an ask as the keeper has it: each visitor has keys of his own, so that nobody learns the answer of
 * another, or takes his key, by guessing it. No name has a slash in it.
 */
export function ownKey({ who }: Visitor, key: string): string {
  const whole = `${who}/${key}`
  return whole.length <= longestKey ? whole : `${who}/#${sha256(key)}`
}

import type { Head } from '../entry.ts'
import { bodyLine, maxFactBytes } from '../entry.ts'
import type { Instant } from '../instant.ts'
import type { Ask, Outcome } from '../site/sequencer.ts'
import { expiredCode } from './wait.ts'

type Refused = Extract<Outcome, { readonly did: 'refused' }>

const kind = 'act.refused'

/** What a key that is closed is told. */
export const overdue: Refused = { did: 'refused', code: expiredCode, detail: {} }

/** An entry that changes nothing but this: the key has been refused. */
export function refusalEntry(ask: Ask, digest: string, refused: Refused, at: Instant): [Head, string] {
  const { action, key, who, doneAt } = ask
  const { code, detail } = refused
  const line = bodyLine({ key, code, detail }, null)
  const fits = Buffer.byteLength(line) <= maxFactBytes
  return [
    { form: 'a', at, kinds: [kind], asked: { action, key, digest, who, answer: null, doneAt } },
    fits ? line : bodyLine({ key, code, detail: {} }, null),
  ]
}

export const isRefusal = (kinds: readonly string[]): boolean => kinds.length === 1 && kinds[0] === kind

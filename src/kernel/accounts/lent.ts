import { z } from 'zod'
import type { Instant } from '../instant.ts'
import { epochOf } from '../instant.ts'
import type { Proof } from './facts.ts'
import { facts, role } from './facts.ts'
import type { Vault } from './vault.ts'

/** What the hub has not confirmed for so long opens nothing any more. */
export const confirmedForMs = 30 * 24 * 3_600_000

const place = z.tuple([z.int().nonnegative(), z.int().nonnegative()])
const { login, name, language } = facts['account.saved'].body.shape

/** What one person needs to sign in at one site without the hub. It travels and lies sealed under the site's key. */
const lentForm = z.object({
  login,
  name,
  language,
  /** At this site, whatever it says. Nobody is lent as owner. */
  roles: z
    .array(role.refine((held) => held !== 'owner'))
    .min(1)
    .max(100),
  /** The password's text of argon2id. */
  verifier: z.string().max(300),
  /** At the hub a second factor is asked for as well. */
  factor: z.boolean(),
  /** Where the hub's log says who it is and what proves it: erased there, it is erased here. */
  saved: place,
  proved: place,
  /** When he was last signed out everywhere. */
  signedOut: z.int().nonnegative(),
})
export type Lent = Readonly<z.infer<typeof lentForm>>
const confirmedForm = z.object({ confirmed: z.int().nonnegative().nullable() })

/** What is bound to a proof, so that it opens for this account only. */
export const boundTo = ({ site, account }: { site: string; account: string }, proof: Proof): string =>
  `${site} ${account} ${proof}`

type Lending = { readonly site: string; readonly account: string; readonly lending: string }
const boundToLending = ({ site, account, lending }: Lending): string => `${site} ${account} lent ${lending}`
const boundToAll = (site: string, lendings: readonly string[]): string =>
  `${site} lendings ${lendings.join(' ')}`

export const sealLent = (vault: Vault, lending: Lending, lent: Lent): string =>
  vault.seal(JSON.stringify(lent), boundToLending(lending))

/** Undefined where it was sealed for another account, lending or site, or by nobody who has the key. */
export const openLent = (vault: Vault, lending: Lending & { readonly sealed: string }): Lent | undefined =>
  opened(lentForm, vault.open(lending.sealed, boundToLending(lending)))

/** `confirmed`: in the site's time; null while the hub did not know it. Of just these lendings, in this order. */
export const sealConfirmed = (
  vault: Vault,
  site: string,
  lendings: readonly string[],
  confirmed: number | null,
): string => vault.seal(JSON.stringify({ confirmed }), boundToAll(site, lendings))

export const openConfirmed = (
  vault: Vault,
  site: string,
  { lendings, sealed }: { readonly lendings: readonly string[]; readonly sealed: string },
): { readonly confirmed: number | null } | undefined =>
  opened(confirmedForm, vault.open(sealed, boundToAll(site, lendings)))

/** Clocks of one site agree better than this; a word from later was said, or is read, by a wrong one. */
const aheadMs = 3_600_000

/** How old the hub's word is; null where either moment is not known. */
export function ageOf(confirmed: number | null, now: Instant): number | null {
  const epoch = epochOf(now)
  if (confirmed === null || epoch === null || now[2] === 0 || confirmed > epoch + aheadMs) return null
  return Math.max(0, epoch - confirmed)
}

/** Nothing expires on an unknown clock. */
export const isStale = (age: number | null): boolean => age !== null && age > confirmedForMs

function opened<T>(form: z.ZodType<T>, text: string | undefined): T | undefined {
  if (text === undefined) return undefined
  try {
    return form.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

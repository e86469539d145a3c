import { canonical } from '../digest.ts'
import type { Instant } from '../instant.ts'
import { epochOf } from '../instant.ts'
import type { Random } from '../machine.ts'
import { randomId } from '../machine.ts'
import type { RowOf } from '../pack/table.ts'
import { hubSite } from '../settings/target.ts'
import type { tables as siteTables } from '../site/tables.ts'
import { mostLent } from './actions.ts'
import { mostLendings } from './facts.ts'
import type { Lent } from './lent.ts'
import { ageOf, boundTo, openConfirmed, openLent, sealConfirmed, sealLent } from './lent.ts'
import type { Vault } from './vault.ts'

/** A word of the hub that is older is said again. */
const renewAfterMs = 20 * 3_600_000

type Tables = typeof siteTables
type All<Names extends keyof Tables> = { readonly [Name in Names]: readonly RowOf<Tables[Name]>[] }
export const fleetTables = ['accounts', 'people', 'proofs', 'roles', 'signOuts', 'erased', 'boxes'] as const
export const lentTables = ['lendings', 'confirmed', 'boxes'] as const
export type FleetRows = All<(typeof fleetTables)[number]>
export type LentRows = All<(typeof lentTables)[number]>

export type Side<Rows> = { readonly site: string; readonly vault: Vault; readonly rows: Rows }

/** Who can sign in at a site without the hub: whoever has a role there and a password, except owners. */
export function lendable({ vault, rows }: Side<FleetRows>, site: string): ReadonlyMap<string, Lent> {
  const lendings = new Map<string, Lent>()
  for (const { account, suspended } of rows.accounts) {
    const all = rows.roles.filter((row) => row.account === account)
    const roles = [
      ...new Set(all.filter((row) => row.site === '' || row.site === site).map(({ role }) => role)),
    ].toSorted()
    const person = rows.people.find((row) => row.account === account)
    const proof = (kind: string) => rows.proofs.find((row) => row.account === account && row.proof === kind)
    const password = proof('password')
    if (suspended || roles.length === 0 || all.some(({ role }) => role === 'owner')) continue
    // What holds for a while only is asked for where its end is known.
    if (!person || !password || password.until !== null) continue
    const verifier = vault.open(password.sealed, boundTo({ site: hubSite, account }, 'password'))
    if (verifier === undefined) continue
    const { login, name, language } = person
    lendings.set(account, {
      login,
      name,
      language: language === 'fr' ? 'fr' : 'en',
      roles,
      verifier,
      factor: proof('totp') !== undefined,
      saved: [person.n, person.i],
      proved: [password.n, password.i],
      signedOut: rows.signOuts.find((row) => row.account === account)?.n ?? 0,
    })
  }
  return lendings
}

/** Some box that has the log of the site does not have the organisation's: people need something there. */
export function isNeeded(fleet: FleetRows, { boxes }: LentRows): boolean {
  return boxes.some(
    ({ box, publicKey, small }) =>
      !small && !fleet.boxes.some((each) => each.box === box && each.publicKey === publicKey && !each.small),
  )
}

export type LendInput = {
  readonly logins: readonly { readonly account: string; readonly lending: string; readonly sealed: string }[]
  readonly lendings: readonly string[]
  readonly sealed: string
  readonly after: number
}

/** The next thing to say at a site so that it has what it should; undefined where nothing is to be said. */
export function nextLending(
  fleet: Side<FleetRows>,
  here: Side<LentRows>,
  now: Instant,
  random: Random,
): LendInput | undefined {
  const { site, vault, rows } = here
  const want = isNeeded(fleet.rows, rows) ? lendable(fleet, site) : new Map<string, Lent>()
  const [said] = rows.confirmed
  const counting = new Set(said?.lendings)
  const kept = new Map<string, string>()
  for (const row of rows.lendings) {
    const lent = counting.has(row.lending) ? openLent(vault, { site, ...row }) : undefined
    if (lent && isSame(lent, want.get(row.account))) kept.set(row.account, row.lending)
  }
  const room = Math.min(mostLent, mostLendings - kept.size)
  const logins = [...want]
    .filter(([account]) => !kept.has(account))
    .slice(0, Math.max(0, room))
    .map(([account, lent]) => {
      const lending = randomId(random, 12)
      return { account, lending, sealed: sealLent(vault, { site, account, lending }, lent) }
    })
  if (!said && logins.length === 0) return undefined
  const lendings = [...kept.values(), ...logins.map(({ lending }) => lending)]
  const stays = logins.length === 0 && kept.size === counting.size
  const before = said && openConfirmed(vault, site, said)
  if (stays && (counting.size === 0 || !isOld(before, now))) return undefined
  // Who does not know what time it is, makes nothing younger.
  const confirmed = now[2] > 0 ? rounded(epochOf(now)) : (before?.confirmed ?? null)
  const sealed = sealConfirmed(vault, site, lendings, confirmed)
  return { logins, lendings, sealed, after: said?.n ?? 0 }
}

/** The places where something was lent that has been erased from the organisation's log since. */
export function erasedLendings(
  fleet: FleetRows,
  { site, vault, rows }: Side<LentRows>,
): readonly { readonly n: number; readonly i: number }[] {
  if (fleet.erased.length === 0) return []
  const erased = new Set(fleet.erased.map(({ n, i }) => `${n} ${i}`))
  return rows.lendings
    .filter((row) => {
      const lent = openLent(vault, { site, ...row })
      return lent && [lent.saved, lent.proved].some((place) => erased.has(place.join(' ')))
    })
    .map(({ n, i }) => ({ n, i }))
}

function isOld(word: { readonly confirmed: number | null } | undefined, now: Instant): boolean {
  if (!word) return true
  const isKnown = now[2] > 0 && epochOf(now) !== null
  return isKnown && (ageOf(word.confirmed, now) ?? Infinity) > renewAfterMs
}

const isSame = (a: Lent, b: Lent | undefined): boolean => b !== undefined && canonical(a) === canonical(b)
const rounded = (epoch: number | null): number | null => (epoch === null ? null : Math.round(epoch))

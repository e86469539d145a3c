import { signal } from '@preact/signals'
import { askNow } from './ask-now.ts'

export type HeldRole = { readonly role: string; readonly site: string | null }

export type Proofs = { readonly password: boolean; readonly totp: boolean; readonly codes: number }

export type Me = {
  /** In whose log the account stands. */
  readonly site: string
  readonly account: string
  readonly login: string | null
  readonly name: string | null
  readonly language: string | null
  readonly roles: readonly HeldRole[]
  readonly proofs: Proofs
  /** The password was given by somebody else, for once. */
  readonly mustChange: boolean
  /** Let in without the hub, which last said so then, so many whole days ago; null: nobody knows. */
  readonly lent: { readonly confirmed: number | null; readonly days: number | null } | null
}

/** What a box tells anybody who opens a page. */
export type Welcome = {
  readonly setUp: boolean
  readonly organisation: string | null
  readonly box: string
  readonly language: string | null
}

/** Who has signed in; null: nobody; undefined: not known yet. */
export const me = signal<Me | null | undefined>(undefined)
export const welcome = signal<Welcome | undefined>(undefined)
/** The box did not answer when it was asked who is here. */
export const isAway = signal(false)

export async function lookWhoIsHere(): Promise<void> {
  const [hello, session] = await Promise.all([
    askNow<Welcome>('GET', '/api/fleet/welcome'),
    askNow<Me>('GET', '/api/fleet/session'),
  ])
  const isNobody = !session.ok && session.status === 401
  isAway.value = !hello.ok || !(session.ok || isNobody)
  if (hello.ok) welcome.value = hello.body
  if (session.ok) me.value = session.body
  else if (isNobody) me.value = null
}

export async function signOut(): Promise<void> {
  const left = await askNow('DELETE', '/api/fleet/session')
  if (left.ok || left.status === 401) me.value = null
}

/** The site of the organisation itself: its people, its boxes. People know it as the organisation. */
export const ownSite = 'fleet'

const inCharge = ['owner', 'manager']

/** What a page shows; whether it may be done, the box decides. Owners and managers hold all. */
export function holds(...roles: readonly string[]): boolean {
  return (me.value?.roles ?? []).some(({ role }) => roles.includes(role) || inCharge.includes(role))
}

export const isOwner = (): boolean => (me.value?.roles ?? []).some(({ role }) => role === 'owner')

import { boundTo, isStale } from '../../kernel/accounts/lent.ts'
import type { Vault } from '../../kernel/accounts/vault.ts'
import type { Proof } from '../../kernel/accounts/facts.ts'
import { sha256 } from '../../kernel/digest.ts'
import type { Instant } from '../../kernel/instant.ts'
import { epochOf } from '../../kernel/instant.ts'
import { hubSite } from '../../kernel/settings/target.ts'
import { Trouble } from '../errors.ts'
import type { Directory, Person } from './directory.ts'
import { nameOf } from './directory.ts'
import type { LentPerson } from './lent-people.ts'
import type { Lockouts } from './lockouts.ts'
import { isClose } from './network-place.ts'
import { isNobodysPassword, isPassword } from './passwords.ts'
import type { How } from './sessions.ts'
import { codeText } from './recovery-codes.ts'
import { totpStep } from './totp.ts'

/** Who knocks: his cookie, which tells his browser from others behind the same address, and where he is. */
export type Client = {
  readonly cookie: string | undefined
  readonly address: string
  readonly secure: boolean
  /** Somebody that is not believed asks for him: where he is is not known. */
  readonly relayed?: boolean | undefined
}

export type SignInAsk = {
  readonly login: string
  /** A password, or a volunteer's PIN. */
  readonly secret: string
  /** From an app, or one of the codes that work once. */
  readonly code?: string | undefined
}

/** More than one person: the same, as he was lent to several sites. */
export type SignedIn = { readonly people: readonly [Person, ...Person[]]; readonly how: How }

export type SignInParts = {
  readonly directory: Directory
  readonly lockouts: Lockouts
  readonly vault: (site: string) => Vault | undefined
  readonly now: (site: string) => Instant
  /** Held back for so long. */
  readonly rest: (ms: number) => Promise<void>
  /** Written down where the account is; of nobody's account, wherever. */
  readonly refused: (site: string | undefined, account: string | null, why: Why, address: string) => void
  /** Durable before it counts. */
  readonly codeUsed: (person: Person, code: string) => Promise<void>
}

export type Why = 'wrong' | 'locked' | 'suspended' | 'second-factor' | 'stale' | 'no-role'

/** Finds out whether somebody is who he says. Wrong tries cost time; nothing tells which accounts there are. */
export class SignIn {
  readonly #parts: SignInParts
  /** The last step of an app that was used, so that what was seen over a shoulder is of no use. */
  readonly #lastSteps = new Map<string, number>()

  constructor(parts: SignInParts) {
    this.#parts = parts
  }

  /** Throws a Trouble in words. */
  async check(ask: SignInAsk, client: Client): Promise<SignedIn> {
    // Before anything is judged: who listens on the way must not hear whether a password is right.
    if (!client.secure && !isClose(client)) throw Trouble.of('https_needed', {})
    await this.#parts.directory.known()
    const login = ask.login.normalize('NFKC').trim().toLowerCase()
    const found = this.#parts.directory.byLogin(login)
    const pin = /^\d{6}$/.test(ask.secret)
    const account = found[0] ? nameOf(found[0]) : `no account: ${login.slice(0, 100)}`
    const attempt = { account, client: client.cookie ?? client.address, address: client.address, pin }
    const locked = this.#parts.lockouts.lockedMs(attempt)
    if (locked > 0) {
      this.#refused(found[0], 'locked', client)
      throw lockedFor(locked)
    }
    const { person, proof } = (await this.#personOf(found, ask.secret, pin, client)) ?? {}
    if (!person) {
      this.#refused(found[0], 'wrong', client)
      await this.#parts.rest(this.#parts.lockouts.wrong(attempt))
      throw Trouble.of('sign_in_wrong', {})
    }
    if (isLent(person)) {
      const people = this.#lent(person, found, client)
      this.#parts.lockouts.right(attempt)
      return { people, how: 'password' }
    }
    if (person.suspended) {
      this.#refused(person, 'suspended', client)
      throw Trouble.of('sign_in_suspended', {})
    }
    const how = await this.#secondFactor(person, ask.code, client, attempt)
    this.#parts.lockouts.right(attempt)
    return { people: [person], how: proof === 'once' ? 'reset' : (how ?? (pin ? 'pin' : 'password')) }
  }

  /**
   * Who was lent is all at once what each site says of him by this very password. What one site says proves nothing
   * at another: its keeper may have chosen the password.
   */
  #lent(
    { account, lent: { verifier } }: LentPerson,
    found: readonly Person[],
    client: Client,
  ): SignedIn['people'] {
    const { directory } = this.#parts
    const all = found
      .filter(isLent)
      .filter((person) => person.account === account && person.lent.verifier === verifier)
    const [first, ...others] = all.filter((person) => !isStale(directory.age(person)))
    if (!first) {
      this.#refused(all[0], 'stale', client)
      throw Trouble.of('sign_in_stale', { days: daysOf(all.map((person) => directory.age(person) ?? 0)) })
    }
    const wantsFactor = ({ lent: { factor, roles } }: LentPerson) => factor || roles.includes('manager')
    if (!isClose(client) && [first, ...others].some(wantsFactor)) {
      this.#refused(first, 'second-factor', client)
      throw Trouble.of('sign_in_lent_outside', {})
    }
    return [first, ...others]
  }

  /** The account whose secret this is: an organisation's, or one of a site with the same login. */
  async #personOf(
    found: readonly Person[],
    secret: string,
    pin: boolean,
    client: Client,
  ): Promise<{ readonly person: Person; readonly proof: Proof } | undefined> {
    let tried = 0
    for (const person of found) {
      for (const proof of pin ? (['pin'] as const) : (['password', 'once'] as const)) {
        // A PIN is for whoever stands in the same place.
        if (pin && !isClose(client)) continue
        const hashed = this.#open(person, proof)
        if (hashed === undefined) continue
        tried += 1
        if (await isPassword(secret, hashed)) return { person, proof }
      }
    }
    if (tried === 0) await isNobodysPassword(secret)
    return undefined
  }

  /** Whether somebody who is signed in knows his password: wrong tries count like those of a sign-in. */
  async confirm(person: Person, secret: string, client: Client): Promise<void> {
    if (!client.secure && !isClose(client)) throw Trouble.of('https_needed', {})
    const attempt = this.#attemptOf(person, client)
    for (const proof of ['password', 'once'] as const) {
      const hashed = this.#open(person, proof)
      if (hashed !== undefined && (await isPassword(secret, hashed))) return
    }
    this.#refused(person, 'wrong', client)
    await this.#parts.rest(this.#parts.lockouts.wrong(attempt))
    throw Trouble.of('password_wrong', {}).with({ field: 'password' })
  }

  /** The same for a code: of this app, or else of the app and the list that the account has. */
  async confirmCode(person: Person, code: string, client: Client, fresh?: string): Promise<void> {
    const attempt = this.#attemptOf(person, client)
    const secret = fresh ?? this.#open(person, 'totp')
    if (secret !== undefined && this.#isFreshStep(person, secret, code)) return
    if (fresh === undefined && (await this.#useCode(person, code))) return
    if (/^\s*(\d\s*){6}$/.test(code) && this.#parts.now(person.site)[2] === 0)
      throw Trouble.of('code_clock_unknown', {}).with({ field: 'code' })
    this.#refused(person, 'second-factor', client)
    await this.#parts.rest(this.#parts.lockouts.wrong(attempt))
    throw Trouble.of('code_wrong', {}).with({ field: 'code' })
  }

  /** Whether this is the password that was made for him. */
  async isOneTime(person: Person, secret: string): Promise<boolean> {
    const hashed = this.#open(person, 'once')
    return hashed !== undefined && (await isPassword(secret, hashed))
  }

  /** What he can show, as far as this box knows it. */
  proofsOf(person: Person): { readonly password: boolean; readonly totp: boolean; readonly codes: number } {
    // What he does at the hub only, the hub has told.
    if (isLent(person)) return { password: true, totp: person.lent.factor, codes: 0 }
    const list = JSON.parse(this.#open(person, 'codes') ?? '[]') as readonly string[]
    const left = list.filter((code) => !this.#parts.directory.isUsed(person, code) && !this.#taken.has(code))
    const has = (proof: Proof) => this.#open(person, proof) !== undefined
    return { password: has('password'), totp: has('totp'), codes: left.length }
  }

  #attemptOf(person: Person, client: Client): Parameters<Lockouts['wrong']>[0] {
    const { address, cookie } = client
    const attempt = { account: nameOf(person), client: cookie ?? address, address, pin: false }
    const locked = this.#parts.lockouts.lockedMs(attempt)
    if (locked === 0) return attempt
    this.#refused(person, 'locked', client)
    throw lockedFor(locked)
  }

  #open(person: Person, proof: Proof): string | undefined {
    // The site's own account of the same id is somebody else: its proofs are none of his.
    if (isLent(person)) return proof === 'password' ? person.lent.verifier : undefined
    const kept = this.#parts.directory.proof(person, proof)
    if (!kept) return undefined
    const now = epochOf(this.#parts.now(person.site))
    if (kept.until !== null && now !== null && now > kept.until) return undefined
    return this.#parts.vault(person.site)?.open(kept.sealed, boundTo(person, proof))
  }

  /** Undefined where none is asked for. */
  async #secondFactor(
    person: Person,
    code: string | undefined,
    client: Client,
    attempt: Parameters<Lockouts['wrong']>[0],
  ): Promise<'totp' | 'code' | undefined> {
    const secret = this.#open(person, 'totp')
    const isOutside = !isClose(client)
    if (secret === undefined) {
      const inCharge = this.#parts.directory
        .roles(person, hubSite)
        .some((role) => role === 'owner' || role === 'manager')
      if (!isOutside || !inCharge) return undefined
      this.#refused(person, 'second-factor', client)
      throw Trouble.of('totp_needed_outside', {})
    }
    if (code === undefined || code === '') throw Trouble.of('sign_in_code_needed', {})
    if (this.#isFreshStep(person, secret, code)) return 'totp'
    if (await this.#useCode(person, code)) return 'code'
    if (/^\s*(\d\s*){6}$/.test(code) && this.#parts.now(person.site)[2] === 0)
      throw Trouble.of('sign_in_clock_unknown', {})
    this.#refused(person, 'second-factor', client)
    await this.#parts.rest(this.#parts.lockouts.wrong(attempt))
    throw Trouble.of('sign_in_code_wrong', {})
  }

  #isFreshStep(person: Person, secret: string, code: string): boolean {
    const instant = this.#parts.now(person.site)
    const now = epochOf(instant)
    if (now === null || instant[2] === 0) return false
    const step = totpStep(secret, code, now)
    if (step === undefined || step <= (this.#lastSteps.get(nameOf(person)) ?? 0)) return false
    this.#lastSteps.set(nameOf(person), step)
    return true
  }

  async #useCode(person: Person, code: string): Promise<boolean> {
    const list = this.#open(person, 'codes')
    if (list === undefined) return false
    const used = sha256(codeText(code))
    const codes = JSON.parse(list) as readonly string[]
    if (!codes.includes(used) || this.#parts.directory.isUsed(person, used) || this.#taken.has(used))
      return false
    this.#taken.add(used)
    await this.#parts.codeUsed(person, used)
    return true
  }

  /** Codes of this process that the log may not show yet. */
  readonly #taken = new Set<string>()

  #refused(person: Person | undefined, why: Why, { address }: Client): void {
    this.#parts.refused(person?.site, person?.account ?? null, why, address)
  }
}

function lockedFor(ms: number): Trouble {
  const more = { retryAfter: Math.ceil(ms / 1000) }
  return Trouble.of('sign_in_locked', { minutes: Math.ceil(ms / 60_000) }).with(more)
}

const dayMs = 24 * 3_600_000
const daysOf = (ages: readonly number[]): number => Math.floor(Math.min(...ages) / dayMs)
const isLent = (person: Person): person is LentPerson => 'lent' in person

import type { Machine } from '../../kernel/machine.ts'
import { epochOf } from '../../kernel/instant.ts'
import { sha256 } from '../../kernel/digest.ts'
import { hubSite } from '../../kernel/settings/target.ts'
import { Trouble } from '../errors.ts'
import type { Open } from './account-door.ts'
import { checkLogin, checkPassword } from './accounts.ts'
import type { Whose } from './directory.ts'
import { sixDigits } from './first-start.ts'
import { oneTimePassword } from './one-time-password.ts'
import { hashPassword } from './passwords.ts'

const day = 24 * 3_600_000
/** A password that was made for somebody, and a volunteer's PIN where nothing else is said, count for so long. */
const madeDays = 7

export type NewPerson = {
  readonly login: string
  readonly name: string
  readonly language: 'fr' | 'en'
  readonly role: string | null
  readonly site: string | null
  readonly password?: string | undefined
  readonly until?: number | undefined
}

/** What was made for somebody: shown in this answer, and nowhere else. */
export type Made = {
  readonly account: string
  readonly site: string
  readonly login: string
  readonly oneTime: string | null
  readonly pin: string | null
  readonly until: number | null
}

type By = { readonly who: string; readonly keyOf: (step: number) => string }

/** A helper for the day, in the log of his site, with a PIN: that is what a lead looks after. */
export const siteOfVolunteer = ({ role, site }: Pick<NewPerson, 'role' | 'site'>): string | null =>
  role === 'volunteer' && site !== hubSite ? site : null

/** What those in charge do with people, at a browser. */
export class People {
  readonly #random: Machine['random']

  constructor(random: Machine['random']) {
    this.#random = random
  }

  async add(open: Open, about: NewPerson, by: By): Promise<Made> {
    const login = checkLogin(about.login)
    // The same request has the same account, however often it comes.
    const account = idOf(by.keyOf(0))
    const at = siteOfVolunteer(about)
    if (at !== null) return this.#addVolunteer(open, { ...about, login, site: at, account }, by)
    const { role, site } = about
    if (role !== null) open.accounts.checkRole(role)
    if (about.password !== undefined) checkPassword(about.password)
    const accounts = open.accounts.keyed(by.keyOf)
    const { name, language } = about
    await accounts.act(hubSite, 'account.save', { account, login, name, language }, by.who)
    const whose = { site: hubSite, account }
    const made = await this.#give(open, accounts, whose, about.password, by.who)
    if (role !== null) await accounts.act(hubSite, 'role.grant', { account, role, site }, by.who)
    return { account, site: hubSite, login, oneTime: made.text, pin: null, until: made.until }
  }

  /** Another password, or one that is made; whoever is signed in with the old one is out. */
  async setPassword(open: Open, whose: Whose, given: string | undefined, by: By): Promise<Made> {
    const person = open.directory.person(whose)
    const login = person?.login
    if (whose.site !== hubSite) {
      if (!person || typeof login !== 'string') throw Trouble.of('login_unknown', { login: whose.account })
      const { name, language, account, site } = person
      const about = { name: name ?? login, language: language === 'en' ? ('en' as const) : ('fr' as const) }
      const made = await this.#addVolunteer(open, { ...about, login, account, site, password: given }, by)
      const accounts = open.accounts.keyed((step) => by.keyOf(step + 1))
      await accounts.act(site, 'volunteer.signOut', { account, session: null }, by.who)
      return made
    }
    if (given !== undefined) checkPassword(given)
    const accounts = open.accounts.keyed(by.keyOf)
    // What is given for good takes the place of what was made. First, so that what is refused changes nothing.
    const other = given === undefined ? 'password' : 'once'
    if (open.directory.proof(whose, other)) await accounts.forgetProof(whose, other, by.who)
    const made = await this.#give(open, accounts, whose, given, by.who)
    await accounts.endSessions(whose, by.who)
    return { ...whose, login: login ?? '', oneTime: made.text, pin: null, until: made.until }
  }

  async #give(
    open: Open,
    accounts: Open['accounts'],
    whose: Whose,
    given: string | undefined,
    who: string,
  ): Promise<{ readonly text: string | null; readonly until: number | null }> {
    const text = given ?? oneTimePassword(this.#random)
    const until = given === undefined ? inDays(open, whose.site) : null
    const hashed = await hashPassword(text, this.#random)
    await accounts.prove(whose, given === undefined ? 'once' : 'password', hashed, until, who)
    return { text: given === undefined ? text : null, until }
  }

  async #addVolunteer(
    open: Open,
    about: Omit<NewPerson, 'role'> & { readonly site: string; readonly account: string },
    { who, keyOf }: By,
  ): Promise<Made> {
    const { account, site, login, name, language, password } = about
    if (password !== undefined && !/^\d{6}$/.test(password))
      throw Trouble.of('pin_form', {}).with({ field: 'password' })
    const pin = password ?? sixDigits(this.#random)
    const until = about.until ?? inDays(open, site)
    const accounts = open.accounts.keyed(keyOf)
    const sealed = await accounts.seal({ site, account }, 'pin', await hashPassword(pin, this.#random))
    await accounts.act(site, 'volunteer.save', { account, login, name, language, sealed, until }, who)
    return { account, site, login, oneTime: null, pin: password === undefined ? pin : null, until }
  }
}

/** Null where nobody knows what time it is: then it counts until it is taken away. */
function inDays({ box }: Open, site: string): number | null {
  const now = epochOf(box.now(site))
  return now === null ? null : Math.round(now + madeDays * day)
}

/** A name for an account, as they are written, of what tells one request from others. */
const idOf = (key: string): string =>
  sha256(`account ${key}`)
    .toLowerCase()
    .replaceAll(/[^0-9a-z]/g, '')
    .slice(0, 16)

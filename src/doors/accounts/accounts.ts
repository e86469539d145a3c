import type { Proof } from '../../kernel/accounts/facts.ts'
import { login as loginForm, siteName } from '../../kernel/accounts/facts.ts'
import { boundTo } from '../../kernel/accounts/lent.ts'
import type { Box } from '../../kernel/box/contract.ts'
import { epochOf } from '../../kernel/instant.ts'
import type { Machine } from '../../kernel/machine.ts'
import { randomId } from '../../kernel/machine.ts'
import type { Known } from '../../kernel/pack/kinds.ts'
import { refusalWords } from '../../kernel/pack/kinds.ts'
import { isKernelRole, kernelRoles } from '../../kernel/pack/roles.ts'
import { directActs } from '../../kernel/site/direct.ts'
import { hubSite } from '../../kernel/settings/target.ts'
import { sha256 } from '../../kernel/digest.ts'
import { Trouble } from '../errors.ts'
import { newToken } from './credentials.ts'
import type { Directory, Person, Whose } from './directory.ts'
import { hashPassword, longestPassword, shortestPassword } from './passwords.ts'
import { codeList, newCodes } from './recovery-codes.ts'
import { newTotpSecret, totpAddress } from './totp.ts'

const day = 24 * 3_600_000
export const tokenDays = 90
export const longestTokenDays = 365
/** What doors do themselves, and a token may be given by name. */
const doorPermissions: readonly string[] = ['audit', 'reach']
/** As long as the store may take to come round, and the views behind it. */
const patienceMs = 10_000
const lookMs = 20

export type Setup = {
  readonly organisation: string
  readonly language: 'fr' | 'en'
  readonly zone: string
  readonly login: string
  readonly name: string
  readonly password: string
  readonly site: string
  readonly siteName: string
  /** Nothing at the first site is real; false where nothing is said. */
  readonly exercise?: boolean | undefined
}

type Parts = {
  readonly box: Box
  readonly machine: Machine
  readonly known: Known
  readonly directory: Directory
}

/** What people in charge do with accounts, whichever door they come through. Each throws a Trouble in words. */
export class Accounts {
  readonly #parts: Parts
  readonly #keyOf: ((step: number) => string) | undefined
  #steps = 0
  #setup: Promise<unknown> = Promise.resolve()

  constructor(parts: Parts, keyOf?: (step: number) => string) {
    this.#parts = parts
    this.#keyOf = keyOf
  }

  /** The same for one request, whose steps have keys of their own: asked again, none of them is done twice. */
  keyed(keyOf: (step: number) => string): Accounts {
    return new Accounts(this.#parts, keyOf)
  }

  /** Asks for one action and returns its answer. */
  act(site: string, action: string, input: unknown, who: string): Promise<unknown> {
    return this.#act(site, action, input, who)
  }

  /** What the organisation is called. */
  organisation(): Promise<string> {
    return this.#nameOf(hubSite)
  }

  /** The organisation, its first owner, its first site. Cut short, it goes on where it was when asked again. */
  setup(setup: Setup, who: string): Promise<{ readonly account: string }> {
    const next = this.#setup.then(
      () => this.#setUp(setup, who),
      () => this.#setUp(setup, who),
    )
    this.#setup = next
    return next
  }

  async #setUp(setup: Setup, who: string): Promise<{ readonly account: string }> {
    checkLogin(setup.login)
    checkPassword(setup.password)
    checkSite(setup.site)
    await this.#found(hubSite)
    const owners = await this.#ownersOf()
    if (owners.length > 0) throw Trouble.of('setup_done', { organisation: await this.#nameOf(hubSite) })
    const { zone, exercise = false } = setup
    await this.#act(hubSite, 'site.save', { name: setup.organisation, zone, exercise: false }, who)
    await this.#foundSite({ site: setup.site, name: setup.siteName, zone, exercise }, who)
    const person = await this.save(hubSite, setup, who)
    await this.setPassword(person, setup.password, who)
    // Last: from here on it is done.
    await this.#act(hubSite, 'role.grant', { account: person.account, role: 'owner', site: null }, who)
    const { directory } = this.#parts
    await this.#until(() => directory.roles(person, hubSite).includes('owner') && !!directory.person(person))
    return { account: person.account }
  }

  async addSite(
    about: {
      readonly site: string
      readonly name: string
      readonly zone: string
      readonly exercise: boolean
    },
    who: string,
  ): Promise<void> {
    checkSite(about.site)
    this.#demandSetup()
    await this.#foundSite(about, who)
  }

  /** A new account, or another name or language of one that is there. */
  async save(
    site: string,
    about: { readonly login: string; readonly name: string; readonly language: 'fr' | 'en' },
    who: string,
  ): Promise<Person> {
    const login = checkLogin(about.login)
    // What is not read yet would be made a second time.
    await this.#parts.directory.known()
    const before = this.#parts.directory.byLogin(login).find((person) => person.site === site)
    const account = before?.account ?? randomId(this.#parts.machine.random, 12)
    const { name, language } = about
    await this.#act(site, 'account.save', { account, login, name, language }, who)
    return { site, account, login, name, language, suspended: false }
  }

  async setPassword(person: Whose, password: string, who: string): Promise<void> {
    checkPassword(password)
    await this.prove(person, 'password', await hashPassword(password, this.#parts.machine.random), null, who)
    if (this.#parts.directory.proof(person, 'once')) await this.forgetProof(person, 'once', who)
  }

  /** Returns what the app is given, and the codes: both are shown once. */
  async setTotp(person: Person, who: string) {
    const { random } = this.#parts.machine
    const secret = newTotpSecret(random)
    const codes = newCodes(random)
    await this.prove(person, 'totp', secret, null, who)
    await this.prove(person, 'codes', codeList(codes), null, who)
    const organisation = await this.#nameOf(hubSite)
    return { secret, address: totpAddress(secret, person.login ?? person.account, organisation), codes }
  }

  async removeTotp(person: Whose, who: string): Promise<void> {
    for (const proof of ['totp', 'codes'] as const) await this.forgetProof(person, proof, who)
  }

  async grant(person: Person, role: string, site: string | null, who: string): Promise<void> {
    this.checkRole(role)
    await this.#act(person.site, 'role.grant', { account: person.account, role, site }, who)
  }

  async remove(person: Person, role: string, site: string | null, who: string): Promise<void> {
    await this.#act(person.site, 'role.remove', { account: person.account, role, site }, who)
  }

  async suspend(person: Person, suspended: boolean, who: string): Promise<void> {
    await this.#act(person.site, 'account.suspend', { account: person.account, suspended }, who)
  }

  async endSessions(person: Whose, who: string): Promise<void> {
    await this.#act(person.site, 'session.end', { account: person.account, session: null }, who)
  }

  async unlock(person: Whose, who: string): Promise<void> {
    await this.#act(person.site, 'login.unlock', { account: person.account }, who)
  }

  /** The token is in this answer, and nowhere else. */
  async createToken(
    person: Whose,
    about: {
      readonly name: string
      readonly allow: readonly string[]
      readonly sites: readonly string[] | null
      readonly days: number
    },
    who: string,
  ): Promise<{ readonly id: string; readonly token: string; readonly until: number }> {
    const { machine, box } = this.#parts
    for (const name of about.allow) this.#checkPermission(name)
    const now = epochOf(box.now(person.site)) ?? epochOf(box.time())
    if (now === null) throw Trouble.of('clock_unknown', {})
    const token = newToken(machine.random)
    const id = randomId(machine.random, 12)
    const until = Math.round(now + Math.min(about.days, longestTokenDays) * day)
    const { account } = person
    const { name, allow, sites } = about
    const body = { token: id, account, name, secret: sha256(token), allow, sites, until }
    await this.#act(person.site, 'token.create', body, who)
    return { id, token, until }
  }

  async revokeToken(token: string, who: string): Promise<void> {
    await this.#act(hubSite, 'token.revoke', { token }, who)
  }

  /** Everybody whom the organisation knows, as the log has it now. */
  list(): Promise<readonly unknown[]> {
    return this.#rowsOf('accounts')
  }

  tokens(): Promise<readonly unknown[]> {
    return this.#rowsOf('tokens')
  }

  async #rowsOf(query: string): Promise<readonly unknown[]> {
    this.#demandSetup()
    await this.#isOpen(hubSite)
    const asked = await this.#parts.box.live.ask({ query, sites: hubSite, input: {} })
    if (asked.is !== 'answer') throw Trouble.of('keeper_silent', { site: hubSite, why: asked.is })
    return [...asked.rows.values()].map((row) => JSON.parse(row) as unknown)
  }

  /** Who has this login, the organisation's first. */
  async find(login: string): Promise<Person> {
    await this.#parts.directory.known()
    const found = this.#parts.directory.byLogin(login.normalize('NFKC').trim().toLowerCase())
    const person = found.find(({ lending }) => lending === undefined)
    if (person) return person
    throw Trouble.of(found.length > 0 ? 'login_lent' : 'login_unknown', { login })
  }

  checkRole(role: string): void {
    const ofPacks = this.#parts.known.packs.flatMap(({ name, roles = [] }) =>
      roles.map((each) => `${name}.${each}`),
    )
    if (isKernelRole(role) || ofPacks.includes(role)) return
    throw Trouble.of('role_unknown', { role, roles: [...kernelRoles, ...ofPacks].join(', ') }).with({
      field: 'role',
    })
  }

  #checkPermission(name: string): void {
    const { actions, queries, orders, topics } = this.#parts.known
    if (actions.has(name) || queries.has(name) || orders.has(name)) return
    if (topics.some((topic) => topic.name === name) || Object.hasOwn(directActs, name)) return
    if (doorPermissions.includes(name)) return
    throw Trouble.of('permission_unknown', { name, example: 'site.save' }).with({ field: 'allow' })
  }

  async prove(person: Whose, proof: Proof, secret: string, until: number | null, who: string): Promise<void> {
    const sealed = await this.seal(person, proof, secret)
    const { account } = person
    await this.#act(person.site, 'account.prove', { account, proof, sealed, until }, who)
  }

  async forgetProof({ site, account }: Whose, proof: Proof, who: string): Promise<void> {
    await this.#act(site, 'account.prove', { account, proof, sealed: null, until: null }, who)
  }

  async seal(person: Whose, proof: Proof, secret: string): Promise<string> {
    const { box } = this.#parts
    await this.#until(() => box.vault(person.site) !== undefined)
    const sealed = box.vault(person.site)?.seal(secret, boundTo(person, proof))
    if (sealed === undefined) throw Trouble.of('keeper_silent', { site: person.site, why: 'site key' })
    return sealed
  }

  #demandSetup(): void {
    if (!this.#parts.box.status().sites.some(({ site }) => site === hubSite))
      throw Trouble.of('setup_needed', {})
  }

  async #foundSite(
    {
      site,
      ...about
    }: { readonly site: string; readonly name: string; readonly zone: string; readonly exercise: boolean },
    who: string,
  ): Promise<void> {
    await this.#found(site)
    await this.#act(site, 'site.save', about, who)
  }

  async #found(site: string): Promise<void> {
    const { box } = this.#parts
    const here = box.status().sites.find((each) => each.site === site)
    if (!here || here.n === 0) await box.found(site)
    await this.#until(() =>
      box.status().sites.some((each) => each.site === site && each.role === 'keeping' && each.viewLag === 0),
    )
  }

  async #ownersOf(): Promise<readonly unknown[]> {
    const asked = await this.#parts.box.live.ask({ query: 'doorRoles', sites: hubSite, input: {} })
    if (asked.is !== 'answer') throw Trouble.of('keeper_silent', { site: hubSite, why: asked.is })
    return [...asked.rows.values()].filter((row) => (JSON.parse(row) as { role: string }).role === 'owner')
  }

  async #nameOf(site: string): Promise<string> {
    const asked = await this.#parts.box.live.ask({ query: 'sites', sites: site, input: {} })
    const [row] = asked.is === 'answer' ? asked.rows.values() : []
    return row === undefined ? site : (JSON.parse(row) as { name: string }).name
  }

  async #act(site: string, action: string, input: unknown, who: string): Promise<unknown> {
    await this.#isOpen(site)
    const key = this.#keyOf?.(++this.#steps) ?? `door ${randomId(this.#parts.machine.random, 20)}`
    const answer = await this.#parts.box.act(site, { action, key, who, input })
    switch (answer.is) {
      case 'answered':
        return answer.answer
      case 'refused':
        throw this.#refusal(answer.code, answer.detail)
      case 'unknown':
        throw Trouble.of('keeper_silent', { site, why: answer.why })
      case 'waiting':
        throw Trouble.of('keeper_silent', { site, why: 'away' })
    }
  }

  #refusal(code: string, detail: Readonly<Record<string, string | number>>): Trouble {
    const { known } = this.#parts
    const words = refusalWords(known, known.kernel, code)
    return words ? Trouble.refused(code, words, detail) : Trouble.of('refused', { refusal: code })
  }

  /** A keeper that has just started waits for the others of its site before it decides. */
  #isOpen(site: string): Promise<void> {
    return this.#until(() =>
      this.#parts.box
        .status()
        .sites.every((each) => each.site !== site || (each.role !== 'opening' && each.viewLag === 0)),
    )
  }

  async #until(isSo: () => boolean): Promise<void> {
    const { clock, timers } = this.#parts.machine
    for (const began = clock.mono(); !isSo();) {
      if (clock.mono() - began > patienceMs) throw Trouble.of('keeper_silent', { site: hubSite, why: 'slow' })
      await new Promise<void>((resolve) => timers.after(lookMs, resolve))
    }
  }
}

export function checkLogin(text: string): string {
  const login = text.normalize('NFKC').trim().toLowerCase()
  if (!loginForm.safeParse(login).success)
    throw Trouble.of('name_invalid', { what: 'login', value: text, example: 'marie' }).with({
      field: 'login',
    })
  return login
}

function checkSite(site: string): void {
  if (!siteName.safeParse(site).success)
    throw Trouble.of('name_invalid', { what: 'site', value: site, example: 'trail-2026' }).with({
      field: 'site',
    })
}

export function checkPassword(password: string, field = 'password'): void {
  if (password.length < shortestPassword || password.length > longestPassword)
    throw Trouble.of('password_short', { least: shortestPassword, most: longestPassword }).with({ field })
}

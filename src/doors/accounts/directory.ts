import type { Proof } from '../../kernel/accounts/facts.ts'
import type { Machine } from '../../kernel/machine.ts'
import type { Box } from '../../kernel/box/contract.ts'
import { hubSite } from '../../kernel/settings/target.ts'
import { Trouble } from '../errors.ts'
import type { ShownRow } from './shown-rows.ts'
import { ShownRows } from './shown-rows.ts'

const queries = ['doorPeople', 'doorProofs', 'doorCodes', 'doorRoles', 'doorTokens', 'doorSessions'] as const
type Query = (typeof queries)[number]
type Shown = Readonly<Record<Query, ShownRows>>

const lookMs = 10
const patienceMs = 5_000

/**
 * An account, and in whose log it stands. The same name in another log is somebody else: a site's lead must not become
 * an owner by choosing a name.
 */
export type Whose = { readonly site: string; readonly account: string }

export type Person = Whose & {
  readonly login: string | null
  readonly name: string | null
  readonly language: string | null
  readonly suspended: boolean
}
export type Token = Whose & {
  readonly token: string
  readonly name: string
  readonly allow: readonly string[]
  readonly sites: readonly string[] | null
  readonly until: number
}
export type Session = Whose & {
  readonly session: string
  readonly box: string
  readonly how: string
  readonly address: string
  readonly until: number | null
  readonly ended: boolean
}

type Held = { readonly role: string; readonly at: string }

type Index = {
  readonly people: ReadonlyMap<string, Person>
  readonly logins: ReadonlyMap<string, readonly Person[]>
  /** With the site where they count, empty for everywhere. */
  readonly roles: ReadonlyMap<string, readonly Held[]>
  readonly tokens: ReadonlyMap<string, Token>
  readonly sessions: ReadonlyMap<string, Session>
}

/** Everybody whom the sites of this box know, as their logs have it now. Read from the first who comes to a door on. */
export class Directory {
  readonly #box: Pick<Box, 'id' | 'live' | 'status' | 'onChange'>
  readonly #sites = new Map<string, Shown>()
  readonly #listeners = new Set<() => void>()
  #index: Index | undefined
  #unlisten: (() => void) | undefined

  readonly #timers: Machine['timers']

  constructor(box: Pick<Box, 'id' | 'live' | 'status' | 'onChange'>, timers: Machine['timers']) {
    this.#box = box
    this.#timers = timers
  }

  /** Waits until all of it is here. Throws where that takes too long: nobody is refused for what is not read yet. */
  async known(): Promise<void> {
    for (let waited = 0; !this.isKnown; waited += lookMs) {
      if (waited > patienceMs) throw Trouble.of('starting', {})
      await new Promise<void>((resolve) => this.#timers.after(lookMs, resolve))
    }
  }

  /** All of it is here. */
  get isKnown(): boolean {
    this.#open()
    return [...this.#sites.values()].every((shown) => queries.every((query) => shown[query].isKnown))
  }

  onChange(tell: () => void): () => void {
    this.#listeners.add(tell)
    return () => this.#listeners.delete(tell)
  }

  person(whose: Whose): Person | undefined {
    return this.#now.people.get(nameOf(whose))
  }

  /** Those who sign in under this name: an organisation's first, then those of sites. */
  byLogin(login: string): readonly Person[] {
    return this.#now.logins.get(login) ?? []
  }

  proof(person: Whose, proof: Proof): { readonly sealed: string; readonly until: number | null } | undefined {
    for (const row of this.#rows(person.site, 'doorProofs'))
      if (row['account'] === person.account && row['proof'] === proof)
        return { sealed: String(row['sealed']), until: row['until'] as number | null }
    return undefined
  }

  isUsed(person: Person, code: string): boolean {
    for (const row of this.#rows(person.site, 'doorCodes'))
      if (row['account'] === person.account && row['code'] === code) return true
    return false
  }

  /** What somebody is at a site. Suspended where the role was given, he is nothing. */
  roles(whose: Whose, site: string): readonly string[] {
    return this.allRoles(whose)
      .filter(({ at }) => at === '' || at === site)
      .map(({ role }) => role)
  }

  /** Everything that he is anywhere. */
  allRoles(whose: Whose): readonly Held[] {
    return this.#now.roles.get(nameOf(whose)) ?? []
  }

  token(secret: string): Token | undefined {
    return this.#now.tokens.get(secret)
  }

  session(session: string): Session | undefined {
    return this.#now.sessions.get(session)
  }

  /** Those of all boxes, ended ones too. */
  sessionsOf({ site, account }: Whose): readonly Session[] {
    this.#open()
    return [...this.#rows(site, 'doorSessions')]
      .filter((row) => row['account'] === account)
      .map((row) => ({ ...row, site }) as unknown as Session)
  }

  /** One of the owners, always the same as long as he is one. */
  get firstOwner(): Person | undefined {
    const isOwner = ({ role, at }: Held) => role === 'owner' && at === ''
    const [name = ''] = [...this.#now.roles].find(([, all]) => all.some(isOwner)) ?? []
    return this.#now.people.get(name)
  }

  /** When a lead last let somebody try again, by account. */
  *unlocks(): Iterable<readonly [name: string, n: number]> {
    this.#open()
    for (const site of this.#sites.keys())
      for (const row of this.#rows(site, 'doorPeople'))
        yield [nameOf({ site, account: String(row['account']) }), Number(row['unlocked'])]
  }

  close(): void {
    this.#unlisten?.()
    for (const shown of this.#sites.values()) for (const query of queries) shown[query].stop()
    this.#sites.clear()
    this.#listeners.clear()
  }

  #open(): void {
    this.#unlisten ??= this.#box.onChange(() => this.#look())
    if (this.#sites.size === 0) this.#look()
  }

  #look(): void {
    for (const { site } of this.#box.status().sites) {
      if (this.#sites.has(site)) continue
      const show = (query: Query) => new ShownRows(this.#box.live, site, query, () => this.#changed())
      this.#sites.set(site, Object.fromEntries(queries.map((query) => [query, show(query)])) as Shown)
      this.#changed()
    }
  }

  #changed(): void {
    this.#index = undefined
    for (const tell of this.#listeners) tell()
  }

  #rows(site: string, query: Query): Iterable<ShownRow> {
    return this.#sites.get(site)?.[query].all ?? []
  }

  get #now(): Index {
    this.#open()
    return (this.#index ??= this.#made())
  }

  #made(): Index {
    const sites = [...this.#sites.keys()].toSorted((a, b) => Number(b === hubSite) - Number(a === hubSite))
    const each = (query: Query) =>
      sites.flatMap((site) => [...this.#rows(site, query)].map((row) => ({ site, row })))
    const people = each('doorPeople').map(({ site, row }) => ({ ...row, site }) as unknown as Person)
    const suspended = new Set(people.filter((person) => person.suspended).map(nameOf))
    // A site's log says what people are there, and no more.
    const roles = each('doorRoles')
      .map(({ site, row }) => {
        const at = site === hubSite ? String(row['site']) : site
        return { name: nameOf({ site, account: String(row['account']) }), role: String(row['role']), at }
      })
      .filter(({ name }) => !suspended.has(name))
    const tokens = each('doorTokens').map(
      ({ site, row }) => [String(row['secret']), { ...row, site }] as const,
    )
    // A session counts where it was opened: what another box says of one is no business of this one.
    const sessions = each('doorSessions')
      .filter(({ row }) => row['box'] === this.#box.id)
      .map(({ site, row }) => [String(row['session']), { ...row, site }] as const)
    return {
      people: new Map(people.map((person) => [nameOf(person), person])),
      logins: Map.groupBy(
        people.filter(({ login }) => login !== null),
        ({ login }) => login ?? '',
      ),
      roles: Map.groupBy(roles, ({ name }) => name),
      tokens: new Map(tokens) as unknown as Index['tokens'],
      sessions: new Map(sessions) as unknown as Index['sessions'],
    }
  }
}

/** Neither part has a space in it. */
export const nameOf = ({ site, account }: Whose): string => `${site} ${account}`

import type { Proof } from '../../kernel/accounts/facts.ts'
import { ageOf, isStale } from '../../kernel/accounts/lent.ts'
import type { Machine } from '../../kernel/machine.ts'
import type { Box } from '../../kernel/box/contract.ts'
import { hubSite } from '../../kernel/settings/target.ts'
import { Trouble } from '../errors.ts'
import type { LentPerson } from './lent-people.ts'
import { LentPeople } from './lent-people.ts'
import type { ShownRow } from './shown-rows.ts'
import { ShownRows } from './shown-rows.ts'

const queries = [
  'doorPeople',
  'doorProofs',
  'doorCodes',
  'doorRoles',
  'doorTokens',
  'doorSessions',
  'doorLendings',
  'doorConfirmed',
] as const
type Query = (typeof queries)[number]
type Shown = Readonly<Record<Query, ShownRows>>

const lookMs = 10
const patienceMs = 5_000

/**
 * An account, and in whose log it stands. The same name in another log is somebody else: a site's lead must not become
 * an owner by choosing a name.
 */
export type Whose = {
  readonly site: string
  readonly account: string
  /** The organisation's account, as the hub lent it to this site: another than the site's own of this id. */
  readonly lending?: string | undefined
}

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

/** How long ago the hub has confirmed what it lent, in milliseconds; null where nobody can tell. */
export type Age = number | null

type SeenBox = Pick<Box, 'id' | 'live' | 'status' | 'onChange' | 'vault' | 'now'>
type Held = { readonly role: string; readonly at: string }

type Index = {
  readonly people: ReadonlyMap<string, Person>
  readonly lent: ReadonlyMap<string, LentPerson>
  readonly logins: ReadonlyMap<string, readonly Person[]>
  /** With the site where they count, empty for everywhere. */
  readonly roles: ReadonlyMap<string, readonly Held[]>
  readonly tokens: ReadonlyMap<string, Token>
  /** Who was lent to several sites signs in to all of them at once. */
  readonly sessions: ReadonlyMap<string, readonly Session[]>
}

/** Everybody whom the sites of this box know, as their logs have it now. Read from the first who comes to a door on. */
export class Directory {
  readonly #box: SeenBox
  readonly #lentPeople = new LentPeople()
  /** Which sites count here, and whose secrets could be opened. */
  #standing = ''
  #keys = ''
  readonly #sites = new Map<string, Shown>()
  readonly #listeners = new Set<() => void>()
  #index: Index | undefined
  #unlisten: (() => void) | undefined
  #isLooking = false

  readonly #timers: Machine['timers']

  constructor(box: SeenBox, timers: Machine['timers']) {
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
    return this.lent(whose) ?? this.#now.people.get(nameOf(whose))
  }

  /** As long as it is lent as it was: whatever changes at the hub, is lent anew. */
  lent(whose: Whose): LentPerson | undefined {
    const person = this.#now.lent.get(nameOf(whose))
    return person?.lending === whose.lending ? person : undefined
  }

  /** Whom the hub lends to a site under this account as things are. */
  lentNow(site: string, account: string): LentPerson | undefined {
    return this.#now.lent.get(nameOf({ site, account, lending: '' }))
  }

  age({ site, confirmed }: LentPerson): Age {
    return ageOf(confirmed, this.#box.now(site))
  }

  /** Those who sign in under this name: an organisation's first, then whom it lent, then those of sites. */
  byLogin(login: string): readonly Person[] {
    return this.#now.logins.get(login) ?? []
  }

  /** Of an account of the site's own; what was lent has the one that was lent with it. */
  proof(person: Whose, proof: Proof): { readonly sealed: string; readonly until: number | null } | undefined {
    if (person.lending !== undefined) return undefined
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
    if (whose.lending !== undefined) {
      const person = this.lent(whose)
      if (!person || isStale(this.age(person))) return []
      return person.lent.roles.map((role) => ({ role, at: person.site }))
    }
    return this.#now.roles.get(nameOf(whose)) ?? []
  }

  token(secret: string): Token | undefined {
    return this.#now.tokens.get(secret)
  }

  sessions(session: string): readonly Session[] {
    return this.#now.sessions.get(session) ?? []
  }

  /** Those of all boxes, ended ones too. */
  sessionsOf({ site, account, lending }: Whose): readonly Session[] {
    this.#open()
    return [...this.#rows(site, 'doorSessions')]
      .map((row) => sessionIn(site, row))
      .filter((each) => each.account === account && each.lending === lending)
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
    for (const site of this.#sites.keys()) {
      for (const row of this.#rows(site, 'doorPeople'))
        yield [nameOf({ site, account: String(row['account']) }), Number(row['unlocked'])]
      for (const row of this.#rows(site, 'doorLendings'))
        yield [
          nameOf({ site, account: String(row['account']), lending: String(row['lending']) }),
          Number(row['unlocked']),
        ]
    }
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
    // What is read already is told while it is being asked for, and whoever hears it asks here.
    if (this.#isLooking) return
    this.#isLooking = true
    const { sites } = this.#box.status()
    try {
      for (const { site } of sites) {
        if (this.#sites.has(site)) continue
        const show = (query: Query) => new ShownRows(this.#box.live, site, query, () => this.#changed())
        this.#sites.set(site, Object.fromEntries(queries.map((query) => [query, show(query)])) as Shown)
      }
    } finally {
      this.#isLooking = false
    }
    const standing = sites.map(({ site, left }) => `${site} ${left}`).join()
    if (standing === this.#standing) return
    this.#standing = standing
    this.#changed()
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
    // Nobody tells when the key of a site comes.
    const keys = [...this.#sites.keys()].filter((site) => this.#box.vault(site)).join()
    if (keys !== this.#keys) this.#index = undefined
    this.#keys = keys
    return (this.#index ??= this.#made())
  }

  #made(): Index {
    // Whom a site has sent away lets nobody in by the log that it still has.
    const left = new Set(
      this.#box
        .status()
        .sites.filter((each) => each.left)
        .map(({ site }) => site),
    )
    const sites = [...this.#sites.keys()]
      .filter((site) => !left.has(site))
      .toSorted((a, b) => Number(b === hubSite) - Number(a === hubSite))
    const each = (query: Query) =>
      sites.flatMap((site) => [...this.#rows(site, query)].map((row) => ({ site, row })))
    const people = each('doorPeople').map(({ site, row }) => ({ ...row, site }) as unknown as Person)
    // Where the organisation's own log is, nothing that was lent counts.
    const hasOwn = people.some(({ site }) => site === hubSite)
    const lent = hasOwn ? [] : sites.flatMap((site) => this.#lentTo(site))
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
      .map(({ site, row }) => sessionIn(site, row))
    return {
      people: new Map(people.map((person) => [nameOf(person), person])),
      lent: new Map(lent.map((person) => [nameOf(person), person])),
      logins: Map.groupBy(
        [...lent, ...people]
          .filter(({ login }) => login !== null)
          .toSorted((a, b) => Number(b.site === hubSite) - Number(a.site === hubSite)),
        ({ login }) => login ?? '',
      ),
      roles: Map.groupBy(roles, ({ name }) => name),
      tokens: new Map(tokens) as unknown as Index['tokens'],
      sessions: Map.groupBy(sessions, ({ session }) => session),
    }
  }

  #lentTo(site: string): readonly LentPerson[] {
    const [lendings, confirmed] = [this.#rows(site, 'doorLendings'), this.#rows(site, 'doorConfirmed')]
    return this.#lentPeople.at({ site, vault: this.#box.vault(site), lendings, confirmed })
  }
}

const sessionIn = (site: string, row: ShownRow): Session =>
  ({ ...row, site, lending: row['lending'] ?? undefined }) as unknown as Session

/** No part has a space in it. */
export const nameOf = ({ site, account, lending }: Whose): string =>
  `${site} ${account}${lending === undefined ? '' : ' lent'}`

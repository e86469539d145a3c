import { epochOf } from '../../kernel/instant.ts'
import type { Box } from '../../kernel/box/contract.ts'
import { sha256 } from '../../kernel/digest.ts'
import { hubSite } from '../../kernel/settings/target.ts'
import type { Machine } from '../../kernel/machine.ts'
import { newSecret } from './credentials.ts'
import type { Directory, Person } from './directory.ts'

export const sessionMs = 12 * 3_600_000

export type How = 'password' | 'pin' | 'totp' | 'code' | 'reset'
type Own = { readonly account: string; readonly opened: number; ended: boolean }

/**
 * Who is signed in at this box. A session is said in the log, so that it survives a restart, is seen, and can be
 * ended from elsewhere; it counts here from the moment at which it was opened, keeper or no keeper.
 */
export class Sessions {
  readonly #box: Pick<Box, 'id' | 'record' | 'now' | 'status'>
  readonly #directory: Directory
  readonly #machine: Machine
  /** Those of this process, by their hash. */
  readonly #own = new Map<string, Own>()
  readonly #listeners = new Set<() => void>()

  constructor(parts: {
    readonly box: Pick<Box, 'id' | 'record' | 'now' | 'status'>
    readonly directory: Directory
    readonly machine: Machine
  }) {
    this.#box = parts.box
    this.#directory = parts.directory
    this.#machine = parts.machine
  }

  onClose(tell: () => void): () => void {
    this.#listeners.add(tell)
    return () => this.#listeners.delete(tell)
  }

  /** Returns the secret that the browser keeps. */
  async open(person: Person, how: How, address: string): Promise<string> {
    const secret = newSecret(this.#machine.random)
    const session = sha256(secret)
    const site = this.#siteFor(person)
    const now = epochOf(this.#box.now(site))
    const until = now === null ? null : now + sessionMs
    const { account } = person
    this.#forgetOld()
    this.#own.set(session, { account, opened: this.#machine.clock.mono(), ended: false })
    await this.#say(site, { kind: 'session.opened', body: { session, account, how, address, until } })
    return secret
  }

  /** The account whose session this is, as long as it lasts. */
  accountOf(session: string): string | undefined {
    const said = this.#directory.session(session)
    const own = this.#own.get(session)
    if (own) {
      const isOver = own.ended || said?.ended || this.#machine.clock.mono() - own.opened > sessionMs
      return isOver ? undefined : own.account
    }
    if (!said || said.ended || said.box !== this.#box.id) return undefined
    const [site] = this.#directory.people(said.account).map((person) => person.site)
    const now = site === undefined ? null : epochOf(this.#box.now(site))
    return said.until !== null && now !== null && now > said.until ? undefined : said.account
  }

  /** He goes. */
  async close(secret: string): Promise<void> {
    const session = sha256(secret)
    const account = this.accountOf(session)
    if (account === undefined) return
    const own = this.#own.get(session)
    if (own) own.ended = true
    for (const tell of this.#listeners) tell()
    const [person] = this.#directory.people(account)
    if (person) await this.#say(this.#siteFor(person), { kind: 'session.closed', body: { session } })
  }

  /** An organisation's account is signed in where its log is, if this box has it. */
  #siteFor(person: Person): string {
    const sites = this.#box.status().sites.map(({ site }) => site)
    return sites.includes(hubSite) && person.site === hubSite ? hubSite : person.site
  }

  /** A full disk keeps nobody out: then the session is of this process only. */
  async #say(site: string, fact: { readonly kind: string; readonly body: unknown }): Promise<void> {
    try {
      await this.#box.record(site, [fact])
    } catch (error) {
      this.#machine.log('warn', `${fact.kind} is not on disk: ${String(error)}`)
    }
  }

  #forgetOld(): void {
    const now = this.#machine.clock.mono()
    for (const [session, { opened }] of this.#own) if (now - opened > sessionMs) this.#own.delete(session)
  }
}

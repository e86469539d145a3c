import { epochOf } from '../../kernel/instant.ts'
import type { Box } from '../../kernel/box/contract.ts'
import { sha256 } from '../../kernel/digest.ts'
import type { Machine } from '../../kernel/machine.ts'
import { newSecret } from './credentials.ts'
import type { Directory, Person, Whose } from './directory.ts'

export const sessionMs = 12 * 3_600_000

export type How = 'password' | 'pin' | 'totp' | 'code' | 'reset'
type Own = {
  readonly whose: Whose
  readonly how: How
  readonly address: string
  readonly opened: number
  readonly until: number | null
  ended: boolean
}
/** A session as its owner sees it. `until`: in the site's time. */
export type Opened = {
  readonly session: string
  readonly box: string
  readonly how: string
  readonly address: string
  readonly until: number | null
}

/**
 * Who is signed in at this box. A session is said in the log, so that it survives a restart, is seen, and can be
 * ended from elsewhere; it counts here from the moment at which it was opened, keeper or no keeper.
 */
export class Sessions {
  readonly #box: Pick<Box, 'id' | 'record' | 'now'>
  readonly #directory: Directory
  readonly #machine: Machine
  /** Those of this process, by their hash. */
  readonly #own = new Map<string, Own>()
  readonly #listeners = new Set<() => void>()

  constructor(parts: {
    readonly box: Pick<Box, 'id' | 'record' | 'now'>
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
    const { site, account } = person
    const now = epochOf(this.#box.now(site))
    const until = now === null ? null : now + sessionMs
    this.#forgetOld()
    const opened = this.#machine.clock.mono()
    this.#own.set(session, { whose: { site, account }, how, address, opened, until, ended: false })
    await this.#say(site, { kind: 'session.opened', body: { session, account, how, address, until } })
    return secret
  }

  /** Whose session this is, as long as it lasts. */
  whose(session: string): Whose | undefined {
    const said = this.#directory.session(session)
    const own = this.#own.get(session)
    if (own) {
      const isOver = own.ended || said?.ended || this.#machine.clock.mono() - own.opened > sessionMs
      return isOver ? undefined : own.whose
    }
    if (!said || said.ended) return undefined
    const now = epochOf(this.#box.now(said.site))
    return said.until !== null && now !== null && now > said.until ? undefined : said
  }

  /** How whoever has this session showed who he is. */
  howOf(session: string): string | undefined {
    return this.#own.get(session)?.how ?? this.#directory.session(session)?.how
  }

  /** All that somebody has open, at whatever box, as far as it is known here. */
  openOf(whose: Whose): readonly Opened[] {
    const now = epochOf(this.#box.now(whose.site))
    const isOver = (until: number | null) => until !== null && now !== null && now > until
    const found = new Map<string, Opened>()
    for (const { ended, ...each } of this.#directory.sessionsOf(whose))
      if (!ended && !isOver(each.until)) found.set(each.session, each)
    for (const [session, { how, address, until }] of this.#own) {
      const is = this.whose(session)
      if (is?.site === whose.site && is.account === whose.account)
        found.set(session, { session, box: this.#box.id, how, address, until })
      else found.delete(session)
    }
    return [...found.values()]
  }

  /** From now on it lets nobody in here, whatever becomes of it in the log. */
  shut(session: string): void {
    const own = this.#own.get(session)
    if (own) own.ended = true
    for (const tell of this.#listeners) tell()
  }

  /** He goes. */
  async close(secret: string): Promise<void> {
    const session = sha256(secret)
    const whose = this.whose(session)
    if (whose === undefined) return
    this.shut(session)
    await this.#say(whose.site, { kind: 'session.closed', body: { session } })
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

import { epochOf } from '../../kernel/instant.ts'
import type { Box } from '../../kernel/box/contract.ts'
import { sha256 } from '../../kernel/digest.ts'
import type { Machine } from '../../kernel/machine.ts'
import { newSecret } from './credentials.ts'
import type { Directory, Person, Whose } from './directory.ts'

export const sessionMs = 12 * 3_600_000

export type How = 'password' | 'pin' | 'totp' | 'code' | 'reset'
type Own = { readonly whose: Whose; readonly opened: number; ended: boolean }

/**
 * Who is signed in at this box. A session is said in the log, so that it survives a restart, is seen, and can be
 * ended from elsewhere; it counts here from the moment at which it was opened, keeper or no keeper.
 */
export class Sessions {
  readonly #box: Pick<Box, 'record' | 'now'>
  readonly #directory: Directory
  readonly #machine: Machine
  /** Those of this process, by their hash. */
  readonly #own = new Map<string, Own>()
  readonly #listeners = new Set<() => void>()

  constructor(parts: {
    readonly box: Pick<Box, 'record' | 'now'>
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
    this.#own.set(session, { whose: { site, account }, opened: this.#machine.clock.mono(), ended: false })
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

  /** He goes. */
  async close(secret: string): Promise<void> {
    const session = sha256(secret)
    const whose = this.whose(session)
    if (whose === undefined) return
    const own = this.#own.get(session)
    if (own) own.ended = true
    for (const tell of this.#listeners) tell()
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

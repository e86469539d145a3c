import { epochOf } from '../../kernel/instant.ts'
import type { Box } from '../../kernel/box/contract.ts'
import { sha256 } from '../../kernel/digest.ts'
import type { Machine } from '../../kernel/machine.ts'
import { newSecret } from './credentials.ts'
import type { Directory, Person, Session, Whose } from './directory.ts'
import { nameOf } from './directory.ts'
import type { LentPerson } from './lent-people.ts'

export const sessionMs = 12 * 3_600_000

export type How = 'password' | 'pin' | 'totp' | 'code' | 'reset'
type Own = {
  readonly whose: readonly Whose[]
  readonly how: How
  readonly address: string
  readonly opened: number
  readonly until: number | null
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
  /** Those that let nobody in here any more, and since when; the log may not say so yet, or never. */
  readonly #shut = new Map<string, number>()
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

  /** Returns the secret that the browser keeps. `people`: one, or one and the same as he was lent to several sites. */
  async open(people: readonly (Person | LentPerson)[], how: How, address: string): Promise<string> {
    const secret = newSecret(this.#machine.random)
    const session = sha256(secret)
    this.#forgetOld()
    const all = people.map((person) => {
      const now = epochOf(this.#box.now(person.site))
      return { person, until: now === null ? null : now + sessionMs }
    })
    const whose = people.map(({ site, account, lending }) => ({ site, account, lending }))
    const [{ until } = { until: null }] = all
    const opened = this.#machine.clock.mono()
    this.#own.set(session, { whose, how, address, opened, until })
    for (const each of all) await this.#say(each.person.site, factOf({ session, how, address, ...each }))
    return secret
  }

  /** Whose session this is, as long as it lasts; the same person twice only where he was lent to two sites. */
  whose(session: string): readonly Whose[] {
    if (this.#shut.has(session)) return []
    const said = this.#directory.sessions(session)
    const own = this.#own.get(session)
    const isEnded = ({ site }: Whose) => said.some((each) => each.site === site && each.ended)
    const isLent = (whose: Whose) => whose.lending === undefined || this.#directory.lent(whose) !== undefined
    if (own) {
      const isOver = this.#machine.clock.mono() - own.opened > sessionMs
      return isOver ? [] : own.whose.filter((each) => !isEnded(each) && isLent(each))
    }
    return said.filter((each) => !each.ended && !this.#isOver(each) && isLent(each))
  }

  #isOver({ site, until }: Session): boolean {
    const now = epochOf(this.#box.now(site))
    return until !== null && now !== null && now > until
  }

  /** How whoever has this session showed who he is. */
  howOf(session: string): string | undefined {
    return this.#own.get(session)?.how ?? this.#directory.sessions(session)[0]?.how
  }

  /**
   * All that somebody has open, as far as it is known here, at whatever box; of who was lent, those of this box.
   * `people`: one, or one and the same as he was lent to several sites.
   */
  openOf(people: readonly Whose[]): readonly Opened[] {
    const found = new Map<string, Opened>()
    for (const each of people.flatMap((whose) => this.#directory.sessionsOf(whose)))
      if (this.#isOpen(each)) found.set(each.session, openedAs(each))
    const names = people.map(nameOf)
    for (const [session, { how, address, until }] of this.#own) {
      if (this.whose(session).some((each) => names.includes(nameOf(each))))
        found.set(session, { session, box: this.#box.id, how, address, until })
      else found.delete(session)
    }
    return [...found.values()]
  }

  #isOpen(said: Session): boolean {
    if (said.ended || this.#isOver(said)) return false
    return said.box === this.#box.id ? !this.#shut.has(said.session) : said.lending === undefined
  }

  /** From now on it lets nobody in here, whatever becomes of it in the log. */
  shut(session: string): void {
    this.#shut.set(session, this.#machine.clock.mono())
    for (const tell of this.#listeners) tell()
  }

  /** He goes. */
  close(secret: string): Promise<void> {
    return this.leave(sha256(secret))
  }

  /** The same by what the log calls the session. */
  async leave(session: string): Promise<void> {
    const whose = this.whose(session)
    if (whose.length === 0) return
    this.shut(session)
    for (const { site } of whose) await this.#say(site, { kind: 'session.closed', body: { session } })
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
    for (const [session, at] of this.#shut) if (now - at > sessionMs) this.#shut.delete(session)
  }
}

type Opening = Pick<Opened, 'session' | 'address' | 'until'> & {
  readonly person: Person | LentPerson
  readonly how: How
}

function factOf({ person, session, how, address, until }: Opening) {
  const { account } = person
  if (!('lent' in person)) return { kind: 'session.opened', body: { session, account, how, address, until } }
  const { lending, confirmed } = person
  return { kind: 'session.lent', body: { session, account, lending, confirmed, address, until } }
}

const openedAs = ({ session, box, how, address, until }: Session): Opened => ({
  session,
  box,
  how,
  address,
  until,
})

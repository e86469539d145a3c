import type { Machine } from '../../kernel/machine.ts'
import { Trouble } from '../errors.ts'
import type { Open } from './account-door.ts'
import { checkPassword } from './accounts.ts'
import type { Signed } from './browser.ts'
import type { Person } from './directory.ts'
import { nameOf } from './directory.ts'
import { hashPassword } from './passwords.ts'
import { codeList, newCodes } from './recovery-codes.ts'
import type { Client } from './sign-in.ts'
import { newTotpSecret, totpAddress } from './totp.ts'
import { whoOf } from './visitors.ts'

/** So long a second factor waits for the code that confirms it. */
const pendingMs = 10 * 60_000
const mostPending = 1000

type Pending = { readonly secret: string; readonly at: number }
type KeyOf = (step: number) => string

/** What somebody does with his own account. Whoever sits at a browser left open must not: each step asks for a proof. */
export class OwnAccount {
  readonly #machine: Pick<Machine, 'clock' | 'random'>
  readonly #pending = new Map<string, Pending>()

  constructor(machine: Pick<Machine, 'clock' | 'random'>) {
    this.#machine = machine
  }

  /** The next password; all other sessions end. With a password that was made for him, the old one is not asked for. */
  async changePassword(
    { open, person, session }: Signed,
    given: { readonly password?: string | undefined; readonly next: string },
    client: Client,
    keyOf: KeyOf,
  ): Promise<void> {
    const { signIn, directory, sessions } = open
    if (directory.proof(person, 'pin') && !directory.proof(person, 'password'))
      throw Trouble.of('pin_of_lead', { site: person.site })
    checkPassword(given.next, 'next')
    const isFirst = sessions.howOf(session) === 'reset'
    if (!isFirst || given.password !== undefined) await signIn.confirm(person, given.password ?? '', client)
    if (given.next === given.password || (await signIn.isOneTime(person, given.next)))
      throw Trouble.of('password_same', {}).with({ field: 'next' })
    const accounts = open.accounts.keyed(keyOf)
    const who = whoOf(person)
    const hashed = await hashPassword(given.next, this.#machine.random)
    await accounts.prove(person, 'password', hashed, null, who)
    if (directory.proof(person, 'once')) await accounts.forgetProof(person, 'once', who)
    await endOthers({ open, person, session: isFirst ? undefined : session })
  }

  /** What an app is given. It counts once the app has shown a code. */
  async beginTotp({ open, person }: Signed, password: string, client: Client) {
    await open.signIn.confirm(person, password, client)
    if (open.signIn.proofsOf(person).totp) throw Trouble.of('totp_there', {})
    const secret = newTotpSecret(this.#machine.random)
    this.#keep(person, secret)
    const organisation = await open.accounts.organisation()
    return { secret, address: totpAddress(secret, person.login ?? person.account, organisation) }
  }

  /** Returns the ten codes, which are shown once. */
  async confirmTotp({ open, person }: Signed, code: string, client: Client, keyOf: KeyOf) {
    const pending = this.#pending.get(nameOf(person))
    if (!pending || this.#machine.clock.mono() - pending.at > pendingMs)
      throw Trouble.of('totp_not_begun', { minutes: pendingMs / 60_000 })
    await open.signIn.confirmCode(person, code, client, pending.secret)
    const codes = newCodes(this.#machine.random)
    const accounts = open.accounts.keyed(keyOf)
    // First the codes: whoever is cut off in between has no factor yet, and not one without a way out.
    await accounts.prove(person, 'codes', codeList(codes), null, whoOf(person))
    await accounts.prove(person, 'totp', pending.secret, null, whoOf(person))
    this.#pending.delete(nameOf(person))
    return { codes }
  }

  async removeTotp(
    { open, person }: Signed,
    given: { readonly password: string; readonly code: string },
    client: Client,
    keyOf: KeyOf,
  ): Promise<void> {
    if (!open.signIn.proofsOf(person).totp) throw Trouble.of('totp_absent', {})
    await open.signIn.confirm(person, given.password, client)
    await open.signIn.confirmCode(person, given.code, client)
    await open.accounts.keyed(keyOf).removeTotp(person, whoOf(person))
  }

  #keep(person: Person, secret: string): void {
    this.#pending.delete(nameOf(person))
    this.#pending.set(nameOf(person), { secret, at: this.#machine.clock.mono() })
    if (this.#pending.size > mostPending)
      for (const oldest of this.#pending.keys()) if (this.#pending.delete(oldest)) break
  }
}

/** One session of somebody ends, here at once and everywhere by the log. */
export async function endSession(open: Open, person: Person, session: string): Promise<void> {
  // In the log of a site nobody else ends what was lent: this box says that he went, as he does himself.
  if (person.lending !== undefined) return open.sessions.leave(session)
  open.sessions.shut(session)
  try {
    const { account } = person
    await open.accounts.act(person.site, 'session.end', { account, session }, whoOf(person))
  } catch (error) {
    // It was opened a moment ago, or on a full disk: the log does not know it, so this box was the only one that did.
    if (!(error instanceof Trouble) || error.code !== 'no-session') throw error
  }
}

async function endOthers({
  open,
  person,
  session: kept,
}: {
  readonly open: Open
  readonly person: Person
  readonly session: string | undefined
}): Promise<void> {
  for (const { session } of open.sessions.openOf([person]))
    if (session !== kept) await endSession(open, person, session)
}

/** 5 wrong tries for an account from one client shut that pair out for 15 minutes. */
const pairTries = 5
const pairMs = 15 * 60_000
/** After 30 from one address in 15 minutes, each further wrong one is answered late; a right one never is. */
const addressTries = 30
const addressMs = 15 * 60_000
const slowMs = 2_000
/** Wrong PINs shut out a client of the LAN, and soon no more. */
const pinTries = 5
const pinMs = 60_000
/** So many pairs and addresses are remembered; then the oldest are let go. */
const most = 20_000

type Tries = { readonly since: number; readonly count: number; readonly until: number }

export type Try = {
  /** Whose account; the login as typed where there is none. */
  readonly account: string
  /** The client's cookie, else its address. */
  readonly client: string
  readonly address: string
  readonly pin: boolean
}

/** How long somebody is shut out, and how long a wrong answer is held back. Kept in memory: a restart forgives. */
export class Lockouts {
  readonly #now: () => number
  readonly #pairs = new Map<string, Tries>()
  readonly #addresses = new Map<string, Tries>()
  readonly #pins = new Map<string, Tries>()

  constructor(mono: () => number) {
    this.#now = mono
  }

  get remembered(): number {
    return this.#pairs.size + this.#addresses.size + this.#pins.size
  }

  /** Milliseconds until it may be tried again; 0: now. */
  lockedMs({ account, client, pin }: Try): number {
    const pair = this.#pairs.get(pairOf(account, client))?.until ?? 0
    const device = pin ? (this.#pins.get(client)?.until ?? 0) : 0
    return Math.max(0, Math.max(pair, device) - this.#now())
  }

  /** A wrong try. Returns how long its answer is held back. */
  wrong({ account, client, address, pin }: Try): number {
    count(this.#pairs, pairOf(account, client), this.#now(), pairMs, pairTries, pairMs)
    if (pin) count(this.#pins, client, this.#now(), pinMs, pinTries, pinMs)
    const from = count(this.#addresses, address, this.#now(), addressMs, Infinity, 0)
    return from > addressTries ? slowMs : 0
  }

  right({ account, client }: Try): void {
    this.#pairs.delete(pairOf(account, client))
    this.#pins.delete(client)
  }

  /** A lead says so: whoever tried this account may try again, from everywhere. */
  unlock(account: string): void {
    for (const pair of this.#pairs.keys()) if (pair.startsWith(`${account}\n`)) this.#pairs.delete(pair)
  }
}

const pairOf = (account: string, client: string): string => `${account}\n${client}`

function count(
  all: Map<string, Tries>,
  name: string,
  now: number,
  withinMs: number,
  tries: number,
  lockMs: number,
): number {
  const before = all.get(name)
  const fresh = !before || now - before.since >= withinMs || (before.until > 0 && before.until <= now)
  const counted = fresh ? 1 : before.count + 1
  all.delete(name)
  all.set(name, {
    since: fresh ? now : before.since,
    count: counted,
    until: counted >= tries ? now + lockMs : 0,
  })
  if (all.size > most) for (const oldest of all.keys()) if (all.delete(oldest)) break
  return counted
}

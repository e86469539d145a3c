import type { Box } from '../../kernel/box/contract.ts'
import { factsOf, parseHead } from '../../kernel/entry.ts'
import type { Machine } from '../../kernel/machine.ts'
import { hubSite } from '../../kernel/settings/target.ts'
import type { LogRow } from '../../store/truth.ts'
import { Trouble } from '../errors.ts'
import { Lockouts } from './lockouts.ts'

/** A code counts for so long, and for so many wrong tries; then there is another. */
const codeMs = 24 * 3_600_000
const codeTries = 20
const readBytes = 256 * 1024

type Parts = {
  readonly box: Pick<Box, 'status' | 'entries'>
  readonly machine: Pick<Machine, 'clock' | 'random' | 'timers'>
}
type Code = { readonly text: string; readonly made: number; wrong: number }

/**
 * Lets the first browser in that knows what this box shows where it was started. The code is in memory alone: a
 * restart makes another, and with the set-up there is none any more.
 */
export class FirstStart {
  readonly #parts: Parts
  readonly #lockouts: Lockouts
  #code: Code | undefined
  /** The organisation's log was read up to here, and whether it has had an owner: no organisation loses its last one. */
  #read = 0
  #hasOwner = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#lockouts = new Lockouts(parts.machine.clock.mono)
  }

  /** Whether this box belongs to an organisation. Asked at each start, so it wakes no query: the log says it. */
  async isDone(): Promise<boolean> {
    if (this.#hasOwner) return true
    const { box } = this.#parts
    const { sites } = box.status()
    const hub = sites.find(({ site }) => site === hubSite)
    if (!hub) return sites.length > 0
    // The organisation of another box: whether it has an owner is not decided here.
    if (hub.role === 'following') return true
    for (;;) {
      const rows = await box.entries(hubSite, this.#read, readBytes)
      this.#hasOwner ||= rows.some(grantsOwner)
      const last = rows.at(-1)
      if (this.#hasOwner || !last) return this.#hasOwner
      this.#read = Math.max(this.#read, last.n)
    }
  }

  /** The code that counts now; undefined where the box is set up. */
  async code(): Promise<string | undefined> {
    return (await this.isDone()) ? undefined : this.#now().text
  }

  /** How long the code goes on to count. */
  get leftMs(): number {
    return this.#now().made + codeMs - this.#parts.machine.clock.mono()
  }

  /** Throws a Trouble unless this is the code. */
  async judge(given: string, address: string): Promise<void> {
    const attempt = { account: 'first start', client: address, address, pin: false }
    const locked = this.#lockouts.lockedMs(attempt)
    if (locked > 0)
      throw Trouble.of('setup_locked', { minutes: Math.ceil(locked / 60_000) }).with({
        field: 'code',
        retryAfter: Math.ceil(locked / 1000),
      })
    const code = this.#now()
    if (given === code.text) return this.#lockouts.right(attempt)
    code.wrong += 1
    if (code.wrong >= codeTries) this.#code = undefined
    const rest = this.#lockouts.wrong(attempt)
    if (rest > 0) await new Promise<void>((resolve) => void this.#parts.machine.timers.after(rest, resolve))
    throw Trouble.of('setup_code_wrong', {}).with({ field: 'code' })
  }

  #now(): Code {
    const { clock, random } = this.#parts.machine
    const now = clock.mono()
    if (this.#code && now - this.#code.made < codeMs) return this.#code
    return (this.#code = { text: sixDigits(random), made: now, wrong: 0 })
  }
}

function grantsOwner({ head, bodies }: LogRow): boolean {
  if (!head.includes('"role.granted"')) return false
  return factsOf(parseHead(head), bodies).some(
    ({ kind, body }) => kind === 'role.granted' && (body as { role?: unknown } | undefined)?.role === 'owner',
  )
}

/** Each of the million equally often: what would favour some is drawn again. */
export function sixDigits(random: Machine['random']): string {
  const most = 0x1_00_00_00 - (0x1_00_00_00 % 1_000_000)
  for (;;) {
    const number = Buffer.from(random.bytes(3)).readUIntBE(0, 3)
    if (number < most) return String(number % 1_000_000).padStart(6, '0')
  }
}

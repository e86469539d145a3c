/**
 * What the kernel needs from the machine it runs on. The real one is `src/cli/machine.ts`; the
 * world simulator has its own. The kernel never asks which.
 */
export type Machine = {
  /** A random id of this start of the operating system, or of the nearest thing to it. */
  readonly boot: string
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  /** Tells the people who look after the machine. Lossy by contract: a line here is a sample, not a fact. */
  readonly log: (level: Level, text: string) => void
}

export type Level = 'error' | 'warn' | 'info' | 'debug'

export type Clock = {
  /** Milliseconds since the boot, whole, never going back. */
  readonly mono: () => number
  /** Milliseconds since 1970 as the machine believes, whole. It may jump, and may be years off. */
  readonly wall: () => number
  /** How far the machine itself vouches for `wall` now; null or absent: not at all. */
  readonly vouch?: (() => Vouch | null) | undefined
}

/** `wall` is within so many milliseconds of the truth: so says the network, or a clock that runs while the power is off. */
export type Vouch = { readonly within: number; readonly by: 'network' | 'hardware' }

export type Timers = {
  /** Runs once after so many milliseconds; returns how to cancel. */
  readonly after: (ms: number, run: () => void) => () => void
}

export type Random = {
  readonly bytes: (size: number) => Uint8Array
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** A random name of `length` characters, 5 bits each, without letters that people confuse. */
export function randomId(random: Random, length: number): string {
  let id = ''
  for (const byte of random.bytes(length)) id += alphabet[byte & 31]
  return id
}

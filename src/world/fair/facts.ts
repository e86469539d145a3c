import { z } from 'zod'
import { decision, erasable, record } from '../../kernel/pack/fact.ts'

const name = z.string().min(1).max(64)
const cents = z.int().min(1).max(10_000_000)

/** Everything that the fair can say. */
export const facts = {
  /** A reader at a gate saw a visitor's token. `hits` counts what this gate has seen, from 1. */
  seen: record(z.object({ tag: name, gate: name, at: z.int(), hits: z.int().positive() })),
  /** A thermometer or a turnstile said a number. */
  reading: record(z.object({ sensor: name, count: z.int().positive(), value: z.number() })),
  /** Who carries a token. A person, so it can be erased. */
  named: erasable(record(z.object({ tag: name, name: z.string().min(1).max(200) }))),
  /** Coins went from one account to another: the sum of all moves is 0. */
  moved: decision(
    z.object({
      moves: z
        .array(z.object({ account: name, cents: z.int() }))
        .min(2)
        .max(20),
      note: z.string().max(200),
    }),
  ),
  /** A bell was struck: when, counts. So long after, its echo is heard. */
  struck: record(z.object({ bell: name, count: z.int().positive(), echo: z.int().nonnegative().nullable() })),
  echoed: decision(z.object({ bell: name, count: z.int().positive() })),
  /** A round will be called: at a moment of the site's time, or after a while. */
  booked: decision(z.object({ round: name, at: z.int().nullable(), after: z.int().nullable() })),
  /** It will not be called after all. */
  dropped: decision(z.object({ round: name })),
  called: decision(z.object({ round: name })),
  /** A stall takes no coins any more. */
  closed: decision(z.object({ stall: name })),
}

export const amount = cents
export const account = name

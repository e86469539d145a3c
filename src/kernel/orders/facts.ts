import { z } from 'zod'
import { decision, record } from '../pack/fact.ts'
import { longestLifeMs, modes, outcomes, shortestLifeMs } from './order.ts'

const box = z.string().regex(/^[0-9a-z]{4,32}$/)

/** Chosen by the issuer, unique for ever. A box of a group gets the group's with its own name behind it. */
export const orderId = z.string().regex(/^[0-9a-zA-Z][0-9a-zA-Z.-]{7,99}$/)
export const lifeMs = z.int().min(shortestLifeMs).max(longestLifeMs)
export const priority = z.int().min(1).max(9)

export const facts = {
  /** A box is told to do something. Its deadline is `lifeMs` after the instant of this entry. */
  'order.issued': decision(
    z.object({
      order: orderId,
      to: box,
      kind: z.string().max(100),
      params: z.unknown(),
      mode: z.enum(modes),
      lifeMs,
      runMs: z.int().positive(),
      stops: z.boolean(),
      priority,
      parent: orderId.nullable(),
    }),
  ),
  /** Somebody no longer wants it, or (`by`) a newer order makes it needless. Its box, or the keeper, says what became of it. */
  'order.cancelled': decision(z.object({ order: orderId, to: box, by: orderId.nullable() })),
  /** The box is about to begin a try. On its disk before it begins (ORDER-3). */
  'order.accepted': record(
    z.object({ order: orderId, attempt: z.int().positive(), boot: z.string().max(64) }),
  ),
  /** Said by the box; by the keeper itself where the box cannot (ORDER-8). */
  'order.ended': record(
    z.object({
      order: orderId,
      outcome: z.enum(outcomes),
      result: z.unknown(),
      error: z.string().max(2000).nullable(),
      ms: z.int().nonnegative(),
    }),
  ),
}

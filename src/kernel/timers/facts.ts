import { z } from 'zod'
import { decision } from '../pack/fact.ts'

export const timerFacts = {
  /** A timer that the fact `n`, `i` set is over. What its pack wanted to be said stands behind this in the same entry. */
  'timer.rang': decision(
    z.object({
      pack: z.string().max(64),
      name: z.string().min(1).max(200),
      n: z.int().positive(),
      i: z.int().nonnegative(),
    }),
  ),
}

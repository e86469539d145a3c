import { z } from 'zod'
import { decision, record } from '../pack/fact.ts'

const boot = z.string().min(1).max(64)
const mono = z.int().nonnegative()
const within = z.int().nonnegative()
export const quality = z.union([z.literal(1), z.literal(2), z.literal(3)])
const source = z.enum(['hardware', 'person', 'network', 'site'])

/** What the log says of the clocks of its boxes. */
export const clockFacts = {
  /**
   * At `mono` of this boot its offset to the site's time became known. `wrong`: what it was believed to
   * be before was further off than had been stated.
   */
  'clock.measured': record(
    z.object({ boot, mono, offset: z.int(), within, quality, by: source, wrong: z.boolean() }),
  ),
  /** A person said the time, at the keeper. */
  'clock.set': decision(z.object({ boot, mono, offset: z.int(), within, quality, wrong: z.boolean() })),
}

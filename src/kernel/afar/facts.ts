import { z } from 'zod'
import { decision } from '../pack/fact.ts'

const detail = z.record(z.string(), z.union([z.string(), z.number()]))
const place = z.int().nonnegative()

export const facts = {
  /** Said for good, so that no earlier copy of the same ask can be granted later (AFAR-4). */
  'act.refused': decision(z.object({ key: z.string().max(200), code: z.string().max(100), detail })),
  /** A decision of this site asks something of another site (AFAR-9). Its keeper sees to it. */
  'errand.sent': decision(
    z.object({
      site: z.string().regex(/^[0-9a-z][0-9a-z-]{0,62}$/),
      action: z.string().max(100),
      input: z.unknown(),
    }),
  ),
  /** What the other site answered to the errand that stands at this place. */
  'errand.ended': decision(
    z.object({
      n: place,
      i: place,
      how: z.enum(['answered', 'refused']),
      answer: z.unknown(),
      code: z.string().max(100),
      detail,
    }),
  ),
}

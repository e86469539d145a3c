import { z } from 'zod'
import { order } from '../../kernel/orders/order.ts'

const allow = ['lead'] as const

/** What the boxes of a fair can be told to do. */
export const orders = {
  /** A lamp over a stall flashes. It may flash again. */
  lamp: order({
    params: z.object({ stall: z.string().max(64) }),
    mode: 'repeat',
    allow,
    runMs: 20_000,
    lifeMs: 120_000,
  }),
  /** A voucher comes out of the printer, once, whatever happens. It can be stopped while it prints. */
  voucher: order({
    params: z.object({ cents: z.int().positive() }),
    mode: 'once',
    allow,
    runMs: 60_000,
    lifeMs: 600_000,
    stops: true,
  }),
  /** The stall's till starts anew, when nothing else is going on; the newest wish is enough. */
  restart: order({
    params: z.object({}),
    mode: 'barrier',
    allow,
    runMs: 60_000,
    lifeMs: 900_000,
    supersedes: ['restart'],
  }),
}

import { z } from 'zod'
import { orderId, priority } from './facts.ts'
import { modes } from './order.ts'

/** So much text of parameters goes into one answer, or one order. */
export const deliveryBytes = 64 * 1024

const delivered = z.object({
  order: orderId,
  n: z.int().positive(),
  kind: z.string().max(100),
  params: z.unknown(),
  mode: z.enum(modes),
  runMs: z.int().positive(),
  stops: z.boolean(),
  priority,
  /** Tries that the log knows of. */
  accepted: z.int().nonnegative(),
  /** To the deadline, when this was said; the box counts from when it asked. 0: it must not begin any more. */
  leftMs: z.int().nonnegative(),
})

/** What a keeper answers a box that asks for its orders: the front of its queue, and what is cancelled. */
export const delivery = z.object({
  orders: z.array(delivered).max(1000),
  cancelled: z.array(z.object({ order: orderId, accepted: z.int().nonnegative() })).max(10_000),
  /** There is more than this. */
  more: z.boolean(),
})

export type Delivered = z.infer<typeof delivered>
export type Delivery = z.infer<typeof delivery>

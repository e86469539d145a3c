import type { Instant } from '../instant.ts'
import { flag, integer, json, optional, table, text } from '../pack/table.ts'
import type { Mode, Outcome } from './order.ts'

export const tables = {
  /** Every order of the log. The first end that the log says counts; what its box says later is `learned`. */
  orders: table(
    {
      order: text(),
      n: integer(),
      at: json<Instant>(),
      who: text(),
      to: text(),
      kind: text(),
      mode: json<Mode>(),
      lifeMs: integer(),
      runMs: integer(),
      stops: flag(),
      priority: integer(),
      parent: optional(text()),
      open: flag(),
      /** The entry that cancels it. */
      cancelled: optional(integer()),
      /** Tries that its box is known to have begun. */
      accepted: integer(),
      outcome: optional(json<Outcome>()),
      by: optional(json<'box' | 'keeper'>()),
      endedAt: optional(integer()),
      learned: optional(json<Outcome>()),
    },
    {
      key: ['order'],
      indexes: { byOpen: ['open'], byBox: ['to', 'open'], byParent: ['parent', 'open'] },
    },
  ),
  /** What is long in an order, apart from what is looked through. */
  orderTexts: table(
    {
      order: text(),
      params: optional(json<unknown>()),
      ended: optional(json<unknown>()),
      learned: optional(json<unknown>()),
    },
    { key: ['order'] },
  ),
  /** A group ends when all its orders have. */
  orderGroups: table(
    { parent: text(), n: integer(), total: integer(), open: integer(), done: integer() },
    { key: ['parent'] },
  ),
  /** What boxes said of orders that this log does not have, or does not have yet. */
  orderNews: table(
    { order: text(), n: integer(), i: integer(), box: text(), kind: text(), body: json<unknown>() },
    { key: ['order', 'n', 'i'], indexes: { byOrder: ['order'] } },
  ),
  /** The newest orders of a person to a box: entry, and milliseconds of the keeper's clock. */
  orderRates: table(
    { who: text(), to: text(), recent: json<readonly (readonly [number, number])[]>() },
    { key: ['who', 'to'] },
  ),
}

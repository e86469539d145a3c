import type { Instant } from '../instant.ts'
import { flag, integer, json, optional, table, text } from '../pack/table.ts'
import type { RowOf } from '../pack/table.ts'

export const timerTables = {
  /** What packs wait for, by pack and name. */
  timers: table(
    {
      pack: text(),
      name: text(),
      /** In the site's time; nothing where that is not known. */
      due: optional(integer()),
      /** The same on the monotonic clock of `boot`. */
      boot: text(),
      mono: optional(integer()),
      /** So long after `base`; nothing where a moment of the site's time was asked for. */
      after: optional(integer()),
      base: json<Instant>(),
      /** Set by what the keeper said: `boot` is the keeper's own. */
      kept: flag(),
      kind: text(),
      body: json<unknown>(),
      /** The fact that set it. */
      n: integer(),
      i: integer(),
    },
    { key: ['pack', 'name'], indexes: { byDue: ['due'], byBoot: ['boot', 'mono'] } },
  ),
}

export type TimerRow = RowOf<typeof timerTables.timers>

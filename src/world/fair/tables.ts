import type { Instant } from '../../kernel/instant.ts'
import { flag, integer, json, optional, table, text } from '../../kernel/pack/table.ts'

export const tables = {
  /** `wallet:<tag>` never falls below 0; `stall:<name>` and `bank` may. All together are always 0. */
  accounts: table({ account: text(), cents: integer(), moves: integer() }, { key: ['account'] }),
  visits: table(
    { tag: text(), gate: text(), hits: integer(), first: integer(), last: integer() },
    { key: ['tag', 'gate'], indexes: { byGate: ['gate'] } },
  ),
  /** The newest place in the log wins. */
  sensors: table({ sensor: text(), count: integer(), readings: integer() }, { key: ['sensor'] }),
  /** By the place of the fact: an erased name brings no older one back. */
  names: table(
    { n: integer(), i: integer(), tag: text(), name: text() },
    { key: ['n', 'i'], indexes: { byTag: ['tag'] } },
  ),
  /** When a bell was struck, in the site's time, as far as that is known. */
  strikes: table(
    {
      bell: text(),
      count: integer(),
      boot: text(),
      at: json<Instant>(),
      ms: optional(integer()),
      quality: integer(),
      echoes: integer(),
    },
    { key: ['bell', 'count'], indexes: { byBoot: ['boot'] } },
  ),
  rounds: table({ round: text(), calls: integer() }, { key: ['round'] }),
  stalls: table({ stall: text(), closed: flag() }, { key: ['stall'] }),
}

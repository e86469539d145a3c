import { flag, integer, table, text } from '../../kernel/pack/table.ts'

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
  stalls: table({ stall: text(), closed: flag() }, { key: ['stall'] }),
}

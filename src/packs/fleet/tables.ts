import type { Instant } from '../../kernel/instant.ts'
import { integer, json, optional, table, text } from '../../kernel/pack/table.ts'

export const tables = {
  /** The last state of each device, and when it was in the site's time, as far as that is known. */
  devices: table(
    {
      device: text(),
      state: text(),
      text: optional(text()),
      boot: text(),
      at: json<Instant>(),
      ms: optional(integer()),
      quality: integer(),
    },
    { key: ['device'], indexes: { byBoot: ['boot'] } },
  ),
}

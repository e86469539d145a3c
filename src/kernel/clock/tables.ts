import { flag, integer, table, text } from '../pack/table.ts'

export const clockTables = {
  /** What is known of a boot's offset to the site's time: at which moments it became known, and what it was. */
  boots: table(
    {
      boot: text(),
      mono: integer(),
      box: text(),
      offset: integer(),
      within: integer(),
      quality: integer(),
      by: text(),
      wrong: flag(),
    },
    { key: ['boot', 'mono'], indexes: { byBoot: ['boot'] } },
  ),
}

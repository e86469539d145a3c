import { integer, json, optional, table, text } from '../pack/table.ts'

export const tables = {
  /** Keys whose last word was no. */
  refusals: table(
    { key: text(), code: text(), detail: json<Readonly<Record<string, string | number>>>() },
    { key: ['key'] },
  ),
  /** What this site asks of others: all that wait, and the last that have ended. By the place of the fact that says so. */
  errands: table(
    {
      n: integer(),
      i: integer(),
      /** The term of that entry: another branch may have another errand at the same place. */
      term: text(),
      site: text(),
      action: text(),
      who: text(),
      input: optional(json<unknown>()),
      state: text(),
      answer: optional(json<unknown>()),
      code: text(),
    },
    { key: ['n', 'i'], indexes: { byState: ['state'] } },
  ),
}

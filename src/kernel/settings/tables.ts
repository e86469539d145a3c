import { integer, json, table, text } from '../pack/table.ts'
import type { Instant } from '../instant.ts'
import type { Change, Document } from './document.ts'

export const tables = {
  /** This log's half of each target's document. */
  settings: table(
    { target: text(), version: integer(), document: json<Document>(), hash: text(), n: integer() },
    { key: ['target'] },
  ),
  /** What each version changed; only the newest versions. */
  settingSteps: table(
    {
      target: text(),
      version: integer(),
      changes: json<readonly Change[]>(),
      what: text(),
      who: text(),
      comment: text(),
      n: integer(),
    },
    { key: ['target', 'version'], indexes: { byTarget: ['target'] } },
  ),
  /** Values that count for a while. */
  settingOverrides: table(
    {
      target: text(),
      version: integer(),
      patch: json<Document>(),
      forMs: integer(),
      at: json<Instant>(),
      who: text(),
      reason: text(),
      n: integer(),
    },
    { key: ['target', 'version'], indexes: { byTarget: ['target'] } },
  ),
  /** How versions ended at each box: `version` by the outcome, those from `since` on before it as superseded. */
  settingAnswers: table(
    {
      target: text(),
      box: text(),
      side: text(),
      version: integer(),
      since: integer(),
      outcome: text(),
      reason: text(),
      hash: text(),
      n: integer(),
    },
    { key: ['target', 'box', 'side', 'version'], indexes: { byBox: ['target', 'box', 'side'] } },
  ),
  /** The last drift of each box. */
  settingDrift: table({ box: text(), hash: text(), fields: json<unknown>(), n: integer() }, { key: ['box'] }),
}

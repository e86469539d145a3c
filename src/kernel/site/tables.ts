import { tables as accountTables } from '../accounts/tables.ts'
import { clockTables } from '../clock/tables.ts'
import { tables as orders } from '../orders/tables.ts'
import { tables as afarTables } from '../afar/tables.ts'
import { tables as settingTables } from '../settings/tables.ts'
import { flag, integer, json, optional, table, text } from '../pack/table.ts'
import { aboutTables } from './about.ts'
import { timerTables } from '../timers/tables.ts'

/** The kernel's own views of a site. Like a pack's, they come from the log and nothing else. */
export const tables = {
  ...clockTables,
  ...timerTables,
  ...afarTables,
  ...settingTables,
  ...accountTables,
  ...aboutTables,
  /** How far each stream has come in this log: what makes a record count once (LOG-9). */
  streams: table(
    {
      stream: text(),
      box: text(),
      seq: integer(),
      before: optional(text()),
      beforeSeq: integer(),
      boot: text(),
    },
    { key: ['stream'], indexes: { byBox: ['box'], byBefore: ['before'] } },
  ),
  /** What was answered to which key (LOG-12). */
  answers: table(
    { key: text(), digest: text(), n: integer(), answer: optional(json<unknown>()) },
    { key: ['key'] },
  ),
  terms: table(
    {
      n: integer(),
      term: text(),
      reign: integer(),
      keeper: text(),
      start: integer(),
      how: text(),
      boot: text(),
    },
    { key: ['n'] },
  ),
  /** Where a keeper stopped in favour of another box. */
  handovers: table({ n: integer(), to: text(), reign: integer() }, { key: ['n'] }),
  boxes: table({ box: text(), publicKey: text(), small: flag(), n: integer() }, { key: ['box'] }),
  /** Boxes that were unassigned, since which entry: they may still bring what they recorded (LINK-7). */
  left: table({ box: text(), publicKey: text(), small: flag(), n: integer() }, { key: ['box'] }),
  /** What could not be used, in sight until a person decides. `head` and `line`: a record that may be let in (LOG-25). */
  quarantine: table(
    {
      n: integer(),
      i: integer(),
      kind: text(),
      why: text(),
      head: optional(text()),
      line: optional(text()),
    },
    { key: ['n', 'i'], indexes: { byKind: ['kind'] } },
  ),
  /** Kinds in the log, judged and yet not known to this version: it may follow, and not keep. */
  unknownKinds: table({ kind: text(), n: integer() }, { key: ['kind'] }),
  /** Entries whose apply threw: skipped whole, everywhere alike. */
  skipped: table({ n: integer(), why: text() }, { key: ['n'] }),
  orphans: table(
    {
      term: text(),
      n: integer(),
      keptAt: integer(),
      action: text(),
      key: text(),
      who: text(),
      head: text(),
      settled: optional(text()),
      note: optional(text()),
    },
    { key: ['term', 'n'], indexes: { bySettled: ['settled'] } },
  ),
  orphanLines: table(
    { term: text(), n: integer(), i: integer(), at: integer(), line: text() },
    { key: ['term', 'n', 'i'], indexes: { byPlace: ['at', 'i'] } },
  ),
  /** Streams that cannot both be true: a card was cloned, or put back to an earlier state. */
  clones: table(
    { stream: text(), other: text(), box: text(), how: text(), n: integer() },
    { key: ['stream', 'other'] },
  ),
  bases: table({ n: integer(), rules: text(), views: text() }, { key: ['n'] }),
  erased: table(
    { n: integer(), i: integer(), by: integer() },
    { key: ['n', 'i'], indexes: { byEntry: ['by'], byPlace: ['n'] } },
  ),
  ...orders,
}

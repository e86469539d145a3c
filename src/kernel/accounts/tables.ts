import { flag, integer, json, optional, table, text } from '../pack/table.ts'
import type { Proof } from './facts.ts'

export const tables = {
  /** `n`: when it was made. Who it is stands in `people`, and can be erased. */
  accounts: table({ account: text(), n: integer(), suspended: flag() }, { key: ['account'] }),
  people: table(
    { account: text(), login: text(), name: text(), language: text(), n: integer(), i: integer() },
    { key: ['account'], indexes: { byLogin: ['login'], byPlace: ['n', 'i'] } },
  ),
  proofs: table(
    {
      account: text(),
      proof: json<Proof>(),
      sealed: text(),
      until: optional(integer()),
      n: integer(),
      i: integer(),
    },
    { key: ['account', 'proof'], indexes: { byPlace: ['n', 'i'] } },
  ),
  /** All that was lent to this site, by the place of the fact, so that each is erased alone. */
  lendings: table(
    { n: integer(), i: integer(), account: text(), lending: text(), sealed: text() },
    { key: ['n', 'i'], indexes: { byAccount: ['account'], byLending: ['lending'] } },
  ),
  /** The hub's last word on which of them count. One row. */
  confirmed: table(
    { slot: integer(), n: integer(), lendings: json<readonly string[]>(), sealed: text() },
    { key: ['slot'] },
  ),
  usedCodes: table({ account: text(), code: text() }, { key: ['account', 'code'] }),
  /** `site`: empty for everywhere. */
  roles: table(
    { account: text(), site: text(), role: text(), n: integer() },
    { key: ['account', 'site', 'role'], indexes: { byRole: ['role', 'site'] } },
  ),
  tokens: table(
    {
      token: text(),
      account: text(),
      name: text(),
      secret: text(),
      allow: json<readonly string[]>(),
      sites: optional(json<readonly string[]>()),
      until: integer(),
      revoked: flag(),
    },
    { key: ['token'], indexes: { bySecret: ['secret'], byAccount: ['account'] } },
  ),
  sessions: table(
    {
      session: text(),
      account: text(),
      box: text(),
      how: text(),
      address: text(),
      until: optional(integer()),
      n: integer(),
      ended: flag(),
      /** Of an account that the hub has lent: another than the site's own with this id. */
      lent: flag(),
      lending: optional(text()),
      confirmed: optional(integer()),
    },
    { key: ['session'], indexes: { byAccount: ['account', 'lent', 'ended'] } },
  ),
  /** Since when an account's sessions of before do not count, wherever they are. */
  signOuts: table({ account: text(), n: integer() }, { key: ['account'] }),
  unlocks: table({ account: text(), n: integer() }, { key: ['account'] }),
  /** What was refused at a door lately, and by whom it was asked. `slot`: its entry, modulo as many as are kept. */
  refusedAtDoor: table(
    {
      slot: integer(),
      n: integer(),
      i: integer(),
      box: text(),
      who: text(),
      what: text(),
      why: text(),
      address: text(),
      count: integer(),
    },
    { key: ['slot'] },
  ),
}

import type { Apply, Place } from '../pack/pack.ts'
import type { RowOf, RowsOf } from '../pack/table.ts'
import type { facts } from './facts.ts'
import type { tables } from './tables.ts'

/** So many refusals are shown; the log has them all. */
const mostRefusals = 5000
/** So many sessions that are over are shown for an account, and so many are open: the oldest go. */
const mostEnded = 50
const mostOpen = 50

type Rows = RowsOf<typeof tables>

export const apply: Apply<typeof facts, typeof tables> = {
  'account.saved': (rows, { body, n, i }) => {
    const { account } = body
    rows.accounts.put(rows.accounts.get(account) ?? { account, n, suspended: false })
    rows.people.put({ ...body, n, i })
  },
  'account.proof': (rows, { body: { account, proof, sealed, until }, n, i }) => {
    if (sealed === null) rows.proofs.remove(account, proof)
    else rows.proofs.put({ account, proof, sealed, until, n, i })
    if (proof === 'codes') for (const used of codesOf(rows, account)) rows.usedCodes.remove(account, used)
  },
  'account.codeUsed': (rows, { body }) => rows.usedCodes.put(body),
  'account.suspended': (rows, { body: { account, suspended } }) => {
    const row = rows.accounts.get(account)
    if (row) rows.accounts.put({ ...row, suspended })
    if (suspended) endAll(rows, account)
  },
  'role.granted': (rows, { body: { account, role, site }, n }) =>
    rows.roles.put({ account, role, site: site ?? '', n }),
  'role.removed': (rows, { body: { account, role, site } }) => rows.roles.remove(account, site ?? '', role),
  'token.created': (rows, { body }) => rows.tokens.put({ ...body, revoked: false }),
  'token.revoked': (rows, { body: { token } }) => {
    const row = rows.tokens.get(token)
    if (row) rows.tokens.put({ ...row, revoked: true })
  },
  'session.opened': (rows, { body, n, from }) => {
    // A box may have been away: what was ended meanwhile stays ended.
    const ended = rows.sessions.get(body.session)?.ended ?? false
    rows.sessions.put({ ...body, box: from?.box ?? '', n, ended })
    const open = oldestFirst(rows, body.account, false)
    for (const { session } of open.slice(0, Math.max(0, open.length - mostOpen))) end(rows, session)
  },
  'session.closed': (rows, { body: { session } }) => end(rows, session),
  'session.ended': (rows, { body: { session, account } }) => {
    if (session === null) endAll(rows, account)
    else end(rows, session)
  },
  'login.refused': (rows, { body: { account, why, address, count }, n, i, from }) =>
    refuse(rows, { n, i, box: from?.box ?? '', who: account ?? '', what: 'login', why, address, count }),
  'login.unlocked': (rows, { body: { account }, n }) => rows.unlocks.put({ account, n }),
  'door.refused': (rows, { body, n, i, from }) => refuse(rows, { ...body, n, i, box: from?.box ?? '' }),
}

/** A person leaves the views with the facts that named him. */
export function eraseAccounts(rows: Rows, places: readonly Place[]): void {
  for (const { n, i } of places) {
    for (const { account } of rows.people.list('byPlace', n, i)) rows.people.remove(account)
    for (const { account, proof } of rows.proofs.list('byPlace', n, i)) rows.proofs.remove(account, proof)
  }
}

function codesOf(rows: Rows, account: string): readonly string[] {
  return rows.usedCodes
    .all()
    .filter((row) => row.account === account)
    .map(({ code }) => code)
}

function end(rows: Rows, session: string): void {
  const row = rows.sessions.get(session)
  if (!row || row.ended) return
  rows.sessions.put({ ...row, ended: true })
  const over = oldestFirst(rows, row.account, true)
  for (const old of over.slice(0, Math.max(0, over.length - mostEnded))) rows.sessions.remove(old.session)
}

function oldestFirst(rows: Rows, account: string, ended: boolean) {
  return rows.sessions.list('byAccount', account, ended).toSorted((a, b) => a.n - b.n)
}

function endAll(rows: Rows, account: string): void {
  for (const { session } of rows.sessions.list('byAccount', account, false)) end(rows, session)
}

function refuse(rows: Rows, row: Omit<RowOf<typeof tables.refusedAtDoor>, 'slot'>): void {
  rows.refusedAtDoor.put({ ...row, slot: row.n % mostRefusals })
}

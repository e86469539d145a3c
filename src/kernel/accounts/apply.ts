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
  'account.made': (rows, { body: { account }, n }) => {
    rows.accounts.put(rows.accounts.get(account) ?? { account, n, suspended: false })
    rows.people.remove(account)
  },
  'account.saved': (rows, { body, n, i }) => rows.people.put({ ...body, n, i }),
  'account.unproved': (rows, { body: { account, proof } }) => {
    rows.proofs.remove(account, proof)
    if (proof === 'codes') for (const used of codesOf(rows, account)) rows.usedCodes.remove(account, used)
  },
  'account.proof': (rows, { body: { account, proof, sealed, until }, n, i }) => {
    if (sealed !== null) rows.proofs.put({ account, proof, sealed, until, n, i })
  },
  'account.lent': (rows, { body, n, i }) => rows.lendings.put({ ...body, n, i }),
  'lendings.confirmed': (rows, { body, n }) => rows.confirmed.put({ slot: 0, n, ...body }),
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
  'session.opened': (rows, { body, n, from }) =>
    open(rows, { ...body, box: from?.box ?? '', n, lent: false, lending: null, confirmed: null }),
  'session.lent': (rows, { body, n, from }) =>
    open(rows, { ...body, box: from?.box ?? '', n, lent: true, how: 'password' }),
  'session.closed': (rows, { body: { session } }) => end(rows, session),
  'session.ended': (rows, { body: { session, account }, n }) => {
    if (session !== null) return end(rows, session)
    endAll(rows, account)
    rows.signOuts.put({ account, n })
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
    rows.lendings.remove(n, i)
  }
}

function codesOf(rows: Rows, account: string): readonly string[] {
  return rows.usedCodes
    .all()
    .filter((row) => row.account === account)
    .map(({ code }) => code)
}

type Session = RowOf<typeof tables.sessions>

function open(rows: Rows, session: Omit<Session, 'ended'>): void {
  // A box may have been away: what was ended meanwhile stays ended.
  const ended = rows.sessions.get(session.session)?.ended ?? false
  rows.sessions.put({ ...session, ended })
  for (const { session: old } of beyond(rows, { ...session, ended: false }, mostOpen)) end(rows, old)
}

function end(rows: Rows, session: string): void {
  const row = rows.sessions.get(session)
  if (!row || row.ended) return
  const over = { ...row, ended: true }
  rows.sessions.put(over)
  for (const old of beyond(rows, over, mostEnded)) rows.sessions.remove(old.session)
}

/** The oldest of those like it, of which there are too many. */
function beyond(rows: Rows, { account, lent, ended }: Session, most: number): readonly Session[] {
  const alike = rows.sessions.list('byAccount', account, lent, ended).toSorted((a, b) => a.n - b.n)
  return alike.slice(0, Math.max(0, alike.length - most))
}

/** Those of a site's own account: who was lent is signed out at the hub. */
function endAll(rows: Rows, account: string): void {
  for (const { session } of rows.sessions.list('byAccount', account, false, false)) end(rows, session)
}

function refuse(rows: Rows, row: Omit<RowOf<typeof tables.refusedAtDoor>, 'slot'>): void {
  rows.refusedAtDoor.put({ ...row, slot: row.n % mostRefusals })
}

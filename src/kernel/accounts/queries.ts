import { z } from 'zod'
import { itself } from '../pack/roles.ts'
import { queriesOf } from '../pack/query.ts'
import type { RowsReadOf } from '../pack/table.ts'
import type { tables } from './tables.ts'

const query = queriesOf<typeof tables>()
const nothing = z.object({})
const inCharge = ['owner', 'lead'] as const

export const queries = {
  accounts: query({
    about: {
      en: 'Accounts with their roles, and what proves who they are.',
      fr: 'Les comptes avec leurs rôles, et ce qui prouve qui ils sont.',
    },
    input: nothing,
    allow: inCharge,
    reads: { accounts: 'all', people: 'all', roles: 'all', proofs: 'all' },
    key: ['account'],
    across: true,
    run: (rows) =>
      rows.accounts.all().map(({ account, suspended, n }) => {
        const person = rows.people.get(account)
        return {
          account,
          login: person?.login ?? null,
          name: person?.name ?? null,
          language: person?.language ?? null,
          suspended,
          since: n,
          roles: rows.roles
            .all()
            .filter((row) => row.account === account)
            .map(({ role, site }) => ({ role, site: site === '' ? null : site })),
          proofs: rows.proofs
            .all()
            .filter((row) => row.account === account)
            .map(({ proof, until }) => ({ proof, until })),
        }
      }),
  }),
  sessions: query({
    about: { en: 'Who is signed in, and who was.', fr: 'Qui est connecté, et qui l’a été.' },
    input: nothing,
    allow: inCharge,
    reads: { sessions: 'all' },
    key: ['session'],
    across: true,
    run: (rows) => rows.sessions.all(),
  }),
  lendings: query({
    about: {
      en: 'Whom the hub lets sign in at this site without it. Names are sealed.',
      fr: 'Qui peut se connecter à ce site en l’absence du hub. Les noms sont scellés.',
    },
    input: nothing,
    allow: inCharge,
    reads: { lendings: 'all', confirmed: 'all' },
    key: ['lending'],
    across: true,
    run: (rows) => counting(rows).map(({ account, lending, n }) => ({ account, lending, since: n })),
  }),
  tokens: query({
    about: {
      en: 'Tokens of programs: what each may, where, and until when.',
      fr: 'Les jetons des programmes : ce que chacun peut, où, et jusqu’à quand.',
    },
    input: nothing,
    allow: ['owner'],
    reads: { tokens: 'all' },
    key: ['token'],
    across: true,
    run: (rows) =>
      rows.tokens.all().map(({ token, account, name, allow, sites, until, revoked }) => {
        return { token, account, name, allow, sites, until, revoked }
      }),
  }),
  refusals: query({
    about: {
      en: 'What was refused at the doors lately, sign-ins too.',
      fr: 'Ce qui a été refusé aux portes dernièrement, connexions comprises.',
    },
    input: nothing,
    allow: inCharge,
    reads: { refusedAtDoor: 'all' },
    key: ['n', 'i'],
    across: true,
    run: (rows) =>
      rows.refusedAtDoor.all().map(({ n, i, box, who, what, why, address, count }) => {
        return { n, i, box, who, what, why, address, count }
      }),
  }),

  // What the doors of a box go by. Nobody else asks.
  doorPeople: query({
    input: nothing,
    allow: [itself],
    reads: { accounts: 'all', people: 'all', unlocks: 'all' },
    key: ['account'],
    run: (rows) =>
      rows.accounts.all().map(({ account, suspended }) => {
        const person = rows.people.get(account)
        const unlocked = rows.unlocks.get(account)?.n ?? 0
        return {
          account,
          suspended,
          login: person?.login ?? null,
          name: person?.name ?? null,
          language: person?.language ?? null,
          unlocked,
        }
      }),
  }),
  doorProofs: query({
    input: nothing,
    allow: [itself],
    reads: { proofs: 'all' },
    key: ['account', 'proof'],
    run: (rows) =>
      rows.proofs.all().map(({ account, proof, sealed, until }) => ({ account, proof, sealed, until })),
  }),
  doorLendings: query({
    input: nothing,
    allow: [itself],
    reads: { lendings: 'all', confirmed: 'all', unlocks: 'all' },
    key: ['account'],
    run: (rows) =>
      counting(rows).map(({ account, lending, sealed }) => {
        return { account, lending, sealed, unlocked: rows.unlocks.get(account)?.n ?? 0 }
      }),
  }),
  doorConfirmed: query({
    input: nothing,
    allow: [itself],
    reads: { confirmed: 'all' },
    key: ['slot'],
    run: (rows) => rows.confirmed.all(),
  }),
  doorCodes: query({
    input: nothing,
    allow: [itself],
    reads: { usedCodes: 'all' },
    key: ['account', 'code'],
    run: (rows) => rows.usedCodes.all(),
  }),
  doorRoles: query({
    input: nothing,
    allow: [itself],
    reads: { roles: 'all' },
    key: ['account', 'site', 'role'],
    run: (rows) => rows.roles.all().map(({ account, site, role }) => ({ account, site, role })),
  }),
  doorTokens: query({
    input: nothing,
    allow: [itself],
    reads: { tokens: 'all' },
    key: ['token'],
    run: (rows) => rows.tokens.all().filter(({ revoked }) => !revoked),
  }),
  doorSessions: query({
    input: nothing,
    allow: [itself],
    reads: { sessions: 'all' },
    key: ['session'],
    run: (rows) =>
      rows.sessions.all().map(({ session, account, lending, box, how, address, until, ended }) => {
        return { session, account, lending, box, how, address, until, ended }
      }),
  }),
}

/** What was lent and counts, one for each account. */
function counting(rows: RowsReadOf<Pick<typeof tables, 'lendings' | 'confirmed'>>) {
  const now = new Set(rows.confirmed.get(0)?.lendings)
  const all = rows.lendings.all().filter(({ lending }) => now.has(lending))
  return [...new Map(all.map((row) => [row.account, row])).values()]
}

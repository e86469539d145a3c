import { z } from 'zod'
import type { Decided } from '../pack/action.ts'
import { actionsOf } from '../pack/action.ts'
import { itself } from '../pack/roles.ts'
import type { RowsReadOf } from '../pack/table.ts'
import type { facts as siteFacts } from '../site/facts.ts'
import type { tables as siteTables } from '../site/tables.ts'
import { hubSite } from '../settings/target.ts'
import { facts } from './facts.ts'
import type { tables } from './tables.ts'

const action = actionsOf<typeof siteFacts, typeof siteTables>()
type Rows = RowsReadOf<typeof tables>
type Said = Decided<typeof siteFacts>

const owner = ['owner'] as const
const inCharge = ['owner', 'lead'] as const
const account = z.object({ account: facts['account.suspended'].body.shape.account })
const asRole = facts['role.granted'].body

/** So many logins are lent by one entry. */
export const mostLent = 50

/** Roles that a lead gives and takes away at his own site. */
const ofLeads: readonly string[] = ['volunteer', 'viewer']

const unknown = (id: string): Said => ({ refused: 'no-account', detail: { account: id } })

/** Whether this was the last owner who can sign in: nobody shuts an organisation out of itself. */
const isLastOwner = (rows: Rows, id: string): boolean => leavesNoOwner(rows, new Set([id]))

/** The same for whoever is named at these places, which are to be erased. */
export function erasesLastOwner(
  rows: Rows,
  places: readonly { readonly n: number; readonly i: number }[],
): boolean {
  const named = places.flatMap(({ n, i }) => [
    ...rows.people.list('byPlace', n, i),
    ...rows.proofs.list('byPlace', n, i).filter(({ proof }) => proof === 'password'),
  ])
  return leavesNoOwner(rows, new Set(named.map(({ account: id }) => id)))
}

function leavesNoOwner(rows: Rows, gone: ReadonlySet<string>): boolean {
  const owners = rows.roles.list('byRole', 'owner', '').map((row) => row.account)
  return owners.some((id) => gone.has(id)) && !owners.some((id) => !gone.has(id) && canSignIn(rows, id))
}

/** By a password that lasts: one that lets in once may have gone astray. */
function canSignIn(rows: Rows, id: string): boolean {
  const isOpen = rows.accounts.get(id)?.suspended === false
  return isOpen && rows.people.get(id) !== undefined && rows.proofs.get(id, 'password') !== undefined
}

const isLent = (rows: Rows, id: string): boolean => rows.lendings.count('byAccount', id) > 0

/**
 * Who was given more than a lead gives is none of a lead's business, nor is who was lent by the hub: actions of owners
 * are apart from theirs.
 */
const isHigher = (rows: Rows, id: string): boolean =>
  isLent(rows, id) || rows.roles.all().some((row) => row.account === id && !ofLeads.includes(row.role))

function save(rows: Rows, body: z.infer<(typeof facts)['account.saved']['body']>): Said {
  const taken = rows.people.list('byLogin', body.login).find((person) => person.account !== body.account)
  if (taken) return { refused: 'login-taken', detail: { login: body.login } }
  const { account } = body
  return {
    facts: [
      { kind: 'account.made', body: { account } },
      { kind: 'account.saved', body },
    ],
    answer: { account },
  }
}

function prove(rows: Rows, body: z.infer<(typeof facts)['account.proof']['body']>): Said {
  const { account, proof, sealed } = body
  if (!rows.accounts.get(account)) return unknown(account)
  if (proof === 'password' && sealed === null && isLastOwner(rows, account))
    return { refused: 'last-owner', detail: { account } }
  const before = { kind: 'account.unproved' as const, body: { account, proof } }
  const facts = sealed === null ? [before] : [before, { kind: 'account.proof' as const, body }]
  return { facts, answer: { account } }
}

function end(rows: Rows, body: z.infer<(typeof facts)['session.ended']['body']>): Said {
  const { session, account: id } = body
  if (!rows.accounts.get(id)) return unknown(id)
  const row = session === null ? undefined : rows.sessions.get(session)
  if (session !== null && (row?.account !== id || row.lent)) return { refused: 'no-session', detail: {} }
  return { facts: [{ kind: 'session.ended', body }], answer: { account: id } }
}

export const actions = {
  'account.save': action({
    about: {
      en: 'An account: who somebody is, and how he is called.',
      fr: 'Un compte : qui est quelqu’un, et comment il s’appelle.',
    },
    input: facts['account.saved'].body,
    allow: owner,
    away: 'refuse',
    decide: (body, rows) => save(rows, body),
  }),
  'account.prove': action({
    about: {
      en: 'What proves who somebody is. It is made at a door, sealed; in clear it is nowhere.',
      fr: 'Ce qui prouve qui est quelqu’un. Fait à une porte, scellé ; nulle part en clair.',
    },
    input: facts['account.proof'].body,
    allow: owner,
    sensitive: true,
    away: 'refuse',
    decide: (body, rows) => prove(rows, body),
  }),
  'volunteer.save': action({
    about: {
      en: 'A helper for the day: a name and a PIN, at this site only.',
      fr: 'Une aide pour la journée : un nom et un code PIN, sur ce site seulement.',
    },
    input: facts['account.saved'].body.extend({
      sealed: facts['account.proof'].body.shape.sealed.unwrap(),
      until: facts['account.proof'].body.shape.until,
    }),
    allow: inCharge,
    sensitive: true,
    away: 'refuse',
    decide: ({ sealed, until, ...body }, rows) => {
      if (isHigher(rows, body.account)) return { refused: 'not-volunteer', detail: { account: body.account } }
      const saved = save(rows, body)
      if ('refused' in saved) return saved
      const id = body.account
      return {
        facts: [
          ...saved.facts,
          { kind: 'account.unproved', body: { account: id, proof: 'pin' } },
          { kind: 'account.proof', body: { account: id, proof: 'pin', sealed, until } },
          { kind: 'role.granted', body: { account: id, role: 'volunteer', site: null } },
        ],
        answer: saved.answer,
      }
    },
  }),
  'account.suspend': action({
    about: {
      en: 'An account lets nobody in any more, or lets him in again.',
      fr: 'Un compte ne laisse plus entrer personne, ou de nouveau.',
    },
    input: facts['account.suspended'].body,
    allow: owner,
    away: 'refuse',
    decide: (body, rows) => {
      const { account: id, suspended } = body
      if (!rows.accounts.get(id)) return unknown(id)
      if (suspended && isLastOwner(rows, id)) return { refused: 'last-owner', detail: { account: id } }
      return { facts: [{ kind: 'account.suspended', body }], answer: { account: id } }
    },
  }),
  'volunteer.suspend': action({
    about: { en: 'A helper is let in no more, or again.', fr: 'Une aide n’entre plus, ou de nouveau.' },
    input: facts['account.suspended'].body,
    allow: inCharge,
    away: 'refuse',
    decide: (body, rows) => {
      const { account: id } = body
      if (!rows.accounts.get(id)) return unknown(id)
      if (isHigher(rows, id)) return { refused: 'not-volunteer', detail: { account: id } }
      return { facts: [{ kind: 'account.suspended', body }], answer: { account: id } }
    },
  }),
  'role.grant': action({
    about: {
      en: 'An account has a role, at one site or at all.',
      fr: 'Un compte a un rôle, sur un site ou sur tous.',
    },
    input: asRole,
    allow: owner,
    sensitive: true,
    away: 'refuse',
    decide: (body, rows) => {
      if (!rows.accounts.get(body.account)) return unknown(body.account)
      if (body.role === 'owner' && body.site !== null)
        return { refused: 'owner-everywhere', detail: { site: body.site } }
      return { facts: [{ kind: 'role.granted', body }], answer: { account: body.account } }
    },
  }),
  'role.remove': action({
    about: { en: 'An account does not have a role any more.', fr: 'Un compte n’a plus un rôle.' },
    input: asRole,
    allow: owner,
    away: 'refuse',
    decide: (body, rows) => {
      const { account: id, role, site } = body
      if (!rows.roles.get(id, site ?? '', role)) return { refused: 'no-role', detail: { account: id, role } }
      if (role === 'owner' && isLastOwner(rows, id)) return { refused: 'last-owner', detail: { account: id } }
      return { facts: [{ kind: 'role.removed', body }], answer: { account: id } }
    },
  }),
  'token.create': action({
    about: {
      en: 'A token for a program: what it may, where, and until when.',
      fr: 'Un jeton pour un programme : ce qu’il peut, où, et jusqu’à quand.',
    },
    example: {
      token: 'scraper',
      account: 'account',
      name: 'Prometheus',
      secret: 'A'.repeat(43),
      allow: ['boxes'],
      sites: null,
      until: 1_900_000_000_000,
    },
    input: facts['token.created'].body,
    allow: owner,
    sensitive: true,
    away: 'refuse',
    decide: (body, rows) => {
      if (!rows.accounts.get(body.account)) return unknown(body.account)
      if (rows.tokens.get(body.token)) return { refused: 'token-taken', detail: { token: body.token } }
      return { facts: [{ kind: 'token.created', body }], answer: { token: body.token } }
    },
  }),
  'token.revoke': action({
    about: { en: 'A token lets nobody in any more.', fr: 'Un jeton ne laisse plus entrer personne.' },
    input: facts['token.revoked'].body,
    allow: owner,
    away: 'refuse',
    decide: (body, rows) => {
      if (!rows.tokens.get(body.token)) return { refused: 'no-token', detail: { token: body.token } }
      return { facts: [{ kind: 'token.revoked', body }], answer: { token: body.token } }
    },
  }),
  'session.end': action({
    about: {
      en: 'One session of an account ends, or (null) all that it has.',
      fr: 'Une session d’un compte se termine, ou (null) toutes.',
    },
    example: { account: 'account', session: null },
    input: facts['session.ended'].body,
    allow: owner,
    away: 'refuse',
    decide: (body, rows) => end(rows, body),
  }),
  'volunteer.signOut': action({
    about: {
      en: 'One session of a volunteer ends, or (null) all that he has.',
      fr: 'Une session d’un bénévole se termine, ou (null) toutes.',
    },
    example: { account: 'account', session: null },
    input: facts['session.ended'].body,
    allow: inCharge,
    away: 'refuse',
    decide: (body, rows) =>
      isHigher(rows, body.account)
        ? { refused: 'not-volunteer', detail: { account: body.account } }
        : end(rows, body),
  }),
  'login.lend': action({
    about: {
      en: 'The hub lends to this site what its people need to sign in while the hub is away.',
      fr: 'Le hub prête à ce site ce qu’il faut à ses personnes pour se connecter en son absence.',
    },
    input: z.object({
      logins: z.array(facts['account.lent'].body).max(mostLent),
      lendings: facts['lendings.confirmed'].body.shape.lendings,
      sealed: facts['lendings.confirmed'].body.shape.sealed,
      /** The entry of the hub's word before, as it knows it: an ask that comes late changes nothing. */
      after: z.int().nonnegative(),
    }),
    allow: [itself],
    away: 'refuse',
    decide: ({ logins, lendings, sealed, after }, rows, { site }) => {
      if (site === hubSite) return { refused: 'lent-to-hub', detail: {} }
      if ((rows.confirmed.get(0)?.n ?? 0) !== after) return { refused: 'lent-meanwhile', detail: {} }
      const isThere = (id: string) => rows.lendings.count('byLending', id) > 0
      const taken = logins.find(({ lending }) => isThere(lending))
      if (taken) return { refused: 'lent-already', detail: { lending: taken.lending } }
      const missing = lendings.find((id) => !isThere(id) && !logins.some(({ lending }) => lending === id))
      if (missing !== undefined) return { refused: 'not-lent', detail: { lending: missing } }
      return {
        facts: [
          ...logins.map((body) => ({ kind: 'account.lent' as const, body })),
          { kind: 'lendings.confirmed', body: { lendings, sealed } },
        ],
        answer: { lent: logins.length },
      }
    },
  }),
  'login.unlock': action({
    about: {
      en: 'An account that was locked by wrong tries may be tried again.',
      fr: 'Un compte bloqué par de faux essais peut être essayé de nouveau.',
    },
    input: account,
    allow: inCharge,
    away: 'refuse',
    decide: (body, rows) => {
      if (!rows.accounts.get(body.account) && !isLent(rows, body.account)) return unknown(body.account)
      return { facts: [{ kind: 'login.unlocked', body }], answer: { account: body.account } }
    },
  }),
}

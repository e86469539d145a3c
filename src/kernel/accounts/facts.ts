import { z } from 'zod'
import { decision, erasable, record } from '../pack/fact.ts'

const id = z.string().regex(/^[0-9a-z]{4,32}$/)
export const accountId = id
export const siteName = z.string().regex(/^[0-9a-z][0-9a-z-]{0,62}$/)
/** What somebody types to say who he is: small letters, so that no two differ by a capital. */
export const login = z
  .string()
  .min(1)
  .max(100)
  .refine((text) => text === text.normalize('NFKC').toLowerCase().trim() && !/[\p{C}]/u.test(text))
/** `lead`, `timing.referee`. */
export const role = z.string().regex(/^[a-z][a-zA-Z0-9]{0,30}(\.[a-z][a-zA-Z0-9]{0,40})?$/)
/** What a request is known by on both sides, without being of use to whoever reads it. */
export const digest = z.string().regex(/^[0-9A-Za-z_-]{43}$/)
/** Sealed under the site's key: nobody reads it in the log. */
const sealed = z.string().max(4000)
const permission = z.string().min(1).max(100)
const moment = z.int().nonnegative()

/** So many can sign in at one site without the hub. */
export const mostLendings = 500

/** How somebody can show who he is. `once`: a password that lets in to choose one, and to nothing else. */
export const proofs = ['password', 'once', 'pin', 'totp', 'codes'] as const
export type Proof = (typeof proofs)[number]

export const facts = {
  /** An account, of which nobody's name stands any more. It outlives the name: what was done stays done by it. */
  'account.made': decision(z.object({ account: id })),
  /** Whose it is. Said behind `account.made`, so that a name that was erased brings no earlier one back. */
  'account.saved': erasable(
    decision(
      z.object({ account: id, login, name: z.string().min(1).max(100), language: z.enum(['fr', 'en']) }),
    ),
  ),
  /** What proved it in this way before does so no more. */
  'account.unproved': decision(z.object({ account: id, proof: z.enum(proofs) })),
  /** How the person shows who he is, from now on. `until`: in the site's time. Said behind `account.unproved`. */
  'account.proof': erasable(
    decision(
      z.object({
        account: id,
        proof: z.enum(proofs),
        sealed: sealed.nullable(),
        until: moment.nullable(),
      }),
    ),
  ),
  /** What somebody needs to sign in at this site without the hub: only those who have the site's key can read it. */
  'account.lent': erasable(decision(z.object({ account: id, lending: id, sealed }))),
  /** From here on these count of all that was lent, and no others. `sealed`: when the hub said so, of just these. */
  'lendings.confirmed': decision(z.object({ lendings: z.array(id).max(mostLendings), sealed })),
  /** A code that works once has worked. */
  'account.codeUsed': record(z.object({ account: id, code: digest })),
  'account.suspended': decision(z.object({ account: id, suspended: z.boolean() })),
  /** `site`: null for everywhere. */
  'role.granted': decision(z.object({ account: id, role, site: siteName.nullable() })),
  'role.removed': decision(z.object({ account: id, role, site: siteName.nullable() })),
  /** A program that acts for an account: what it may, at most, and where. Its secret was shown once. */
  'token.created': decision(
    z.object({
      token: id,
      account: id,
      name: z.string().min(1).max(100),
      secret: digest,
      allow: z.array(permission).min(1).max(200),
      sites: z.array(siteName).max(200).nullable(),
      until: moment,
    }),
  ),
  'token.revoked': decision(z.object({ token: id })),
  /** Somebody signed in at this box. */
  'session.opened': record(
    z.object({
      session: digest,
      account: id,
      how: z.enum(['password', 'pin', 'totp', 'code', 'reset']),
      address: z.string().max(100),
      until: moment.nullable(),
    }),
  ),
  /** Somebody signed in at this box by what the hub has lent to the site. `confirmed`: when the hub last said so. */
  'session.lent': record(
    z.object({
      session: digest,
      account: id,
      lending: id,
      confirmed: moment.nullable(),
      address: z.string().max(100),
      until: moment.nullable(),
    }),
  ),
  /** He went himself: said where he was signed in. */
  'session.closed': record(z.object({ session: digest })),
  /** Somebody else ended it; `account`: all sessions that it had until now. */
  'session.ended': decision(z.object({ session: digest.nullable(), account: id })),
  'login.refused': record(
    z.object({
      account: id.nullable(),
      why: z.enum(['wrong', 'locked', 'suspended', 'second-factor', 'stale', 'no-role']),
      address: z.string().max(100),
      /** So many alike in a minute. */
      count: z.int().positive(),
    }),
  ),
  /** Whoever was shut out after wrong tries may try again. */
  'login.unlocked': decision(z.object({ account: id })),
  /** Somebody asked for what he may not do. What was done stands in the log itself. */
  'door.refused': record(
    z.object({
      who: z.string().max(100),
      what: z.string().max(200),
      why: z.string().max(100),
      address: z.string().max(100),
      count: z.int().positive(),
    }),
  ),
}

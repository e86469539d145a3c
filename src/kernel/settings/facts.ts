import { z } from 'zod'
import { decision, record } from '../pack/fact.ts'
import { patch, target } from './target.ts'

const version = z.int().nonnegative()
const owner = z.enum(['hub', 'site'])
/** Versions of one half that have ended: `to` by this outcome, those before it as superseded. */
const range = z.object({ from: version, to: version }).nullable()
const value = z.string().max(1000)

export const facts = {
  /** A new version of one half of a document (SET-5). */
  'setting.saved': decision(
    z.object({ target, version, base: version.nullable(), patch, owner, comment: z.string().max(2000) }),
  ),
  /** For a while these values count instead (SET-8). */
  'setting.overridden': decision(
    z.object({ target, version, patch, forMs: z.int().positive(), reason: z.string().max(2000) }),
  ),
  'setting.returned': decision(z.object({ target, version, override: version })),
  /** What became of versions at the box that records it (SET-11). */
  'setting.answered': record(
    z.object({
      target,
      hub: range,
      site: range,
      outcome: z.enum(['applied', 'refused']),
      reason: z.string().max(1000),
      hash: z.string().max(64),
    }),
  ),
  /** What the box that records it really had, and has repaired (SET-13). */
  'setting.drifted': record(
    z.object({
      hash: z.string().max(64),
      fields: z.array(z.object({ path: z.string().max(300), want: value, have: value })).max(20),
      more: z.int().nonnegative(),
    }),
  ),
}

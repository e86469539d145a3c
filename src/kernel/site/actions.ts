import { z } from 'zod'
import { actions as accountActions, erasesLastOwner } from '../accounts/actions.ts'
import { clockActions } from '../clock/actions.ts'
import { actions as orders } from '../orders/actions.ts'
import { actions as settingActions } from '../settings/actions.ts'
import { actionsOf } from '../pack/action.ts'
import type { RowsReadOf } from '../pack/table.ts'
import { aboutActions } from './about.ts'
import { facts } from './facts.ts'
import type { tables } from './tables.ts'

const action = actionsOf<typeof facts, typeof tables>()

const keeps = (rows: RowsReadOf<typeof tables>, box: string): boolean =>
  rows.terms.all().at(-1)?.keeper === box

/** What may be asked of any site, whatever its trade. */
export const actions = {
  ...clockActions,
  ...settingActions,
  ...accountActions,
  ...aboutActions,
  'box.assign': action({
    about: {
      en: 'A box becomes a member of the site: whole, or small.',
      fr: 'Une box devient membre du site : entière, ou petite.',
    },
    example: { box: '0123456789ab', publicKey: 'A'.repeat(43), small: false },
    input: facts['box.assigned'].body.extend({ publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/) }),
    allow: ['manager', 'installer', 'lead'],
    sensitive: true,
    away: 'refuse',
    decide: (body, rows) => {
      const { box, publicKey, small } = body
      const known = rows.boxes.get(box)
      // Without the log or under another key, the keeper would be shut out of its own site.
      if (known && keeps(rows, box) && (small || publicKey !== known.publicKey))
        return { refused: 'keeps', detail: { box } }
      return { facts: [{ kind: 'box.assigned', body }], answer: { box } }
    },
  }),
  'box.unassign': action({
    about: { en: 'A box is no member of the site any more.', fr: 'Une box n’est plus membre du site.' },
    example: { box: '0123456789ab' },
    input: facts['box.unassigned'].body,
    allow: ['manager', 'lead'],
    away: 'refuse',
    decide: (body, rows) => {
      if (!rows.boxes.get(body.box)) return { refused: 'not-assigned', detail: body }
      if (keeps(rows, body.box)) return { refused: 'keeps', detail: body }
      return { facts: [{ kind: 'box.unassigned', body }], answer: { box: body.box } }
    },
  }),
  'facts.erase': action({
    about: {
      en: 'Makes facts hollow, on every box, for ever.',
      fr: 'Vide des faits de leur contenu, sur chaque box, pour toujours.',
    },
    input: facts['facts.erased'].body,
    allow: ['owner'],
    sensitive: true,
    away: 'refuse',
    decide: (body, rows) =>
      erasesLastOwner(rows, body.places)
        ? { refused: 'last-owner', detail: {} }
        : { facts: [{ kind: 'facts.erased', body }], answer: { erased: body.places.length } },
  }),
  'quarantine.admit': action({
    about: {
      en: 'A record that its keeper could not judge counts after all, now that its kind is known.',
      fr: 'Un enregistrement que personne n’a pu juger compte finalement, maintenant que son genre est connu.',
    },
    input: z.object({ n: facts['quarantine.admitted'].body.shape.n }),
    allow: ['manager', 'lead'],
    away: 'refuse',
    decide: ({ n }, _rows, { quarantined }) => {
      const record = quarantined(n)
      if (!record) return { refused: 'not-quarantined', detail: { n } }
      if (record.is === 'not admissible')
        return { refused: 'not-admissible', detail: { n, problem: record.why } }
      const { head, body, erasable } = record
      return {
        facts: [{ kind: 'quarantine.admitted', body: erasable ? { n, head } : { n, head, body } }],
        answer: { admitted: n },
      }
    },
  }),
  'orphan.drop': action({
    about: {
      en: 'A decision of a lost branch is let go. What else can be done with it, its pack offers.',
      fr: 'Une décision d’une branche perdue est abandonnée. Son métier propose ce qu’on peut en faire d’autre.',
    },
    input: z.object({ term: z.string(), n: z.int(), note: z.string().min(1).max(2000) }),
    allow: ['manager', 'lead'],
    away: 'refuse',
    decide: ({ term, n, note }, rows) => {
      const orphan = rows.orphans.get(term, n)
      if (!orphan) return { refused: 'no-orphan', detail: { term, n } }
      if (orphan.settled !== null) return { refused: 'settled-already', detail: { how: orphan.settled } }
      return {
        facts: [{ kind: 'orphan.settled', body: { term, n, how: 'dropped', note } }],
        answer: { settled: 'dropped' },
      }
    },
  }),
  ...orders,
}

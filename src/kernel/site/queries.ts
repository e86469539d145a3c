import { z } from 'zod'
import { queries as accountQueries } from '../accounts/queries.ts'
import { queriesOf } from '../pack/query.ts'
import { aboutQueries } from './about.ts'
import type { tables } from './tables.ts'

const query = queriesOf<typeof tables>()
const nothing = z.object({})
const inCharge = ['manager', 'installer', 'lead'] as const

/** What can be seen of any site, whatever its trade. */
export const queries = {
  ...accountQueries,
  ...aboutQueries,
  boxes: query({
    about: { en: 'The members of the site.', fr: 'Les membres du site.' },
    input: nothing,
    allow: [...inCharge, 'volunteer', 'viewer'],
    reads: { boxes: 'all' },
    key: ['box'],
    across: true,
    run: (rows) => rows.boxes.all().map(({ box, small, n }) => ({ box, small, since: n })),
  }),
  quarantine: query({
    about: {
      en: 'What could not be used, until a person decides.',
      fr: 'Ce qui n’a pas pu servir, jusqu’à ce qu’une personne décide.',
    },
    input: nothing,
    allow: inCharge,
    reads: { quarantine: 'all' },
    key: ['n', 'i'],
    across: true,
    run: (rows) => rows.quarantine.all(),
  }),
  orphans: query({
    about: {
      en: 'Decisions of lost branches: those that wait for a person, or those that were settled.',
      fr: 'Décisions de branches perdues : celles qui attendent une personne, ou celles qui sont réglées.',
    },
    input: z.object({ settled: z.boolean().default(false) }),
    allow: inCharge,
    reads: { orphans: 'all' },
    key: ['term', 'n'],
    across: true,
    run: (rows, { settled }) =>
      rows.orphans
        .all()
        .filter((orphan) => (orphan.settled !== null) === settled)
        .map(({ term, n, action, key, who, settled: how, note }) => ({
          term,
          n,
          action,
          key,
          who,
          how,
          note,
        })),
  }),
}

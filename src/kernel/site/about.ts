import { z } from 'zod'
import { actionsOf } from '../pack/action.ts'
import { decision } from '../pack/fact.ts'
import type { Apply } from '../pack/pack.ts'
import { queriesOf } from '../pack/query.ts'
import type { facts } from './facts.ts'
import type { tables } from './tables.ts'
import { flag, integer, table, text } from '../pack/table.ts'

/** What a site is called and where it is. Of the organisation's own site: the organisation. */
export const aboutFacts = {
  'site.saved': decision(
    z.object({
      name: z.string().trim().min(1).max(100),
      /** As the time zone database writes it: Europe/Paris. */
      zone: z.string().regex(/^[A-Za-z][A-Za-z0-9_+/-]{0,59}$/),
      /** Nothing here is real, for ever. */
      exercise: z.boolean(),
    }),
  ),
}

export const aboutTables = {
  /** One row, once somebody has said it. */
  about: table(
    { one: integer(), name: text(), zone: text(), exercise: flag(), n: integer() },
    { key: ['one'] },
  ),
}

export const aboutApply: Apply<typeof aboutFacts, typeof aboutTables> = {
  'site.saved': (rows, { body, n }) => rows.about.put({ one: 1, ...body, n }),
}

const action = actionsOf<typeof facts, typeof tables>()

/** Asked of whoever saves; what the log says was asked once, by a build that may know other zones. */
const isZone = (zone: string) => zone === 'UTC' || Intl.supportedValuesOf('timeZone').includes(zone)

export const aboutActions = {
  'site.save': action({
    about: {
      en: 'What a site is called and where it is. Of the organisation’s own site: the organisation.',
      fr: 'Comment un site s’appelle et où il est. Pour celui de l’organisation : l’organisation.',
    },
    example: { name: 'Trail des Crêtes', zone: 'Europe/Paris', exercise: false },
    input: aboutFacts['site.saved'].body,
    allow: ['manager'],
    away: 'refuse',
    decide: (body, rows) => {
      if (!isZone(body.zone)) return { refused: 'no-zone', detail: { zone: body.zone } }
      const before = rows.about.get(1)
      if (before && before.exercise !== body.exercise)
        return { refused: 'exercise-stays', detail: { name: before.name } }
      return { facts: [{ kind: 'site.saved', body }], answer: { name: body.name } }
    },
  }),
}

const query = queriesOf<typeof aboutTables>()

export const aboutQueries = {
  sites: query({
    about: { en: 'What a site is called and where it is.', fr: 'Comment un site s’appelle et où il est.' },
    input: z.object({}),
    allow: ['viewer'],
    reads: { about: 'all' },
    key: ['name'],
    across: true,
    run: (rows) => rows.about.all().map(({ name, zone, exercise }) => ({ name, zone, exercise })),
  }),
}

import { z } from 'zod'
import { queriesOf } from '../../kernel/pack/query.ts'
import type { tables } from './tables.ts'

const query = queriesOf<typeof tables>()

export const queries = {
  devices: query({
    about: {
      en: 'How each device is, as it said last, and when (milliseconds since 1970; null: nobody knows).',
      fr: 'L’état de chaque appareil, tel qu’il l’a dit en dernier, et quand (millisecondes depuis 1970 ; null : nul ne sait).',
    },
    input: z.object({}),
    allow: ['viewer'],
    reads: { devices: 'all' },
    key: ['device'],
    across: true,
    run: (rows) => rows.devices.all().map(({ device, state, text, ms }) => ({ device, state, text, at: ms })),
  }),
}

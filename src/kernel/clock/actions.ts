import { z } from 'zod'
import type { Instant } from '../instant.ts'
import { actionsOf } from '../pack/action.ts'
import type { facts } from '../site/facts.ts'
import type { tables } from '../site/tables.ts'
import { boundOf } from './estimate.ts'

const action = actionsOf<typeof facts, typeof tables>()

/** A person reads a watch and presses a key: so far may what was said be from the truth. */
export const saidWithin = 3_000

export const clockActions = {
  'clock.set': action({
    about: {
      en: 'Somebody says what time it is, where the keeper does not know it well. Asked at the keeper itself.',
      fr: 'Quelqu’un dit quelle heure il est, là où la box qui tient le site ne le sait pas bien. À demander à cette box même.',
    },
    example: { time: 1_800_000_000_000 },
    input: z.object({ time: z.int().positive() }),
    allow: ['lead', 'manager'],
    away: 'refuse',
    decide: ({ time }, _rows, { at, arrived, boot }) => {
      if (at[2] >= 2) return { refused: 'clock-known', detail: {} }
      const offset = time - arrived
      const body = { boot, mono: at[0], offset, within: saidWithin, quality: 1 as const }
      return {
        facts: [{ kind: 'clock.set', body: { ...body, wrong: contradicts(at, offset) } }],
        answer: { offset },
      }
    },
  }),
}

/** What the keeper believed was further off than it had stated: its earlier instants are put right. */
function contradicts([, offset, quality]: Instant, said: number): boolean {
  return quality > 0 && offset !== null && Math.abs(offset - said) > boundOf(quality) + saidWithin
}

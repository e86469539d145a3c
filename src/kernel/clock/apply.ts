import type { Apply } from '../pack/pack.ts'
import type { clockFacts } from './facts.ts'
import type { clockTables } from './tables.ts'
import { keepBoot } from './time-of.ts'

/** After each of these the rows of all packs are retimed (CLOCK-10). */
export const clockApply: Apply<typeof clockFacts, typeof clockTables> = {
  'clock.measured': (rows, { body, from }) => keepBoot(rows.boots, { ...body, box: from?.box ?? '' }),
  'clock.set': (rows, { body }) => keepBoot(rows.boots, { ...body, box: '', by: 'person' }),
}

/** The boot that a fact says something about, if it is such a fact. */
export function retimedBoot(kind: string, body: unknown): string | undefined {
  return kind === 'clock.measured' || kind === 'clock.set' ? (body as { boot: string }).boot : undefined
}

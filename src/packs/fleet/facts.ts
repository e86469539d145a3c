import { z } from 'zod'
import { record } from '../../kernel/pack/fact.ts'

export const state = z.enum(['ready', 'busy', 'needsHelp', 'off'])
export const text = z.string().min(1).max(200)

/** Everything that the fleet can say. */
export const facts = {
  /** A device said how it is. */
  device: record(z.object({ device: z.string().min(1).max(64), state, text: text.optional() })),
}

import { z } from 'zod'
import { field, list, section } from '../../kernel/settings/schema.ts'

const word = z.string().min(1).max(200)

/** What can be set of a fair's boxes: some of it by the control room, some on the spot. */
export const settings = {
  language: field('hub', z.enum(['fr', 'en'])),
  volume: field('site', z.int().min(0).max(100)),
  sign: section({
    brand: field('hub', word),
    greeting: field('site', word),
    hours: field('site', z.array(z.int().min(0).max(24)).max(4)),
  }),
  stalls: list('site', { name: word, price: z.int().min(0).max(100_000) }),
  notices: list('hub', { text: word }),
}

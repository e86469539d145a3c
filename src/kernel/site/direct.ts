import { z } from 'zod'
import type { Described } from '../pack/refusal.ts'

/** What is asked of a box itself, and decided by none: who keeps a site (ACT-8). Doors serve it beside the actions. */
export type DirectAct = Described & {
  readonly input: z.ZodType
  readonly allow: readonly string[]
  readonly away: 'refuse'
  readonly sensitive?: boolean | undefined
}

export const directActs = {
  'site.handOver': {
    about: {
      en: 'Planned: the box that keeps the site, which is asked, stops, and another goes on.',
      fr: 'Prévu : la box qui tient le site, à qui l’on demande, s’arrête, et une autre continue.',
    },
    example: { to: '0123456789ab' },
    input: z.object({ to: z.string().regex(/^[0-9a-z]{4,32}$/) }),
    allow: ['manager', 'lead'],
    sensitive: true,
    away: 'refuse',
  },
  'site.takeOver': {
    about: {
      en: 'The box that keeps the site is dead: the one that is asked goes on. Confirmed by the name of the site.',
      fr: 'La box qui tient le site est morte : celle à qui l’on demande continue. Confirmé par le nom du site.',
    },
    example: { confirm: 'Trail des Crêtes' },
    input: z.object({ confirm: z.string().min(1).max(200) }),
    allow: ['manager', 'lead'],
    sensitive: true,
    away: 'refuse',
  },
} as const satisfies Readonly<Record<string, DirectAct>>

export type DirectName = keyof typeof directActs
export const directNames = Object.keys(directActs) as readonly DirectName[]

import type { BoxStatus, SiteStatus } from '../kernel/box/contract.ts'
import type { SitePlan } from './site-plan.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

/** What a box can be in the middle of, each by the rule of docs/spec that says what it then does. */
export const protocolStates = {
  'LOG-5': 'is off, and will begin another stream',
  'TERM-9': 'keeps',
  'TERM-3': 'is about to open a term',
  'TERM-7': 'came from a backup, and waits to meet somebody',
  'LINK-9': 'follows whole',
  'LINK-18': 'is small',
  'LINK-14': 'has no link to the box above',
  'LINK-6': 'has records on their way',
  'LINK-17': 'has entries that the top lacks',
  'LOG-13': 'keeps without a second copy',
  'VIEW-7': 'has facts that could not be used',
  'TERM-6': 'hands in a lost branch',
  'TERM-13': 'has orphans',
  'VIEW-12': 'builds views up to its log',
  'STORE-15': 'has a store that is not well',
} as const

export type StateId = keyof typeof protocolStates

/** The states of each box for each of its sites, as its console and its card say. */
export function statesOf(world: World): ReadonlyMap<string, ReadonlySet<StateId>> {
  const found = new Map<string, Set<StateId>>()
  for (const plan of world.sites.values()) {
    for (const id of plan.members) {
      const states = found.get(id) ?? new Set()
      found.set(id, states)
      for (const state of statesAt(world.box(id), plan)) states.add(state)
    }
  }
  return found
}

function statesAt(box: WorldBox, plan: SitePlan): readonly StateId[] {
  if (box.isDestroyed) return []
  const status = box.box?.status()
  const site = status?.sites.find((each) => each.site === plan.site)
  if (!status || !site) return ['LOG-5']
  const above = plan.above.get(box.id) ?? null
  const is: Readonly<Record<StateId, boolean>> = {
    'LOG-5': false,
    'TERM-9': site.role === 'keeping',
    'TERM-3': site.role === 'opening',
    'TERM-7': site.role === 'halted',
    'LINK-9': site.role === 'following' && !plan.small.has(box.id),
    'LINK-18': plan.small.has(box.id),
    'LINK-14': above !== null && !isLinked(status, above),
    'LINK-6': site.unsent > 0,
    'LINK-17': site.n > site.top,
    'LOG-13': site.role === 'keeping' && site.copies === 1 && plan.members.length > 1,
    'VIEW-7': site.quarantine > 0,
    'TERM-6': hasSalvage(box, site),
    'TERM-13': site.orphans > 0,
    'VIEW-12': site.viewLag > 0,
    'STORE-15': status.store.state !== 'ok',
  }
  return (Object.keys(is) as StateId[]).filter((state) => is[state])
}

const isLinked = ({ links }: BoxStatus, to: string): boolean => links.some(({ box }) => box === to)

function hasSalvage(box: WorldBox, { site }: SiteStatus): boolean {
  const sql = 'SELECT 1 FROM salvage, sites WHERE sites.site = ? AND salvage.site = sites.id LIMIT 1'
  return box.card.truth.prepare(sql).get(site) !== undefined
}

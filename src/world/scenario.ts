import { type Limits, usual } from '../kernel/box/limits.ts'
import type { Clocks } from './boots.ts'
import type { Dice } from './random.ts'
import { makePlan, type SitePlan } from './site-plan.ts'

export const dayMs = 10 * 3_600_000

/** What a seed is about: which boxes, which sites on them, for how long, and how much goes wrong. */
export type Scenario = {
  readonly shape: Shape
  readonly boxes: readonly string[]
  readonly plans: readonly SitePlan[]
  readonly ms: number
  /** Faults come about so far apart. */
  readonly faultEveryMs: number
  /** Which faults, by weight; all of them where nothing is said. */
  readonly faults?: Readonly<Record<string, number>> | undefined
  /** So much quicker than usual do gates, people and copiers of cards go about their work. */
  readonly haste?: number | undefined
  readonly limits?: Limits | undefined
  /** At one box of each site somebody writes down persons, and has them erased. */
  readonly registrars?: boolean | undefined
  /** So many screens look at each site. */
  readonly screens?: number | undefined
  /** There are drivers with mistakes, people who ask for nonsense, and somebody who settles orphans. */
  readonly visitors?: boolean | undefined
  /** Boxes whose program knows kinds that the others do not know. */
  readonly newer?: readonly string[] | undefined
  /** Boxes have blobs and samples, and players that need them: so much quicker than usual. */
  readonly media?: number | undefined
  /** Clocks jump and know nothing, bells are struck and calls are made, and somebody looks at the clock. */
  readonly clocks?: Clocks | undefined
  /** Boxes have hands, and somebody at each site tells them what to do. */
  readonly orders?: boolean | undefined
  /** People ask for what can wait for a keeper, also at boxes that do not reach one. */
  readonly afar?: boolean | undefined
  /** The organisation's log is at its keeper alone, and people sign in at the other boxes by what it lends. */
  readonly people?: boolean | undefined
  /** People save settings at the hub and at the site, and boxes put them into effect. */
  readonly settings?: boolean | undefined
}

/** What takes weeks on a real box takes a day here. */
const quick: Limits = {
  keptAfterTopMs: 90 * 60_000,
  markEveryMs: 10 * 60_000,
  tidyEveryMs: usual.tidyEveryMs,
  baseEvery: 500,
  clockEveryMs: usual.clockEveryMs,
}

type Shape = 'alone' | 'pair' | 'hall' | 'chain' | 'hub keeps' | 'several sites' | 'crowd'

/** One seed in ten has 200 boxes or more. */
const shapes = { alone: 6, pair: 18, hall: 26, chain: 16, 'hub keeps': 10, 'several sites': 14, crowd: 10 }

export function scenarioFor(dice: Dice, wanted?: Shape): Scenario {
  const shape = wanted ?? dice.weighted(shapes)
  const fairs = plansFor(shape, dice)
  const settings = shape !== 'crowd' && dice.fork('settings').chance(0.5)
  const plans = settings ? [...fairs, fleetOf(fairs)] : fairs
  const boxes = [...new Set(plans.flatMap(({ members }) => members))]
  const faultEveryMs = dice.pick([4, 10, 20, 45]) * 60_000
  const crowd = shape === 'crowd'
  const registrars = !crowd && dice.chance(0.5)
  return {
    shape,
    boxes,
    plans,
    ms: dayMs,
    faultEveryMs: crowd ? 90_000 : faultEveryMs,
    limits: crowd || dice.chance(0.3) ? undefined : quick,
    registrars,
    visitors: true,
    screens: crowd ? 1 : 6,
    newer: crowd ? [] : fairs.flatMap(({ small }) => [...small]),
    media: crowd ? undefined : 1,
    clocks: true,
    orders: true,
    afar: true,
    settings,
  }
}

function plansFor(shape: Shape, dice: Dice): readonly SitePlan[] {
  switch (shape) {
    case 'alone':
      return [makePlan({ site: 'fair-1', keeper: 'keep1' })]
    case 'pair':
      return [makePlan({ site: 'fair-1', keeper: 'keep1', hub: 'hub0' })]
    case 'hall':
      return [hall(1, dice.int(1, 6))]
    case 'chain':
      return [chain(dice.int(1, 4))]
    case 'hub keeps':
      return [
        makePlan({ site: 'fair-1', keeper: 'hub0', hub: 'hub0', under: under('hub0', 1, dice.int(1, 5)) }),
      ]
    case 'several sites':
      return several(dice)
    case 'crowd':
      return Array.from({ length: 40 + dice.int(0, 5) }, (_, index) => hall(index + 1, 4))
  }
}

/** The organisation's own site: kept by the hub (without one, by the first keeper), over the links that there are. */
export function fleetOf(fairs: readonly SitePlan[]): SitePlan {
  const keeper = fairs.find(({ hub }) => hub !== undefined)?.hub ?? (fairs[0] as SitePlan).keeper
  const hub = fairs.some((plan) => plan.hub === keeper) ? keeper : undefined
  const links = fairs.flatMap(({ above }) => [...above]).toReversed()
  // A small box has no settings, so the fleet does without it.
  const small = new Set(fairs.flatMap((plan) => [...plan.small]))
  const under = Object.fromEntries(
    links.flatMap(([id, to]) => (to === null || small.has(id) ? [] : [[id, to] as const])),
  )
  return makePlan({ site: 'fleet', keeper, hub, under })
}

function under(above: string, site: number, count: number): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`sat${site}x${index + 1}`, above]))
}

/** A hub above a keeper above its satellites. Where there are many, the last is small. */
function hall(site: number, satellites: number): SitePlan {
  const keeper = `keep${site}`
  return makePlan({
    site: `fair-${site}`,
    keeper,
    hub: 'hub0',
    under: under(keeper, site, satellites),
    small: satellites > 2 ? [`sat${site}x${satellites}`] : [],
  })
}

/** Each box links to the next, and only the first to the keeper. */
function chain(length: number): SitePlan {
  const links = Array.from({ length }, (_, index) => [
    `link${index + 1}`,
    index === 0 ? 'keep1' : `link${index}`,
  ])
  return makePlan({ site: 'fair-1', keeper: 'keep1', hub: 'hub0', under: Object.fromEntries(links) })
}

/** Two or three sites that share boxes: who keeps one follows another. */
function several(dice: Dice): readonly SitePlan[] {
  const keepers = Array.from({ length: dice.int(2, 3) }, (_, index) => `keep${index + 1}`)
  return keepers.map((keeper, index) => {
    const others = keepers
      .filter((each) => each !== keeper && dice.chance(0.6))
      .map((each) => [each, keeper] as const)
    const own = Object.entries(under(keeper, index + 1, dice.int(0, 2)))
    return makePlan({
      site: `fair-${index + 1}`,
      keeper,
      hub: 'hub0',
      under: Object.fromEntries([...others, ...own]),
    })
  })
}

import { isAtRest, tableNames } from './image.ts'
import type { Dice } from './random.ts'
import { type SitePlan, wholeOf } from './site-plan.ts'
import type { World } from './world.ts'

/** What somebody wants to ask for; nothing where there is nothing to ask. */
export type Thought = { readonly action: string; readonly input: unknown } | undefined
export type Thinks = (dice: Dice) => Thought

/** A person at a stall. */
export const atStall: Thinks = (dice) => {
  const tag = () => `v${dice.int(1, 20)}`
  const cents = dice.int(1, 500)
  switch (dice.weighted({ pay: 5, grant: 5, transfer: 2, close: 0.1 })) {
    case 'pay':
      return { action: 'fair.pay', input: { tag: tag(), stall: `s${dice.int(1, 30)}`, cents } }
    case 'grant':
      return { action: 'fair.grant', input: { tag: tag(), cents: cents * 4 } }
    case 'transfer':
      return { action: 'fair.transfer', input: { from: tag(), to: tag(), cents } }
    case 'close':
      return { action: 'fair.close', input: { stall: `s${dice.int(1, 30)}` } }
  }
}

/** Whoever writes programs against the fair without having read about it. */
export const muddled: Thinks = (dice) => {
  const words = 'm'
  const wrong = [
    { action: 'fair.juggle', input: {} },
    { action: 'fair.pay', input: { tag: '', stall: 's1', cents: -5 } },
    { action: 'fair.grant', input: 'a hundred' },
    { action: 'clumsy.shout', input: { words } },
    { action: 'clumsy.stumble', input: { words } },
    { action: 'clumsy.boast', input: { words } },
    { action: 'clumsy.drone', input: { words } },
    { action: 'clumsy.say', input: { words } },
    { action: 'box.unassign', input: { box: 'nobody' } },
    { action: 'orphan.drop', input: { term: '1/nobody/1/nothing', n: 1, note: 'tidy' } },
  ]
  return dice.pick(wrong)
}

/** Who goes through the list of orphans, as the screens of some box show it, and settles one. */
export function settling(world: World, plan: SitePlan): Thinks {
  return (dice) => {
    const places = wholeOf(plan).map((id) => world.box(id))
    const seen = places.filter(({ box, isDestroyed }) => box && !isDestroyed)
    const place = seen.length > 0 ? dice.pick(seen) : undefined
    const views = place?.card.views(plan.site)
    if (!views || !isAtRest(views) || !tableNames(views).includes('kernel_orphans')) return undefined
    // Now and then somebody settles what another has settled already.
    const which = dice.chance(0.1) ? '' : 'WHERE settled IS NULL'
    const rows = views.prepare(`SELECT term, n FROM kernel_orphans ${which} ORDER BY term, n`).all()
    if (rows.length === 0) return undefined
    const row = dice.pick(rows)
    const input = { term: String(row['term']), n: Number(row['n']) }
    if (dice.chance(0.5)) return { action: 'fair.honour', input }
    return { action: 'orphan.drop', input: { ...input, note: 'let go' } }
  }
}

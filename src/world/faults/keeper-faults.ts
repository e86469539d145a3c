import type { SitePlan } from '../site-plan.ts'
import type { WorldBox } from '../world-box.ts'
import { minutes, seconds, type Fault, type Stage } from './fault.ts'

/** A site with a keeper that runs and others that could go on. */
function keptSite({
  world,
  dice,
  lead,
}: Stage): { plan: SitePlan; keeper: WorldBox; heirs: readonly WorldBox[] } | undefined {
  const found = [...world.sites.values()].flatMap((plan) => {
    const keeper = world.box(plan.keeper)
    const heirs = lead.heirs(plan).filter((box) => box !== keeper)
    return lead.roleAt(keeper, plan.site) === 'keeping' && heirs.length > 0 ? [{ plan, keeper, heirs }] : []
  })
  return found.length > 0 ? dice.pick(found) : undefined
}

export const keeperFaults: Readonly<Record<string, Fault>> = {
  'hand-over': (stage) => {
    const site = keptSite(stage)
    if (!site) return undefined
    const to = stage.dice.pick(site.heirs)
    void stage.lead.handOver(site.plan, to.id)
    stage.world.trouble(minutes(2), ...site.plan.members)
    return [site.keeper.id, to.id]
  },
  'two keepers': (stage) => {
    const { world, dice, lead } = stage
    const site = keptSite(stage)
    if (!site) return undefined
    const heir = dice.pick(site.heirs)
    const others = site.plan.members.filter((id) => id !== site.keeper.id)
    // The old keeper lives on behind the cut, with the boxes on its side of it.
    const far = others.filter((id) => id === heir.id || dice.chance(0.5))
    const near = [site.keeper.id, ...others.filter((id) => !far.includes(id))]
    const pairs = near.flatMap((a) => far.map((b) => [a, b] as const))
    for (const [a, b] of pairs) world.network.cut(a, b)
    const ms = dice.int(minutes(2), minutes(30))
    world.time.after(dice.int(seconds(5), minutes(1)), () => void lead.takeOver(site.plan, heir))
    world.time.after(ms, () => pairs.forEach(([a, b]) => world.network.heal(a, b)))
    world.trouble(ms + minutes(2), ...site.plan.members)
    return [site.keeper.id, heir.id]
  },
  /** On purpose, from a backup that says so: it asks others before it decides (TERM-7). */
  'keeper restored': (stage) => {
    const { world, dice, images } = stage
    const site = keptSite(stage)
    const image = site && images.get(site.keeper.id)
    if (!site || !image || site.keeper.id === site.plan.hub) return undefined
    const { keeper, plan } = site
    keeper.unplug()
    world.witness.loses(keeper.card, image)
    keeper.swapCard(image)
    const note = 'INSERT OR REPLACE INTO notes (name, value) VALUES (?, ?)'
    keeper.card.truth.prepare(note).run('restored', `restore ${world.time.now}`)
    const length = world.witness.read(keeper.card).site(plan.site)?.n
    const others = plan.members.filter((id) => id !== keeper.id)
    for (const id of others) world.network.cut(keeper.id, id)
    keeper.plugIn()
    const ms = dice.int(minutes(1), minutes(5))
    world.trouble(ms + minutes(2), ...plan.members)
    world.time.after(ms, () => {
      const alone = others.every((id) => !world.network.isUp(keeper.id, id))
      if (alone && world.witness.read(keeper.card).site(plan.site)?.n !== length)
        world.broken('RESTORED', `box ${keeper.id} came from a backup, met nobody, and its log has grown`)
      for (const id of others) world.network.heal(keeper.id, id)
    })
    return [keeper.id]
  },
  'keeper destroyed': (stage) => {
    const { world, dice, installer } = stage
    const gone = [...world.boxes.values()].filter((box) => box.isDestroyed).length
    const site = keptSite(stage)
    if (!site || site.keeper.id === site.plan.hub || (gone + 1) * 3 > world.boxes.size) return undefined
    world.witness.loses(site.keeper.card)
    site.keeper.destroy()
    // Whoever linked through it to another keeper is led around it.
    for (const plan of world.sites.values()) {
      for (const [box, above] of plan.above) {
        if (above === site.keeper.id && plan.keeper !== above) plan.above.set(box, plan.keeper)
      }
      installer.refresh(plan)
    }
    const plans = [...world.sites.values()].filter(({ keeper }) => keeper === site.keeper.id)
    const ms = dice.int(minutes(1), minutes(20))
    for (const plan of plans) {
      world.time.after(ms, () => void succeed(stage, plan))
      world.trouble(ms + minutes(5), ...plan.members)
    }
    return [site.keeper.id]
  },
}

/** The lead tries until somebody keeps the site. */
async function succeed(stage: Stage, plan: SitePlan): Promise<void> {
  const { world, lead } = stage
  const heirs = lead.heirs(plan)
  const heir = heirs.length > 0 ? stage.dice.pick(heirs) : undefined
  if (heir && (await lead.takeOver(plan, heir))) return
  world.trouble(minutes(5), ...plan.members)
  world.time.after(minutes(1), () => {
    if (world.busy && !lead.hasKeeper(plan)) void succeed(stage, plan)
  })
}

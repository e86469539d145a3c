import type { Above, Box } from '../kernel/box/contract.ts'
import type { Process } from './process.ts'
import { linksOf, type SitePlan } from './site-plan.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

/** The person who sets boxes up: each serves its sites, through the box that the plan names. */
export class Installer {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** Begins a site at its keeper, and sets up every box of it, now and after each start. */
  async begin(plan: SitePlan): Promise<void> {
    const world = this.#world
    world.sites.set(plan.site, plan)
    for (const id of plan.members) {
      const box = world.box(id)
      box.onStart((running, process) => void this.#setUp(plan, box, running, process))
    }
    const keeper = world.box(plan.keeper)
    for (const id of plan.members) world.box(id).plugIn()
    await world.until(() => plan.members.every((id) => world.box(id).box), 30_000)
    await world.until(() => plan.installed.size === plan.members.length, 30_000)
    let missing = plan.members.filter((id) => id !== plan.keeper)
    const assign = async (id: string) => {
      const { publicKey } = world.box(id).seal
      const answer = await keeper.box?.assign(plan.site, { box: id, publicKey, small: plan.small.has(id) })
      if (answer?.is === 'answered') missing = missing.filter((each) => each !== id)
      else if (answer) world.broken('SETUP', `assigning ${id} to ${plan.site}: ${JSON.stringify(answer)}`)
    }
    for (const id of missing) void assign(id)
    if (!(await world.until(() => missing.length === 0, 30_000))) {
      world.broken('SETUP', `${plan.site}: ${missing.join(', ')} could not be assigned`)
    }
  }

  /** The plan has changed: whoever runs is told now, the others when they start. */
  refresh(plan: SitePlan): void {
    for (const id of plan.members) {
      const box = this.#world.box(id)
      if (box.box && box.process) void this.#setUp(plan, box, box.box, box.process)
    }
  }

  async #setUp(plan: SitePlan, box: WorldBox, running: Box, process: Process): Promise<void> {
    const { card } = box
    while (process.alive) {
      const above = plan.above.get(box.id) ?? null
      const wanted = above ?? 'nobody'
      if (plan.installed.get(card.name) === wanted) return
      try {
        const founds = !plan.founded && box.id === plan.keeper
        if (founds) await running.found(plan.site)
        plan.founded ||= founds
        if (!founds || above !== null) await running.serve(plan.site, this.#above(above))
        if (process.alive) plan.installed.set(card.name, wanted)
      } catch (error) {
        if (!process.alive) return
        this.#world.trace.note(`setup of ${box.id} for ${plan.site} failed: ${String(error)}`)
        await process.wait(5000)
      }
    }
  }

  #above(box: string | null): Above | null {
    if (box === null) return null
    return { address: `box:${box}`, box, publicKey: this.#world.box(box).seal.publicKey }
  }
}

/** All pairs of boxes that some plan links. */
export function allLinks(world: World): readonly (readonly [string, string])[] {
  const links = [...world.sites.values()].flatMap((plan) => linksOf(plan))
  return [...new Map(links.map((pair) => [pair.toSorted().join(' '), pair])).values()]
}

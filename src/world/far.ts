import { Editor, fleet } from './editor.ts'
import { checkErrands, openErrands } from './errand-check.ts'
import { FarAsks } from './far-asks.ts'
import { FarPerson } from './far-person.ts'
import { Panel } from './panel.ts'
import type { Scenario } from './scenario.ts'
import { unsettled } from './settings-check.ts'
import { type SitePlan, wholeOf } from './site-plan.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

/** From when all logs are equal, so long may it take until every ask and every version has its end. */
const endsWithinMs = 150_000
const knobsEveryMs = 1_800_000

/** People who act from afar and who save settings, in the scenarios that have them, and what must come true of it. */
export class Far {
  readonly #world: World
  readonly #asks: FarAsks
  readonly #scenario: Scenario

  constructor(world: World, scenario: Scenario) {
    this.#world = world
    this.#scenario = scenario
    this.#asks = new FarAsks(world)
    if (!scenario.settings) return
    for (const { site, members, small } of this.#fairs())
      for (const id of members)
        if (!small.has(id)) world.panels.put(id, site, new Panel(world, `${id} ${site}`))
  }

  /** All of it has chance of its own, so that nothing else in the world comes out otherwise. */
  populate(haste: number): void {
    const world = this.#world
    for (const plan of this.#fairs()) {
      const some = plan.members.slice(0, 6)
      if (this.#scenario.afar)
        for (const id of some)
          new FarPerson(world, this.#asks, world.box(id), plan.site).live(900_000 / haste)
      if (!this.#scenario.settings) continue
      const boxes = plan.members.map((id) => `box:${id}`)
      const [own, other] = [plan.keeper, plan.members.at(-1) ?? plan.keeper]
      const targets = [`site:${plan.site}`, 'post:stand', 'group:all', ...boxes]
      for (const id of new Set([own, other]))
        new Editor(world, this.#asks, world.box(id), plan.site, targets).live(1_200_000 / haste)
      const office = world.sites.get(fleet)?.keeper
      if (office !== undefined)
        new Editor(world, this.#asks, world.box(office), fleet, ['organisation', ...targets]).live(
          1_200_000 / haste,
        )
    }
    for (const [name, panel] of world.panels.all) this.#turnKnobs(panel, name, knobsEveryMs / haste)
  }

  /** All is quiet and all logs are equal: every ask has its end, and every version at every box. */
  async comeToRest(): Promise<void> {
    const world = this.#world
    if (!this.#scenario.afar && !this.#scenario.settings) return
    let why = ''
    const rests = () => {
      try {
        why = this.#hindrance()
      } catch (error) {
        world.fail(error)
      }
      return why === ''
    }
    if (!(await world.until(rests, endsWithinMs, 2_000)))
      return world.broken(why.startsWith('setting') ? 'SETTING' : 'STUCK', why)
    world.check(() => {
      for (const plan of world.sites.values()) {
        const card = this.#cardOf(plan.site)
        const log = card && world.witness.read(card).site(plan.site)
        if (log) this.#asks.check(plan.site, log)
        checkErrands(world, plan, (site) => this.#cardOf(site))
      }
    })
  }

  /** What is not at its end; nothing: all is. */
  #hindrance(): string {
    const world = this.#world
    if (!this.#asks.isAtRest) return `asks still wait: ${this.#asks.waiting.slice(0, 5).join(', ')}`
    for (const plan of world.sites.values()) {
      const card = this.#cardOf(plan.site)
      const open = card && openErrands(world, plan, card)
      if (open) return `${open} errands of ${plan.site} have no end`
    }
    for (const plan of this.#fairs()) {
      const [first] = unsettled(world, plan, world.panels.all)
      if (first !== undefined) return `settings of ${plan.site}: ${first}`
    }
    return ''
  }

  #fairs(): readonly SitePlan[] {
    return this.#scenario.plans.filter(({ site }) => site !== fleet)
  }

  #cardOf(site: string): WorldBox['card'] | undefined {
    const plan = this.#world.sites.get(site)
    const boxes = plan ? wholeOf(plan).map((id) => this.#world.box(id)) : []
    return boxes.find((box) => !box.isDestroyed)?.card
  }

  #turnKnobs(panel: Panel, name: string, meanMs: number): void {
    const dice = this.#world.dice.fork(`knobs ${name}`)
    const next = () => {
      this.#world.time.after(dice.wait(meanMs), () => {
        if (!this.#world.busy) return
        panel.turn()
        next()
      })
    }
    next()
  }
}

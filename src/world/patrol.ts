import { comparePartings } from './inspector.ts'
import { sameViews } from './views-check.ts'
import type { Departures } from './departures.ts'
import type { Lead } from './lead.ts'
import type { Dice } from './random.ts'
import { type SitePlan, wholeOf } from './site-plan.ts'
import { Tally } from './tally.ts'
import type { TimeCheck } from './time-check.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

/** With the links up and nothing else wrong, nothing may be on its way for longer. */
const stuckMs = 60_000

/** So many new channels between two looks are too many. */
const restless = 100

/** The checks that go on while the world happens. */
export class Patrol {
  readonly #world: World
  readonly #lead: Lead
  readonly #dice: Dice
  readonly #departures: Departures | undefined
  readonly #opened = new Tally()
  #looks = 0
  readonly #times: TimeCheck | undefined

  constructor(world: World, lead: Lead, departures?: Departures, times?: TimeCheck) {
    this.#times = times
    this.#departures = departures
    this.#world = world
    this.#lead = lead
    this.#dice = world.dice.fork('patrol')
  }

  /** Looks again and again, until the world is quiet. */
  walk(everyMs: number): void {
    this.#world.time.after(everyMs, () => {
      if (!this.#world.busy) return
      this.#world.check(() => this.#look(everyMs))
      this.walk(everyMs)
    })
  }

  #look(everyMs: number): void {
    this.#looks += 1
    this.#world.witness.checkKept()
    this.#departures?.look()
    this.#times?.look()
    for (const plan of this.#world.sites.values()) {
      const boxes = wholeOf(plan)
        .map((id) => this.#world.box(id))
        .filter((box) => !box.isDestroyed)
      const [a, b] = [this.#dice.pick(boxes), this.#dice.pick(boxes)]
      if (a !== b) sameViews(plan.site, a.card, b.card)
      if (a !== b && this.#looks % 12 === 0) comparePartings(plan.site, a.card, b.card)
      if (boxes.every((box) => this.#isCalm(box))) this.#checkFlow(plan, boxes)
    }
    this.#checkRest(everyMs + stuckMs)
  }

  /** Between two boxes that are well, channels are opened seldom. */
  #checkRest(ms: number): void {
    const { network, boxes } = this.#world
    for (const [pair, count] of network.opened.entries()) {
      const since = count - this.#opened.get(pair)
      this.#opened.add(pair, since)
      const both = pair.split(' ').flatMap((id) => boxes.get(id) ?? [])
      if (since <= restless || !both.every((box) => this.#isCalm(box, ms))) continue
      this.#world.broken(
        'RESTLESS',
        `${pair}: ${since} channels were opened since the last look, and both boxes are well`,
      )
    }
  }

  #isCalm({ id, box }: WorldBox, ms = stuckMs): boolean {
    const { troubled, time } = this.#world
    return box !== undefined && (troubled.get(id) ?? 0) + ms < time.now
  }

  #checkFlow(plan: SitePlan, boxes: readonly WorldBox[]): void {
    const world = this.#world
    if (!this.#lead.hasKeeper(plan))
      return world.broken('STUCK', `nobody keeps ${plan.site}, and all its boxes are well`)
    const logs = boxes.map((box) => ({ box, log: world.witness.read(box.card).site(plan.site) }))
    for (const { id, site, state, endedAt } of world.ledger.sightings.values()) {
      if (site !== plan.site || state !== 'acknowledged' || endedAt > world.time.now - stuckMs) continue
      if (world.witness.gone.has(id)) continue
      const without = logs.find(({ log }) => log?.place(id) === undefined)
      if (!without) continue
      const text = `${id}, safe since ${endedAt}, is not in the log on box ${without.box.id}, and all links are up`
      return world.broken('STUCK', text)
    }
  }
}

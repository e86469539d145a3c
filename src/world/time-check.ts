import { logSpan } from '../store/truth-tables.ts'
import type { Boots } from './boots.ts'
import type { Card } from './card.ts'
import { type SitePlan, wholeOf } from './site-plan.ts'
import { TimeEvidence } from './time-evidence.ts'
import { Violation } from './violation.ts'
import type { World } from './world.ts'

/** From when a timer is over and its keeper knows the time, so long may it take until it has rung. */
const ringWithinMs = 60_000
/** So long has a keeper to have kept undisturbed, before it is held to that. */
const calmMs = 150_000

/** Holds the time in the logs against the truth, on the way and at the end. */
export class TimeCheck {
  readonly #world: World
  readonly #boots: Boots
  readonly #known = new Map<string, TimeEvidence>()
  /** Keepers that knew the time when they were looked at last, and under which term. */
  readonly #knew = new Map<string, string>()

  constructor(world: World, boots: Boots) {
    this.#world = world
    this.#boots = boots
  }

  /** On the way: what rings does so once and in time; who is calm and knows the time lets nothing wait. */
  look(): void {
    for (const plan of this.#world.sites.values()) {
      const evidence = this.#read(plan)
      const late =
        evidence && this.#isCalm(plan, evidence) && evidence.overdue(this.#world.time.now, ringWithinMs)
      if (late) throw new Violation('LATE', `${plan.site}: ${late}, and box ${plan.keeper} is well`)
    }
  }

  /** At the end: whoever knows the time has let everything ring, and every instant is as good as it states. */
  async comeToRest(): Promise<void> {
    const world = this.#world
    await world.run(ringWithinMs + 30_000)
    world.check(() => {
      for (const plan of world.sites.values()) {
        const { card } = world.box(plan.keeper)
        const evidence = this.#read(plan)
        if (!evidence) continue
        evidence.checkInstants()
        evidence.checkBent()
        const late = this.#clockOf(plan) > 0 && evidence.overdue(world.time.now, ringWithinMs)
        if (late) throw new Violation('LATE', `${plan.site}: ${late}, and all is quiet`)
        sameTimes(card, plan.site, evidence)
        this.#checkTold(plan, evidence)
      }
    })
  }

  /** Who knows the time has told the log what its boot had stamped before. */
  #checkTold(plan: SitePlan, evidence: TimeEvidence): void {
    for (const id of wholeOf(plan)) {
      const { box, boot } = this.#world.box(id)
      const clock = box?.status().sites.find(({ site }) => site === plan.site)?.clock
      const n = clock && clock.quality > 0 ? evidence.untold(boot) : undefined
      if (n !== undefined)
        throw new Violation(
          'UNTOLD',
          `${plan.site}: box ${id} knows the time, and the log not when entry ${n} of its boot was`,
        )
    }
  }

  #clockOf(plan: SitePlan): number {
    const status = this.#world
      .box(plan.keeper)
      .box?.status()
      .sites.find(({ site }) => site === plan.site)
    return status?.role === 'keeping' ? status.clock.quality : 0
  }

  #isCalm(plan: SitePlan, { term }: TimeEvidence): boolean {
    const { troubled, time } = this.#world
    const box = this.#world.box(plan.keeper)
    const state = `${box.process?.name} ${term}`
    const knew = this.#knew.get(plan.site) === state
    if (this.#clockOf(plan) > 0) this.#knew.set(plan.site, state)
    else this.#knew.delete(plan.site)
    const calm = (troubled.get(box.id) ?? 0) + calmMs < time.now
    return knew && calm && this.#clockOf(plan) > 0
  }

  /** Reads on where the log goes on, and anew where it is another. */
  #read(plan: SitePlan): TimeEvidence | undefined {
    const { card, isDestroyed } = this.#world.box(plan.keeper)
    if (isDestroyed) return undefined
    const { truth } = card
    const row = truth.prepare('SELECT id FROM sites WHERE site = ?').get(plan.site)
    if (!row) return undefined
    const base = Number(row['id']) * logSpan
    let known = this.#known.get(plan.site)
    const at = known && truth.prepare('SELECT chain FROM log WHERE id = ?').get(base + known.n)
    if (!known || (known.n > 0 && at?.['chain'] !== known.chain))
      known = new TimeEvidence(plan.site, this.#boots)
    this.#known.set(plan.site, known)
    const rows = truth
      .prepare('SELECT id, head, bodies, chain FROM log WHERE id > ? AND id < ? ORDER BY id')
      .all(base + known.n, base + logSpan)
    for (const { id, head, bodies, chain } of rows)
      known.add(Number(id) - base, String(head), String(bodies), String(chain))
    return known
  }
}

/** The times in the view are those that the witness reckons from the log. */
function sameTimes(card: Card, site: string, evidence: TimeEvidence): void {
  const rows = card.views(site).prepare('SELECT bell, count, ms, quality FROM fair_strikes').all()
  const shown = new Map(
    rows.map(({ bell, count, ms, quality }) => [`${String(bell)}#${Number(count)}`, { ms, quality }]),
  )
  for (const [name, time] of evidence.strikes()) {
    const row = shown.get(name)
    if (row?.ms === time.ms && row.quality === time.quality) continue
    throw new Violation(
      'RETIMED',
      `${site}: ${name} was at ${time.ms} (quality ${time.quality}) by the log; the view shows ${String(row?.ms)} (${String(row?.quality)})`,
    )
  }
}

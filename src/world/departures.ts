import type { Card } from './card.ts'
import type { SiteEvidence } from './site-evidence.ts'
import { type SitePlan, wholeOf } from './site-plan.ts'
import { Violation } from './violation.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

/** From `since` on at the earliest, the top had the stream up to `seq`. */
type Step = { readonly seq: number; readonly since: number }

/** What a card held when it was last looked at. */
type Seen = {
  readonly log: SiteEvidence | undefined
  readonly streams: Map<string, number>
}

const clockSlackMs = 2000

/**
 * What leaves a card while the box lives on, and whether it might: records from a journal (LOG-14),
 * entries from the salvage (TERM-6). Looks at bases (LOG-15) and small boxes (SITE-4) on the way. Only for
 * sites with a hub that lasts, which is their top.
 */
export class Departures {
  readonly #world: World
  readonly #keptMs: number
  readonly #tops = new Map<string, Map<string, Step[]>>()
  readonly #formerTops: SiteEvidence[] = []
  readonly #longest = new Map<string, number>()
  readonly #seen = new Map<Card, Seen>()
  readonly #bases = new Set<string>()
  /** Processes that did not know the time when they were looked at last. */
  readonly #blind = new Set<string>()
  #lookedAt = 0

  constructor(world: World, keptMs: number) {
    this.#world = world
    this.#keptMs = keptMs
    world.witness.onLeft((card, ids) => this.#checkLeft(card, ids))
    world.witness.beforeLoss((card) => {
      this.look()
      for (const { site, hub } of world.sites.values()) {
        const log = hub !== undefined && world.box(hub).card === card && world.witness.read(card).site(site)
        if (log) this.#formerTops.push(log)
      }
    })
  }

  look(): void {
    const plans = [...this.#world.sites.values()]
    for (const plan of plans) this.#learn(plan)
    for (const plan of plans) this.#checkPlan(plan)
    this.#lookedAt = this.#world.time.now
  }

  /** Who has what, before anything is held against it. */
  #learn(plan: SitePlan): void {
    for (const box of this.#boxes(plan)) {
      const log = this.#world.witness.read(box.card).site(plan.site)
      const name = `${plan.site} ${box.id}`
      this.#longest.set(name, Math.max(this.#longest.get(name) ?? 0, log?.n ?? 0))
      if (box.id !== plan.hub || !log) continue
      const steps = this.#tops.get(plan.site) ?? new Map<string, Step[]>()
      this.#tops.set(plan.site, steps)
      for (const [stream, seq] of log.positions) {
        const known = steps.get(stream) ?? []
        if (seq <= (known.at(-1)?.seq ?? 0)) continue
        steps.set(stream, [...known, { seq, since: this.#lookedAt }])
      }
    }
  }

  #checkPlan(plan: SitePlan): void {
    for (const box of this.#boxes(plan)) {
      const log = this.#world.witness.read(box.card).site(plan.site)
      if (plan.small.has(box.id) && (log?.n ?? 0) > 0)
        throw new Violation('SMALL', `box ${box.id} is small, and has ${log?.n} entries of ${plan.site}`)
      if (log) this.#checkBase(plan, log)
      if (plan.hub !== undefined && this.#world.sites.size === 1) this.#checkCard(plan, box, log)
    }
  }

  #checkBase(plan: SitePlan, { base, chain }: SiteEvidence): void {
    const name = `${plan.site} ${base} ${base > 0 ? '' : chain}`
    if (base === 0 || this.#bases.has(name)) return
    this.#bases.add(name)
    const behind = wholeOf(plan).find((id) => (this.#longest.get(`${plan.site} ${id}`) ?? 0) < base - 1)
    if (behind !== undefined)
      throw new Violation(
        'BASE',
        `base ${base} of ${plan.site} was laid before box ${behind} had come so far`,
      )
  }

  #checkCard(plan: SitePlan, box: WorldBox, log: SiteEvidence | undefined): void {
    const before = this.#seen.get(box.card)
    const streams = new Map<string, number>()
    const sql = 'SELECT box, stream, first FROM streams WHERE site = ?'
    for (const row of box.card.truth.prepare(sql).all(plan.site)) {
      const [stream, left] = [String(row['stream']), Number(row['first']) - 1]
      streams.set(stream, left)
      if (row['box'] === box.id && left > (before?.streams.get(stream) ?? 0) && this.#isBlind(plan, box))
        throw new Violation(
          'TRIMMED',
          `box ${box.id} dropped ${stream} up to ${left}, and did not know the time`,
        )
      // A log that was cut since says nothing about what it had when the records left.
      if (!before || before.log !== log || left <= (before.streams.get(stream) ?? 0)) continue
      if (row['box'] === box.id) this.#checkOwn(plan, box, stream, left)
      else if ((log?.position(stream) ?? 0) < left)
        throw new Violation(
          'TRIMMED',
          `box ${box.id} dropped ${stream} up to ${left}; its log has it up to ${log?.position(stream)}`,
        )
    }
    this.#seen.set(box.card, { log, streams })
    this.#learnClock(plan, box)
  }

  #learnClock(plan: SitePlan, box: WorldBox): void {
    const name = `${plan.site} ${box.process?.name}`
    if (clockOf(plan, box) === 0) this.#blind.add(name)
    else this.#blind.delete(name)
  }

  /** It knew the time neither then nor now, and has run all the while. */
  #isBlind(plan: SitePlan, box: WorldBox): boolean {
    return clockOf(plan, box) === 0 && this.#blind.has(`${plan.site} ${box.process?.name}`)
  }

  /** What leaves the salvage is in the log here and at the top. */
  #checkLeft(card: Card, ids: readonly string[]): void {
    const [plan, ...others] = this.#world.sites.values()
    if (!plan || plan.hub === undefined || others.length > 0) return
    const log = this.#world.witness.read(card).site(plan.site)
    const top = this.#world.witness.read(this.#world.box(plan.hub).card).site(plan.site)
    for (const id of ids) {
      if (!log?.holds(id))
        throw new Violation('SALVAGE', `${id} left the salvage of card ${card.name}, and is not in its log`)
      if (![top, ...this.#formerTops].some((each) => each?.holds(id)))
        throw new Violation(
          'SALVAGE',
          `${id} left the salvage of card ${card.name}; the top has never had it`,
        )
    }
  }

  /** Records of the box itself: at the top, and for so long that it may forget them. */
  #checkOwn(plan: SitePlan, { id }: WorldBox, stream: string, left: number): void {
    const step = this.#tops
      .get(plan.site)
      ?.get(stream)
      ?.find(({ seq }) => seq >= left)
    if (!step)
      throw new Violation('TRIMMED', `box ${id} dropped ${stream} up to ${left} before the top had it`)
    const ago = this.#world.time.now - step.since
    if (ago + clockSlackMs < this.#keptMs)
      throw new Violation(
        'TRIMMED',
        `box ${id} dropped ${stream} up to ${left}, which the top has for ${ago} ms at most`,
      )
  }

  #boxes(plan: SitePlan): readonly WorldBox[] {
    return plan.members.map((id) => this.#world.box(id)).filter((box) => !box.isDestroyed)
  }
}

const clockOf = ({ site }: SitePlan, { box }: WorldBox): number | undefined =>
  box?.status().sites.find((each) => each.site === site)?.clock.quality

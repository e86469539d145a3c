import type { Box } from '../kernel/box/contract.ts'
import { beginning } from './clock.ts'
import type { Process } from './process.ts'
import type { Dice } from './random.ts'
import type { SitePlan } from './site-plan.ts'
import { sightId } from './testimony.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

const minute = 60_000

/** Somebody with a bell at one box: when it was struck counts, and what follows from it in time. */
export class Bells {
  readonly #world: World
  readonly #site: string
  readonly #name: string
  readonly #home: WorldBox
  readonly #dice: Dice
  #strikes = 0
  #asks = 0

  constructor(world: World, home: WorldBox, site: string) {
    this.#world = world
    this.#site = site
    this.#home = home
    this.#name = `bell ${site}.${home.name}`
    this.#dice = world.dice.fork(this.#name)
  }

  /** Lives until the world is quiet. */
  live(meanMs: number): void {
    this.#world.time.after(this.#dice.wait(meanMs), () => {
      if (!this.#world.busy) return
      const { box, process } = this.#home
      if (box && process) {
        if (this.#dice.chance(0.6)) this.#strike(box, process)
        else this.#book(box)
      }
      this.live(meanMs)
    })
  }

  #strike(box: Box, process: Process): void {
    const { time, ledger } = this.#world
    const count = (this.#strikes += 1)
    const echo = this.#dice.chance(0.3) ? this.#dice.int(0, 3 * minute) : null
    const sighting = ledger.asked(sightId(this.#name, count), this.#site, this.#home.id, time.now)
    const end = (state: 'acknowledged' | 'refused' | 'unknown') => {
      if (sighting.state !== 'asked') return
      sighting.state = state
      sighting.endedAt = time.now
    }
    process.onEnd(() => end('unknown'))
    box.record(this.#site, [{ kind: 'fair.struck', body: { bell: this.#name, count, echo } }]).then(
      () => process.alive && end('acknowledged'),
      () => process.alive && end('refused'),
    )
  }

  /** What becomes of it is read from the log: who asked walks away. */
  #book(box: Box): void {
    const { time } = this.#world
    const round = `${this.#home.name}-${this.#dice.int(1, 12)}`
    const key = `${this.#name} ${(this.#asks += 1)}`
    const ask = (action: string, input: unknown) =>
      void box.act(this.#site, { action, key, who: this.#name, input }).catch(() => {})
    if (this.#dice.chance(0.1)) return ask('fair.drop', { round })
    const wait = this.#dice.pick([0, this.#dice.int(0, minute), this.#dice.int(0, 20 * minute)])
    const byClock = this.#dice.chance(0.5)
    const at = beginning + time.now + wait
    ask('fair.book', { round, at: byClock ? at : null, after: byClock ? null : wait })
  }
}

/** The lead who looks at the keeper's clock now and then, and says what time it is where the box does not know. */
export class Timekeeper {
  readonly #world: World
  readonly #plan: SitePlan
  readonly #dice: Dice
  #asks = 0

  constructor(world: World, plan: SitePlan) {
    this.#world = world
    this.#plan = plan
    this.#dice = world.dice.fork(`timekeeper ${plan.site}`)
  }

  live(meanMs: number): void {
    this.#world.time.after(this.#dice.wait(meanMs), () => {
      if (!this.#world.busy) return
      this.#look()
      this.live(meanMs)
    })
  }

  #look(): void {
    const { box } = this.#world.box(this.#plan.keeper)
    const status = box?.status().sites.find(({ site }) => site === this.#plan.site)
    if (!box || status?.role !== 'keeping' || status.clock.quality > 0) return
    const time = beginning + this.#world.time.now + this.#dice.int(-1500, 1500)
    const key = `time ${this.#plan.site} ${(this.#asks += 1)}`
    void box.act(this.#plan.site, { action: 'clock.set', key, who: 'lead', input: { time } }).then(
      (answer) => this.#world.trace.note(`time said at ${this.#plan.keeper}: ${JSON.stringify(answer)}`),
      () => {},
    )
  }
}

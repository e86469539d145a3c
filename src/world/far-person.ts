import type { Ask } from '../kernel/site/writer.ts'
import type { FarAsks } from './far-asks.ts'
import type { Dice } from './random.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

/** As the fair's actions declare it. */
const waitMs = 600_000

/** Somebody at a box who asks for things that can wait, and comes back to see what became of them. */
export class FarPerson {
  readonly #world: World
  readonly #asks: FarAsks
  readonly #home: WorldBox
  readonly #site: string
  readonly #dice: Dice
  #wishes = 0

  constructor(world: World, asks: FarAsks, home: WorldBox, site: string) {
    this.#world = world
    this.#asks = asks
    this.#home = home
    this.#site = site
    this.#dice = world.dice.fork(`far person ${site} ${home.id}`)
  }

  /** Lives until the world is quiet. */
  live(meanMs: number): void {
    this.#world.time.after(this.#dice.wait(meanMs), () => {
      if (!this.#world.busy) return
      this.#want(meanMs)
      this.live(meanMs)
    })
  }

  #want(meanMs: number): void {
    const who = `far-${this.#site}-${this.#home.id}`
    const key = `${who}-${(this.#wishes += 1)}`
    this.#asks.ask(this.#home, this.#site, { key, who, ...this.#thought() }, waitMs)
    for (let i = this.#dice.int(0, 3); i > 0; i -= 1) {
      const how = this.#dice.chance(0.5) ? 'ask' : 'look'
      this.#world.time.after(
        this.#dice.wait(meanMs / 3),
        () => this.#world.busy && this.#asks.again(key, how),
      )
    }
  }

  #thought(): Pick<Ask, 'action' | 'input'> {
    const tag = `v${this.#dice.int(1, 20)}`
    const cents = this.#dice.int(1, 800)
    const abroad = this.#abroad()
    if (abroad !== undefined && this.#dice.chance(0.4))
      return { action: 'fair.send', input: { tag, site: abroad, cents } }
    return this.#dice.chance(0.5)
      ? { action: 'fair.topUp', input: { tag, cents } }
      : { action: 'fair.payBack', input: { tag, cents } }
  }

  /** Another fair that the keeper of this one serves too. */
  #abroad(): string | undefined {
    const { sites } = this.#world
    const keeper = sites.get(this.#site)?.keeper ?? ''
    const others = [...sites.values()].filter(
      ({ site, members }) => site !== this.#site && site !== 'fleet' && members.includes(keeper),
    )
    return others.length > 0 ? this.#dice.pick(others).site : undefined
  }
}

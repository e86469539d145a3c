import type { Document, Json } from '../kernel/settings/document.ts'
import type { FarAsks } from './far-asks.ts'
import { badVolumes } from './panel.ts'
import type { Dice } from './random.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

const weekMs = 7 * 24 * 3_600_000
/** The site whose log the hub's half is in. */
export const fleet = 'fleet'

/** Somebody who saves settings, in the control room or on the spot, knowing what he saw some time ago. */
export class Editor {
  readonly #world: World
  readonly #asks: FarAsks
  readonly #home: WorldBox
  readonly #site: string
  readonly #targets: readonly string[]
  readonly #dice: Dice
  #saves = 0

  /** `site`: whose log decides; `targets`: what he looks after. */
  constructor(world: World, asks: FarAsks, home: WorldBox, site: string, targets: readonly string[]) {
    this.#world = world
    this.#asks = asks
    this.#home = home
    this.#site = site
    this.#targets = targets
    this.#dice = world.dice.fork(`editor ${site} ${home.id}`)
  }

  /** Lives until the world is quiet. */
  live(meanMs: number): void {
    this.#world.time.after(this.#dice.wait(meanMs), () => {
      if (!this.#world.busy) return
      this.#edit()
      this.live(meanMs)
    })
  }

  #edit(): void {
    const who = `editor-${this.#site}-${this.#home.id}`
    const key = `${who}-${(this.#saves += 1)}`
    const target = this.#dice.pick(this.#targets)
    switch (this.#dice.weighted({ save: 8, force: 1, override: 1, restore: 0.5 })) {
      case 'save': {
        const base = this.#dice.chance(0.5) ? null : this.#dice.int(0, 6)
        const input = { target, base, patch: { fair: this.#patch(this.#site === fleet) }, comment: '' }
        return this.#asks.ask(this.#home, this.#site, { action: 'setting.save', key, who, input }, weekMs)
      }
      case 'force': {
        const patch = { fair: { ...this.#patch(true), ...this.#patch(false) } }
        const force = { reason: 'it is urgent', ...(this.#site === fleet ? { site: this.#elsewhere() } : {}) }
        const input = { target, base: null, patch, comment: '', force }
        return this.#asks.ask(this.#home, this.#site, { action: 'setting.save', key, who, input }, weekMs)
      }
      case 'override': {
        const forMs = this.#dice.int(20_000, 120_000)
        const patch = { fair: { ...this.#patch(true), ...this.#patch(false) } }
        const input = { target, patch, forMs, reason: 'for now' }
        return this.#asks.ask(this.#home, this.#site, { action: 'setting.override', key, who, input }, weekMs)
      }
      case 'restore': {
        const input = { target, version: this.#dice.int(0, 6), comment: '' }
        return this.#asks.ask(this.#home, this.#site, { action: 'setting.restore', key, who, input }, weekMs)
      }
    }
  }

  #elsewhere(): string {
    return this.#dice.pick([...this.#world.sites.keys()].filter((site) => site !== fleet))
  }

  /** Some fields of one owner, now and then a value that panels cannot have. */
  #patch(hub: boolean): Document {
    const some = (value: () => Json) => (this.#dice.chance(0.1) ? null : value())
    const word = () => `w${this.#dice.int(1, 50)}`
    const item = (fields: () => Document): Json => [
      this.#dice.chance(0.25)
        ? { id: `i${this.#dice.int(1, 4)}`, removed: true }
        : { id: `i${this.#dice.int(1, 4)}`, ...fields() },
    ]
    const parts: readonly (() => Document)[] = hub
      ? [
          () => ({ language: some(() => this.#dice.pick(['fr', 'en'])) }),
          () => ({ sign: { brand: some(word) } }),
          () => ({ notices: item(() => ({ text: word() })) }),
        ]
      : [
          () => ({ volume: some(() => this.#volume()) }),
          () => ({ sign: { greeting: some(word), hours: [this.#dice.int(0, 12), 24] } }),
          () => ({ stalls: item(() => ({ name: word(), price: this.#dice.int(0, 500) })) }),
        ]
    return this.#dice.pick(parts)()
  }

  #volume(): number {
    if (this.#dice.chance(0.12)) return this.#dice.pick(Object.values(badVolumes))
    return this.#dice.pick([1, 2, 3, 50, 70])
  }
}

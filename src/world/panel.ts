import type { Document } from '../kernel/settings/document.ts'
import type { SettingHandler } from '../kernel/settings/handler.ts'
import type { Process } from './process.ts'
import type { Dice } from './random.ts'
import type { World } from './world.ts'

/** Volumes that a panel cannot have: it says so at once, it falls ill, it takes its box down. */
export const badVolumes = { picky: 13, ill: 66, deadly: 99 } as const

/**
 * A device that is set by its box, with a memory of its own that outlives every process. It takes
 * its time, and sometimes somebody turns its knobs by hand.
 */
export class Panel {
  readonly #world: World
  readonly #dice: Dice
  #has: Document = {}
  #knobbed = 0

  constructor(world: World, name: string) {
    this.#world = world
    this.#dice = world.dice.fork(`panel ${name}`)
  }

  get has(): Document {
    return this.#has
  }

  get knobbed(): number {
    return this.#knobbed
  }

  /** A hand at the knobs. */
  turn(): void {
    this.#knobbed += 1
    this.#has = { ...this.#has, volume: 100 }
  }

  /** As one process of its box meets it. */
  handlerFor(process: Process): SettingHandler {
    const work = async (ms: number) => process.wait(this.#dice.int(1, ms))
    return {
      check: async (document) => {
        await work(20)
        if (document['volume'] === badVolumes.picky) return 'no volume 13'
        // All is quiet: nothing takes a box down any more.
        const deadly = document['volume'] === badVolumes.deadly && !this.#world.busy
        return deadly ? 'no volume 99' : null
      },
      apply: async (document) => {
        await work(400)
        if (document['volume'] === badVolumes.deadly && this.#world.busy) {
          // Half of the time it has taken the values with it.
          if (this.#dice.chance(0.5)) this.#has = document
          process.end('killed')
          return process.never()
        }
        this.#has = document
      },
      health: async () => {
        await work(20)
        return this.#has['volume'] === badVolumes.ill ? 'it hums' : null
      },
      read: async () => {
        await work(20)
        return this.#has
      },
    }
  }
}

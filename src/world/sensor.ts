import type { Box, Recorded } from '../kernel/box/contract.ts'
import type { Sighting } from './ledger.ts'
import type { Process } from './process.ts'
import type { Dice } from './random.ts'
import { nameId, sightId } from './testimony.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

/** What a driver says when it is well, and what it says when nobody tried it out. */
const moods = {
  well: 12,
  'not as declared': 1,
  'fits no column': 1,
  'a lone surrogate': 0.5,
  words: 2,
  'no words': 0.5,
  'too long': 0.5,
  'no such kind': 0.3,
  'not for drivers': 0.3,
}

/** A meter whose driver has mistakes. Its box keeps what makes no sense, and refuses what cannot be kept. */
export class Sensor {
  readonly #world: World
  readonly #home: WorldBox
  readonly #site: string
  readonly #name: string
  readonly #dice: Dice
  #count = 0

  constructor(world: World, home: WorldBox, site: string, meanMs: number) {
    this.#world = world
    this.#home = home
    this.#site = site
    this.#name = `${site}.${home.name}.meter`
    this.#dice = world.dice.fork(`sensor ${this.#name}`)
    home.onStart((box, process) => this.#watch(box, process, meanMs))
  }

  #watch(box: Box, process: Process, meanMs: number): void {
    process.after(this.#dice.wait(meanMs), () => {
      if (this.#world.busy) this.#say(box, process)
      this.#watch(box, process, meanMs)
    })
  }

  #say(box: Box, process: Process): void {
    const mood = this.#dice.weighted(moods)
    const loudness = this.#dice.chance(0.5) ? this.#dice.int(20, 120) : null
    switch (mood) {
      case 'well':
        return this.#meter(box, process, { value: this.#dice.int(-40, 60) })
      case 'not as declared':
        return this.#meter(box, process, { value: 'warm' })
      case 'fits no column':
        return this.#meter(box, process, { value: 0.5 })
      case 'a lone surrogate':
        return this.#meter(box, process, { value: 1, unit: '\ud800' })
      case 'words':
        return this.#shout(box, process, { words: `so ${this.#dice.int(1, 99)} it is`, loudness })
      case 'no words':
        return this.#shout(box, process, { words: '', loudness })
      case 'too long':
        return this.#refused(box, process, 'clumsy.shouted', { words: 'x'.repeat(40_000), loudness })
      case 'no such kind':
        return this.#refused(box, process, 'clumsy.whispered', {})
      case 'not for drivers':
        return this.#refused(box, process, 'clumsy.said', { words: 'me' })
    }
  }

  #meter(box: Box, process: Process, said: Readonly<Record<string, unknown>>): void {
    const { ledger, time } = this.#world
    const count = (this.#count += 1)
    const id = sightId(this.#name, count)
    const sighting = ledger.asked(id, this.#site, this.#home.id, time.now)
    const body = { sensor: this.#name, count, ...said }
    const answer = box.record(this.#site, [{ kind: 'clumsy.counted', body }])
    process.onEnd(() => {
      if (sighting.state === 'asked') this.#end(sighting, 'unknown')
    })
    answer.then(
      () => process.alive && this.#end(sighting, 'acknowledged'),
      () => process.alive && this.#end(sighting, 'refused'),
    )
  }

  /** Known by its place, which its box tells. */
  #shout(box: Box, process: Process, body: unknown): void {
    const take = ({ stream, from }: Recorded) => {
      if (!process.alive) return
      const { ledger, time } = this.#world
      const sighting = ledger.asked(nameId(stream, from), this.#site, this.#home.id, time.now)
      this.#end(sighting, 'acknowledged')
    }
    box.record(this.#site, [{ kind: 'clumsy.shouted', body }]).then(take, () => {})
  }

  #refused(box: Box, process: Process, kind: string, body: unknown): void {
    box.record(this.#site, [{ kind, body }]).then(
      () => process.alive && this.#world.broken('DOOR', `box ${this.#home.id} took ${kind} from a driver`),
      () => {},
    )
  }

  #end(sighting: Sighting, state: Sighting['state']): void {
    sighting.state = state
    sighting.endedAt = this.#world.time.now
  }
}

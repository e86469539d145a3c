import type { Box } from '../kernel/box/contract.ts'
import { beginning } from './clock.ts'
import type { Sighting } from './ledger.ts'
import type { Process } from './process.ts'
import type { Dice } from './random.ts'
import { sightId } from './testimony.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

/** A record that takes longer than this, stalls of the card included, is stuck. */
const stuckMs = 60_000

/**
 * A reader at a gate: it sees tokens and hands them to its box, which must say when they are safe.
 * It counts what it has seen, so that the witness can tell one sight from another.
 */
export class Gate {
  readonly #world: World
  readonly #home: WorldBox
  readonly #site: string
  readonly #name: string
  readonly #dice: Dice
  readonly #meanMs: number
  #hits = 0

  constructor(world: World, home: WorldBox, site: string, meanMs: number) {
    this.#world = world
    this.#home = home
    this.#site = site
    this.#name = `${site}.${home.name}`
    this.#dice = world.dice.fork(`gate ${this.#name}`)
    this.#meanMs = meanMs
    home.onStart((box, process) => this.#watch(box, process))
  }

  #watch(box: Box, process: Process): void {
    const open = new Set<Sighting>()
    process.onEnd(() => {
      for (const sighting of open) {
        sighting.state = 'unknown'
        sighting.endedAt = this.#world.time.now
      }
    })
    const next = () => {
      process.after(this.#dice.wait(this.#meanMs), () => {
        if (this.#world.busy) this.#see(box, process, open)
        next()
      })
    }
    next()
  }

  #see(box: Box, process: Process, open: Set<Sighting>): void {
    if (this.#dice.chance(0.02)) {
      for (let i = this.#dice.int(5, 60); i > 0; i -= 1) this.#record(box, process, open, 1)
    } else this.#record(box, process, open, this.#dice.weighted({ 1: 6, 2: 3, 5: 1 }))
  }

  #record(box: Box, process: Process, open: Set<Sighting>, count: number | string): void {
    const { time, ledger } = this.#world
    const sightings: Sighting[] = []
    const facts = Array.from({ length: Number(count) }, () => {
      const hits = (this.#hits += 1)
      sightings.push(ledger.asked(sightId(this.#name, hits), this.#site, this.#home.id, time.now))
      const tag = `v${this.#dice.int(1, 200)}`
      return { kind: 'fair.seen', body: { tag, gate: this.#name, at: beginning + time.now, hits } }
    })
    for (const sighting of sightings) open.add(sighting)
    const end = (state: Sighting['state']) => {
      if (!process.alive) return false
      for (const sighting of sightings) {
        sighting.state = state
        sighting.endedAt = time.now
        open.delete(sighting)
      }
      return true
    }
    box.record(this.#site, facts).then(
      () => end('acknowledged') && this.#check(sightings),
      (error: unknown) =>
        end('refused') && this.#world.trace.note(`refused ${sightings[0]?.id} ${String(error)}`),
    )
    process.after(stuckMs, () => {
      const [first] = sightings
      if (first && open.has(first))
        this.#world.broken('STUCK', `${first.id} was neither safe nor refused after 60 s`)
    })
  }

  #check(sightings: readonly Sighting[]): void {
    const last = sightings.at(-1)
    if (last) this.#world.check(() => this.#world.witness.checkAcknowledged(last, this.#home.card))
  }
}

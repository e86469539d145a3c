import type { Answer, Box } from '../kernel/box/contract.ts'
import type { Ask } from '../kernel/site/writer.ts'
import type { Wish } from './ledger.ts'
import type { Dice } from './random.ts'
import { atStall, type Thinks } from './thoughts.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

/** A short name, and what it is that they want. */
export type Who = {
  readonly name: string
  readonly thinks: Thinks
  /** It asks, perhaps not for the first time. */
  readonly asks?: ((ask: Ask) => void) | undefined
  /** `open`: questions with the same key that have no answer yet. */
  readonly heard?: ((answer: Answer, open: number) => void) | undefined
}

/** Who waited longer than this, with the box alive, waited for nothing. */
const stuckMs = 150_000

/**
 * A person at one site, at a stall unless something else is said. Asks at one box, loses patience, asks again with the same key,
 * there or at another box; presses twice; walks away.
 */
export class Person {
  readonly #world: World
  readonly #site: string
  readonly #name: string
  readonly #home: WorldBox
  readonly #dice: Dice
  readonly #who: Who
  #wishes = 0

  constructor(world: World, home: WorldBox, site: string, who: Who = { name: 'p', thinks: atStall }) {
    this.#world = world
    this.#site = site
    this.#home = home
    this.#name = `${who.name}-${site}-${home.id}`
    this.#who = who
    this.#dice = world.dice.fork(`person ${this.#name}`)
  }

  /** Lives until the world is quiet. */
  live(meanMs: number): void {
    this.#world.time.after(this.#dice.wait(meanMs), () => {
      if (!this.#world.busy) return
      this.#want()
      this.live(meanMs)
    })
  }

  #want(): void {
    const key = `${this.#name}-${(this.#wishes += 1)}`
    const thought = this.#who.thinks(this.#dice)
    if (!thought) return
    const ask: Ask = { key, who: this.#name, ...thought }
    this.#try(this.#world.ledger.wish(key, this.#site, this.#world.time.now), ask, this.#dice.int(1, 6))
  }

  #try(wish: Wish, ask: Ask, tries: number): void {
    const world = this.#world
    const again = (ms: number) => {
      if (tries > 1) world.time.after(this.#dice.int(0, ms), () => this.#try(wish, ask, tries - 1))
    }
    const place = this.#place()
    if (!place?.box || !place.process) return again(20_000)
    const { box, process } = place
    let settled = false
    let patient = true
    wish.open += 1
    this.#who.asks?.(ask)
    const end = () => {
      if (settled) return false
      settled = true
      wish.open -= 1
      return true
    }
    process.onEnd(() => {
      if (!end()) return
      wish.unclear += 1
      if (patient) again(20_000)
    })
    process.after(this.#dice.int(500, 40_000), () => {
      if (settled) return
      patient = false
      wish.unclear += 1
      again(2000)
    })
    process.after(stuckMs, () => {
      if (!settled)
        world.broken('STUCK', `${wish.key} asked at box ${place.id} has no answer after ${stuckMs / 1000} s`)
    })
    void this.#ask(box, ask).then((answer) => {
      if (!process.alive || !end()) return
      this.#hear(wish, place, answer)
      if (patient && (answer.is === 'unknown' || this.#dice.chance(0.1))) again(20_000)
    })
  }

  /** A rejected promise is a broken contract: an answer is always one of three. */
  async #ask(box: Box, ask: Ask): Promise<Answer> {
    try {
      return await box.act(this.#site, ask)
    } catch (error) {
      this.#world.broken('CONTRACT', `act threw instead of answering: ${String(error)}`)
      return { is: 'unknown', why: 'it threw' }
    }
  }

  #hear(wish: Wish, place: WorldBox, answer: Answer): void {
    const world = this.#world
    world.trace.note(`answer ${wish.key} at ${place.id} ${JSON.stringify(answer)}`)
    this.#who.heard?.(answer, wish.open)
    if (answer.is === 'unknown') wish.unclear += 1
    if (answer.is === 'refused') {
      wish.refusals += 1
      if (answer.code === 'key-conflict') wish.conflicts += 1
    }
    if (answer.is !== 'answered') return
    const { n, copies } = answer
    wish.answers.push({ at: world.time.now, box: place.id, n, text: JSON.stringify(answer.answer), copies })
    world.check(() => world.witness.checkAnswered(wish, copies))
  }

  #place(): WorldBox | undefined {
    const plan = this.#world.sites.get(this.#site)
    const serves = ({ box, card }: WorldBox) => box !== undefined && plan?.installed.has(card.name)
    if (serves(this.#home) && this.#dice.chance(0.8)) return this.#home
    const others = plan?.members.map((id) => this.#world.box(id)).filter(serves) ?? []
    return others.length > 0 ? this.#dice.pick(others) : undefined
  }
}

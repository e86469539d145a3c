import type { Wish } from './ledger.ts'
import type { Dice } from './random.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

/** So long after its answer is a key borrowed: nobody asks with it again. */
const oldMs = 10 * 60_000

/** Whoever makes up keys badly: asks for something else with a key that another has used (LOG-12). */
export class Borrower {
  readonly #world: World
  readonly #home: WorldBox
  readonly #site: string
  readonly #dice: Dice

  constructor(world: World, home: WorldBox, site: string) {
    this.#world = world
    this.#home = home
    this.#site = site
    this.#dice = world.dice.fork(`borrower ${site} ${home.name}`)
  }

  /** Lives until the world is quiet. */
  live(meanMs: number): void {
    this.#world.time.after(this.#dice.wait(meanMs), () => {
      if (!this.#world.busy) return
      void this.#borrow()
      this.live(meanMs)
    })
  }

  async #borrow(): Promise<void> {
    const { box, process, id } = this.#home
    const wish = this.#oldWish()
    if (!wish || !box || !process) return
    const input = { tag: 'v1', cents: 1_234_567 }
    const answer = await box.act(this.#site, {
      action: 'fair.grant',
      key: wish.key,
      who: `borrower ${id}`,
      input,
    })
    if (!process.alive) return
    this.#world.trace.note(`borrowed ${wish.key} at ${id}: ${JSON.stringify(answer)}`)
    if (answer.is === 'answered') wish.borrowed = true
  }

  #oldWish(): Wish | undefined {
    const { ledger, time } = this.#world
    const old = [...ledger.wishes.values()].filter(
      ({ site, open, answers }) =>
        site === this.#site && open === 0 && answers.some(({ at }) => at + oldMs < time.now),
    )
    return old.length > 0 ? this.#dice.pick(old) : undefined
  }
}

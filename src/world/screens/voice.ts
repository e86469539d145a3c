import type { Asking } from '../../kernel/live/messages.ts'
import type { Dice } from '../random.ts'
import type { Time } from '../time.ts'

/** What a screen says on one line: each message is on its way for a while of its own, and none overtakes another. */
export class Voice {
  readonly #time: Time
  readonly #dice: Dice
  readonly #heard: (message: Uint8Array) => void
  /** When all that was said has come. */
  #arrivedAt = 0

  constructor(time: Time, dice: Dice, heard: (message: Uint8Array) => void) {
    this.#time = time
    this.#dice = dice
    this.#heard = heard
  }

  say(asking: Asking): void {
    const { now } = this.#time
    this.#arrivedAt = Math.max(this.#arrivedAt, now + this.#dice.int(1, 80))
    this.#time.after(this.#arrivedAt - now, () => this.#heard(Buffer.from(JSON.stringify(asking))))
  }
}

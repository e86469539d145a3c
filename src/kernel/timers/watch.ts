import type { Keeper } from '../box/keeper.ts'
import type { SiteParts } from '../box/site-parts.ts'
import { untilFirst } from './rules.ts'

/** So many entries of timers go into one step; whoever else waits for the keeper has its turn between two. */
const ringsAtOnce = 128
/** The clock may be stepped or slewed while a timer waits. */
const lookAgainMs = 30_000
const retryMs = 1_000
/** Between two steps of timers, so that a pack whose timers ring at once for ever does not have the keeper to itself. */
const pauseMs = 50

type Parts = Pick<SiteParts, 'machine' | 'log' | 'now'>

/** While this box keeps the site, it has its keeper say what packs wait for as soon as it is over. */
export class TimerWatch {
  readonly #parts: Parts
  readonly #keeper: Pick<Keeper, 'submit'>
  readonly #isKeeping: () => boolean
  #cancel = () => {}
  #ringing = false
  #resting = false
  #stopped = false

  constructor(parts: Parts, keeper: Pick<Keeper, 'submit'>, isKeeping: () => boolean) {
    this.#parts = parts
    this.#keeper = keeper
    this.#isKeeping = isKeeping
  }

  /** Timers, the clock or the role may have changed. */
  look(): void {
    if (this.#ringing || this.#resting) return
    this.#cancel()
    if (this.#stopped || !this.#isKeeping()) return
    const { log, machine, now } = this.#parts
    const wait = untilFirst(log.wake, now())
    if (wait === undefined) return
    if (wait === 0) return void this.#ring()
    this.#cancel = machine.timers.after(Math.min(wait, lookAgainMs), () => this.look())
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
  }

  async #ring(): Promise<void> {
    this.#ringing = true
    const rang = await this.#keeper.submit({ do: 'ring', most: ringsAtOnce }).then(
      (outcome) => outcome.did === 'rang' && outcome.rang > 0,
      () => false,
    )
    this.#ringing = false
    if (this.#stopped) return
    this.#resting = true
    // What could not be said, or was over a moment too early, is tried again after a while.
    this.#cancel = this.#parts.machine.timers.after(rang ? pauseMs : retryMs, () => {
      this.#resting = false
      this.look()
    })
  }
}

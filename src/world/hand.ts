import type { Interrupted, Job, OrderDrivers, Tried } from '../kernel/orders/driver.ts'
import { orders } from './fair/orders.ts'
import type { Effort } from './order-book.ts'
import type { Process } from './process.ts'
import type { Dice } from './random.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

type Kind = keyof typeof orders
type Mood = 'well' | 'fails' | 'refuses' | 'hangs' | 'slow'

const moods = { well: 85, fails: 7, refuses: 2, hangs: 2, slow: 4 }

/** What a box moves: a lamp, a printer, the till itself. It is no part of the box, and remembers what it did. */
export class Hand {
  readonly #world: World
  readonly #home: WorldBox
  readonly #dice: Dice
  readonly #began: (effort: Effort, home: WorldBox) => void

  constructor(world: World, home: WorldBox, began: (effort: Effort, home: WorldBox) => void) {
    this.#world = world
    this.#home = home
    this.#began = began
    this.#dice = world.dice.fork(`hand ${home.name}`)
  }

  drivers(process: Process): OrderDrivers {
    return {
      'fair.lamp': { run: (job) => this.#run('lamp', job, process) },
      'fair.voucher': { run: (job) => this.#run('voucher', job, process) },
      'fair.restart': {
        run: (job) => this.#run('restart', job, process),
        check: (job) => this.#check(job, process),
      },
    }
  }

  #run(kind: Kind, job: Job, process: Process): Promise<Tried> {
    const { book, time, trace } = this.#world
    const { order, site, attempt } = job
    const begun = { order, site, attempt, kind, box: this.#home.id, process: process.name, at: time.now }
    const effort = book.began(begun)
    trace.note(`begun ${order} ${attempt} by ${process.name}`)
    this.#began(effort, this.#home)
    const { runMs } = orders[kind]
    // The kernel gives a try up 10 s after its limit.
    process.after(runMs + 10_000, () => (effort.over = true))
    process.onEnd((end) => {
      effort.over = true
      effort.end = end
    })
    return this.#work(kind, job, effort, process, this.#dice.weighted(moods))
  }

  #work(kind: Kind, job: Job, effort: Effort, process: Process, mood: Mood): Promise<Tried> {
    const ms =
      mood === 'slow'
        ? Math.round(orders[kind].runMs * (1 + this.#dice.part() / 3))
        : this.#dice.int(20, 8_000)
    effort.hangs = mood === 'hangs'
    return new Promise((resolve) => {
      const say = (tried: Tried) => {
        effort.over = true
        resolve(tried)
      }
      const end = () => {
        if (mood === 'refuses') return say({ is: 'refused', error: 'the hand will not' })
        if (mood === 'fails') return say({ is: 'failed', error: 'the hand slipped' })
        effort.effectAt = this.#world.time.now
        if (kind === 'restart' && this.#dice.chance(0.5)) return this.#home.kill('killed')
        if (mood !== 'hangs') say({ is: 'done', result: { by: effort.process } })
      }
      // What the printer has begun comes out, whether or not the box lives on.
      const cancel = kind === 'voucher' ? this.#world.time.after(ms, end) : process.after(ms, end)
      this.#listen(job, effort, process, () => {
        cancel()
        say({ is: 'failed', error: 'stopped' })
      })
    })
  }

  #listen(job: Job, effort: Effort, process: Process, stop: () => void): void {
    const stops = this.#dice.chance(0.8)
    const inMs = this.#dice.int(0, 5_000)
    job.stop.addEventListener('abort', () => {
      process.after(30_000, () => (effort.over = true))
      if (stops && effort.effectAt === undefined)
        process.after(inMs, () => {
          if (effort.effectAt === undefined && !effort.over) stop()
        })
    })
  }

  /** A till that was told to start anew shows whether it did. */
  async #check({ order }: Interrupted, process: Process): Promise<Tried | undefined> {
    await process.wait(this.#dice.int(10, 2_000))
    if (this.#dice.chance(0.1)) return undefined
    const did = this.#world.book.effortsOf(order).some(({ effectAt }) => effectAt !== undefined)
    return did ? { is: 'done', result: { by: 'check' } } : { is: 'failed', error: 'it did not start anew' }
  }
}

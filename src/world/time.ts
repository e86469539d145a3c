import { Agenda } from './agenda.ts'

/** So many events go by before Node may look at its own event loop. */
const breath = 5000

/**
 * The time of a world, in whole milliseconds since its beginning. It stands still while something
 * happens, and jumps to the next thing when everything that followed from it, promises included, is done.
 */
export class Time {
  readonly #agenda = new Agenda()
  #now = 0
  #events = 0

  get now(): number {
    return this.#now
  }

  get events(): number {
    return this.#events
  }

  /** Returns how to call it off. */
  after(ms: number, run: () => void): () => void {
    const event = this.#agenda.add(this.#now + Math.max(0, Math.round(ms)), run)
    return () => {
      event.run = undefined
    }
  }

  /** Resolves after so long. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve)
    })
  }

  /** Lets the world happen up to a moment, or until nothing is planned any more, or `enough` says so. */
  async run(until: number, enough: () => boolean = () => false): Promise<void> {
    await Promise.resolve()
    await settled()
    for (;;) {
      const next = this.#agenda.next()
      if (next === undefined || next.at > until || enough()) break
      this.#agenda.take()
      if (next.run === undefined) continue
      this.#now = next.at
      this.#events += 1
      next.run()
      await settled()
      if (this.#events % breath === 0) await new Promise(setImmediate)
    }
    if (!enough()) this.#now = Math.max(this.#now, until)
  }
}

/**
 * Resolves when no promise is left that can go on. Node takes its next ticks only when it has run
 * all microtasks, provided that this is asked from a microtask.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}

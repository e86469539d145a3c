import type { Time } from './time.ts'

/** Thrown where a process dies in the middle of something. Nobody but the simulated machine sees it. */
export class Killed extends Error {
  constructor(where: string) {
    super(`killed at ${where}`)
    this.name = 'Killed'
  }
}

/** How a process ended: by itself, by a signal while its machine lived on, or with its machine's power. */
export type End = 'stopped' | 'killed' | 'unplugged'

/** One start of the program on a box, until it ends. What it had planned dies with it. */
export class Process {
  readonly name: string
  readonly #time: Time
  readonly #timers = new Set<() => void>()
  readonly #enders: ((end: End) => void)[] = []
  #end: End | undefined

  constructor(name: string, time: Time) {
    this.name = name
    this.#time = time
  }

  get alive(): boolean {
    return this.#end === undefined
  }

  get timers(): number {
    return this.#timers.size
  }

  after(ms: number, run: () => void): () => void {
    if (!this.alive) return () => {}
    const cancel = this.#time.after(ms, () => {
      this.#timers.delete(forget)
      if (this.alive) run()
    })
    const forget = () => {
      cancel()
      this.#timers.delete(forget)
    }
    this.#timers.add(forget)
    return forget
  }

  /** Resolves after so long, or never, if the process ends before. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve)
    })
  }

  /** Never resolves: what a dead process waits for. */
  never<T>(): Promise<T> {
    return new Promise(() => {})
  }

  onEnd(tell: (end: End) => void): void {
    this.#enders.push(tell)
  }

  end(how: End): void {
    if (!this.alive) return
    this.#end = how
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
    for (const tell of this.#enders) tell(how)
  }
}

import { Health } from './store-health.ts'
import type { Outcome } from './truth-sqlite.ts'
import { StoreError, type Write } from './truth.ts'

export type Call = readonly Write[]

/** Writes the calls of one group. Rejects when the disk failed: then all of them have failed. */
export type Executor = (calls: readonly Call[]) => Promise<readonly Outcome[]>

export type GroupCommitOptions = {
  readonly clock: { readonly mono: () => number }
  readonly timers: { readonly after: (ms: number, run: () => void) => () => void }
  /** Bounds of one group, so that a burst does not become one long transaction. A larger call goes alone. */
  readonly maxCalls?: number | undefined
  readonly maxChars?: number | undefined
}

type Waiting = {
  readonly call: Call
  readonly since: number
  readonly chars: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const slowMs = 1000

/** Collects the calls that come while one group is being written, and writes them as the next. */
export class GroupCommit {
  readonly health = new Health()
  readonly #run: Executor
  readonly #options: GroupCommitOptions
  readonly #maxCalls: number
  readonly #maxChars: number
  readonly #waiting: Waiting[] = []
  #flying: readonly Waiting[] = []
  #pump: Promise<void> | undefined
  #cancelWatch: (() => void) | undefined
  #closed = false

  constructor(run: Executor, options: GroupCommitOptions) {
    this.#run = run
    this.#options = options
    this.#maxCalls = options.maxCalls ?? 4096
    this.#maxChars = options.maxChars ?? 4 * 1024 * 1024
  }

  commit(call: Call): Promise<void> {
    if (this.#closed) return Promise.reject(new StoreError('closed', 'the store is closed'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ call, since: this.#options.clock.mono(), chars: size(call), resolve, reject })
      this.#watch()
      this.#pump ??= this.#drain()
    })
  }

  /** Refuses further calls, and resolves when all earlier ones have ended. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#pump
  }

  async #drain(): Promise<void> {
    // Let the calls of this very moment come in: they share the first fsync.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      this.#flying = this.#take()
      await this.#write(this.#flying)
    }
    this.#pump = undefined
  }

  #take(): readonly Waiting[] {
    let chars = 0
    let count = 0
    for (const { chars: own } of this.#waiting) {
      chars += own
      if (count > 0 && (count >= this.#maxCalls || chars > this.#maxChars)) break
      count += 1
    }
    return this.#waiting.splice(0, count)
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#run(group.map(({ call }) => call))
      this.#landed()
      this.health.succeeded()
      for (const [index, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[index] ?? new Error('the store did not answer')
        if (outcome === 'done') resolve()
        else reject(outcome)
      }
    } catch (error) {
      // Those that wait behind may build on those that failed, so they fail with them: what is kept of
      // a caller's calls is always their beginning.
      const behind = this.#waiting.splice(0)
      this.health.refused(error)
      this.#landed()
      for (const { reject } of [...group, ...behind]) reject(error)
    }
  }

  /** The group under way has ended. */
  #landed(): void {
    this.#flying = []
    this.#watch()
  }

  /** Keeps one timer on the oldest call. */
  #watch(): void {
    const oldest = this.#flying[0] ?? this.#waiting[0]
    const waited = oldest === undefined ? 0 : this.#options.clock.mono() - oldest.since
    if (waited < slowMs) this.health.slow(undefined)
    else this.health.slow(`a commit has waited ${Math.round(waited / 1000)} s for the disk`)
    if (oldest === undefined || waited >= slowMs) {
      this.#cancelWatch?.()
      this.#cancelWatch = undefined
    } else {
      this.#cancelWatch ??= this.#options.timers.after(slowMs - waited, () => {
        this.#cancelWatch = undefined
        this.#watch()
      })
    }
  }
}

function size(call: Call): number {
  let chars = 0
  for (const write of call) {
    if (write.do === 'records') for (const row of write.rows) chars += row.head.length + row.body.length
    else if (write.do === 'entries')
      for (const row of write.rows) chars += row.head.length + row.bodies.length
  }
  return chars
}

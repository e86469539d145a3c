import type { Call, Executor } from '../store/group-commit.ts'
import type { TruthReads } from '../store/truth-reads.ts'
import type { ReadName } from '../store/truth-front.ts'
import { answerRead, TruthFront } from '../store/truth-front.ts'
import { SqliteTruth, type Boundary } from '../store/truth-sqlite.ts'
import { StoreError, type Truth } from '../store/truth.ts'
import type { Clock } from '../kernel/machine.ts'
import type { Card } from './card.ts'
import { Killed, type Process } from './process.ts'
import type { Dice } from './random.ts'
import type { Trace } from './trace.ts'

export const boundaries: readonly Boundary[] = ['begin', 'write', 'commit', 'reply']

/** How a card behaves at the moment. */
export type DiskMood = {
  /** An fsync takes about so long. */
  readonly fsyncMs: number
  /** Nothing is left for new pages. */
  readonly full: boolean
  /** A commit fails with an I/O error with this probability. */
  readonly failing: number
}

export const healthy: DiskMood = { fsyncMs: 4, full: false, failing: 0 }

/** A card in a box: the delays, the refusals, and the moments at which the power goes. */
export class Disk {
  mood: DiskMood = healthy
  #stalledUntil = 0
  #kill: { readonly boundary: Boundary; left: number } | undefined
  readonly #dice: Dice
  readonly #trace: Trace
  readonly #now: () => number

  constructor(parts: { readonly dice: Dice; readonly trace: Trace; readonly now: () => number }) {
    this.#dice = parts.dice
    this.#trace = parts.trace
    this.#now = parts.now
  }

  /** Writes and reads wait for so long, as SD cards do when they tidy up. */
  stall(ms: number): void {
    this.#stalledUntil = this.#now() + ms
  }

  /** The process dies when it comes to this boundary for the n-th time from now. */
  killAt(boundary: Boundary, n: number): void {
    this.#kill = { boundary, left: n }
  }

  disarm(): void {
    this.#kill = undefined
    this.#stalledUntil = 0
  }

  /** Truth on this card, for one process. */
  open(card: Card, process: Process, clock: Clock): Truth {
    const at = (boundary: Boundary) => this.#at(boundary, process)
    const engine = new SqliteTruth(card.truth, { at })
    process.onEnd(() => card.release())
    return new TruthFront(
      {
        write: this.#writer(card, engine, process),
        read: async (name, ...values) => {
          await this.#pass(process, this.#dice.int(0, 3))
          return read(engine.reads, name, values)
        },
        close: async () => {},
      },
      { clock, timers: { after: (ms, run) => process.after(ms, run) } },
    )
  }

  #writer(card: Card, engine: SqliteTruth, process: Process): Executor {
    return async (calls: readonly Call[]) => {
      await this.#pass(process, this.mood.fsyncMs * (0.5 + this.#dice.part()))
      try {
        setRoom(card, this.mood.full)
        const outcomes = engine.commitGroup(calls)
        this.#trace.note(`wrote ${process.name} ${calls.length}`)
        await process.wait(this.#dice.int(0, 1))
        return outcomes
      } catch (error) {
        if (error instanceof Killed) return process.never()
        this.#trace.note(
          `refused ${process.name} ${error instanceof StoreError ? error.reason : String(error)}`,
        )
        throw error
      }
    }
  }

  async #pass(process: Process, ms: number): Promise<void> {
    await process.wait(Math.max(0, this.#stalledUntil - this.#now()) + ms)
  }

  #at(boundary: Boundary, process: Process): void {
    if (this.#kill?.boundary === boundary && (this.#kill.left -= 1) <= 0) {
      this.#kill = undefined
      this.#trace.note(`killed ${process.name} at ${boundary}`)
      process.end('killed')
      throw new Killed(boundary)
    }
    if (boundary === 'commit' && this.#dice.chance(this.mood.failing)) {
      throw new StoreError('io', 'the disk failed to write')
    }
  }
}

/** A full disk is SQLite's own: no page more than there are. */
function setRoom(card: Card, full: boolean): void {
  const pages = full
    ? card.truth.prepare('SELECT page_count FROM pragma_page_count').get()?.['page_count']
    : undefined
  card.truth.exec(`PRAGMA max_page_count = ${Number(pages ?? 4_294_967_294)}`)
}

function read<Name extends ReadName>(reads: TruthReads, name: Name, values: Parameters<TruthReads[Name]>) {
  return answerRead(reads, name, values)
}

import type { Database } from './database.ts'
import { numberIn } from './rows.ts'
import { assertSafety } from './sqlite-safety.ts'
import { checkCall } from './truth-fences.ts'
import { Heads } from './truth-heads.ts'
import { TruthReads } from './truth-reads.ts'
import { putWrite } from './truth-writes.ts'
import type { Write } from './truth.ts'

/** One call's end: written, or refused alone. */
export type Outcome = 'done' | Error

/**
 * Where a commit can be cut: before the transaction begins, after each write, before the commit, and
 * after it. Until `reply`, whatever throws undoes the whole group; from `reply` on, the group is kept.
 */
export type Boundary = 'begin' | 'write' | 'commit' | 'reply'

export type SqliteTruthOptions = {
  /** Told at every boundary; what it throws is thrown there. For the simulator and for tests. */
  readonly at?: ((boundary: Boundary) => void) | undefined
}

/** Truth on one SQLite connection, synchronous. It owns no thread and no queue, and does not close the connection. */
export class SqliteTruth {
  readonly reads: TruthReads
  readonly #db: Database
  readonly #at: (boundary: Boundary) => void
  #heads = new Heads()
  /** SQLite's mark of what other connections have written: while it stands, the heads in memory are true. */
  #version = -1

  constructor(db: Database, options: SqliteTruthOptions = {}) {
    assertSafety(db, true)
    this.#db = db
    this.#at = options.at ?? (() => {})
    this.reads = new TruthReads(db)
  }

  /**
   * Writes all calls in one transaction, in their order; a later one sees what an earlier one wrote. A call that
   * may not be written is refused alone. Throws when the disk fails: then nothing of the group is written.
   */
  commitGroup(calls: readonly (readonly Write[])[]): readonly Outcome[] {
    this.#at('begin')
    this.#db.prepare('BEGIN IMMEDIATE').run()
    let group: Heads
    let outcomes: readonly Outcome[]
    try {
      group = new Heads(this.#current())
      outcomes = calls.map((call) => this.#put(call, group))
      group.save(this.#db)
      this.#at('commit')
      this.#db.prepare('COMMIT').run()
    } catch (error) {
      this.#undo()
      throw error
    }
    group.pour()
    this.#at('reply')
    return outcomes
  }

  #put(call: readonly Write[], group: Heads): Outcome {
    try {
      checkCall(call, new Heads(group))
    } catch (error) {
      if (error instanceof Error) return error
      throw error
    }
    for (const write of call) {
      putWrite(this.#db, write, group)
      this.#at('write')
    }
    return 'done'
  }

  /** Another process may have written since; a fence must not be held against an old head. */
  #current(): Heads {
    const version = numberIn(this.#db.prepare('PRAGMA data_version').get() ?? {}, 'data_version')
    if (version !== this.#version) {
      this.#heads = Heads.load(this.#db)
      this.#version = version
    }
    return this.#heads
  }

  #undo(): void {
    try {
      this.#db.exec('ROLLBACK')
    } catch {
      // After some disk errors SQLite has rolled back by itself, and says that there is nothing left to undo.
    }
  }
}

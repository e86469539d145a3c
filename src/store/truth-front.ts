import { GroupCommit, type Executor, type GroupCommitOptions } from './group-commit.ts'
import type { TruthReads } from './truth-reads.ts'
import { StoreError, type StoreHealth, type StreamName, type Truth, type Write } from './truth.ts'

export type ReadName = 'entries' | 'records' | 'salvage' | 'sites' | 'streams' | 'notes' | 'waits'

/** The way to the committed state: another thread's connection, or the simulator's delays. */
export type ReadGate = <Name extends ReadName>(
  name: Name,
  ...values: Parameters<TruthReads[Name]>
) => Promise<ReturnType<TruthReads[Name]>>

export type TruthParts = {
  readonly write: Executor
  readonly read: ReadGate
  /** Called once, when the last call has ended. */
  readonly close: () => Promise<void>
}

/** The truth port over an engine that writes groups and reads through a gate. */
export class TruthFront implements Truth {
  readonly #group: GroupCommit
  readonly #parts: TruthParts
  readonly #reading = new Set<Promise<unknown>>()
  #closing: Promise<void> | undefined

  constructor(parts: TruthParts, options: GroupCommitOptions) {
    this.#parts = parts
    this.#group = new GroupCommit(parts.write, options)
  }

  commit(writes: readonly Write[]): Promise<void> {
    return this.#group.commit(writes)
  }

  entries(site: string, after: number, maxBytes: number) {
    return this.#read('entries', site, after, maxBytes)
  }

  records(stream: StreamName, after: number, maxBytes: number) {
    return this.#read('records', stream, after, maxBytes)
  }

  salvage(site: string, maxBytes: number) {
    return this.#read('salvage', site, maxBytes)
  }

  sites() {
    return this.#read('sites')
  }

  streams(site: string) {
    return this.#read('streams', site)
  }

  notes() {
    return this.#read('notes')
  }

  waits(site: string) {
    return this.#read('waits', site)
  }

  health(): StoreHealth {
    return this.#group.health.now()
  }

  onHealth(tell: (health: StoreHealth) => void): () => void {
    return this.#group.health.on(tell)
  }

  /** The engine beneath broke outside a commit. */
  broke(error: unknown): void {
    if (this.#closing === undefined) this.#group.health.refused(error)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #read<Name extends ReadName>(
    name: Name,
    ...values: Parameters<TruthReads[Name]>
  ): Promise<ReturnType<TruthReads[Name]>> {
    if (this.#closing !== undefined) throw new StoreError('closed', 'the store is closed')
    const answer = this.#parts.read(name, ...values)
    this.#reading.add(answer)
    try {
      return await answer
    } finally {
      this.#reading.delete(answer)
    }
  }

  async #close(): Promise<void> {
    await this.#group.close()
    await Promise.allSettled(this.#reading)
    await this.#parts.close()
  }
}

/** Reads by name, for the side of the gate that holds the connection. */
export function answerRead<Name extends ReadName>(
  reads: TruthReads,
  name: Name,
  values: Parameters<TruthReads[Name]>,
): ReturnType<TruthReads[Name]> {
  return Reflect.apply(reads[name], reads, values) as ReturnType<TruthReads[Name]>
}

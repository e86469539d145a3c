import type { Rings, RingSize, Sample, SamplePage, SampleQuery } from './ring.ts'
import { SamplesFile } from './samples-file.ts'
import { isDamaged, setAside } from './set-aside.ts'
import { openSqlite } from './sqlite.ts'
import { StoreError } from './truth.ts'

/** Small, since every box has it beside truth and views. */
const tuning = 'PRAGMA cache_size = -1000; PRAGMA wal_autocheckpoint = 1000'

/**
 * A file of samples that begins anew when it is damaged (SAMPLE-3). What the disk does not take is dropped; the file
 * is opened when it is first needed, and again after it was closed for its faults.
 */
export class SamplesKeeper {
  readonly #path: string
  readonly #rings: Rings
  readonly #say: (text: string) => void
  #file: SamplesFile | undefined
  #told = ''

  constructor(path: string, rings: Rings, say: (text: string) => void) {
    this.#path = path
    this.#rings = rings
    this.#say = say
  }

  /** Tells how many were dropped. */
  append(ring: string, rows: readonly Sample[], now: number | null): number {
    try {
      const dropped = this.#withFile((file) => file.append(ring, rows, now))
      this.#told = ''
      return dropped
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      // Once for each kind of trouble: this is called all the time.
      if (this.#told !== error.reason) this.#say(`samples are dropped: ${error.message}`)
      this.#told = error.reason
      return rows.length
    }
  }

  read(ring: string, query: SampleQuery): SamplePage {
    return this.#withFile((file) => file.read(ring, query))
  }

  sizes(): Readonly<Record<string, RingSize>> {
    return this.#withFile((file) => file.sizes())
  }

  close(): void {
    this.#file?.close()
    this.#file = undefined
  }

  /** Does the work; once more on a new file, where the old one is damaged. */
  #withFile<T>(work: (file: SamplesFile) => T): T {
    try {
      return work(this.#opened())
    } catch (error) {
      if (!isOfTheFile(error)) throw error
      this.#setAside(error)
      return work(this.#opened())
    }
  }

  #opened(): SamplesFile {
    if (this.#file) return this.#file
    const db = openSqlite(this.#path, { durable: false })
    try {
      db.exec(tuning)
      this.#file = new SamplesFile(db, this.#path, this.#rings)
      return this.#file
    } catch (error) {
      db.close()
      throw error
    }
  }

  #setAside(cause: Error): void {
    try {
      this.close()
    } catch {
      // It could not even be closed.
    }
    this.#say(`the samples begin anew, the old ones are in ${setAside(this.#path)}: ${cause.message}`)
  }
}

/** Damaged, not ours, or of a newer Regie: samples may be lost. */
const isOfTheFile = (error: unknown): error is StoreError =>
  isDamaged(error) || (error instanceof StoreError && error.reason === 'newer')

import type { LogRow } from '../../store/truth.ts'

const maxBytes = 512 * 1024

/** The newest entries of a log, so that what is live need not be read back from the disk. */
export class Tail {
  #rows: LogRow[] = []
  #bytes = 0

  add(rows: readonly LogRow[]): void {
    for (const row of rows) {
      this.#rows.push(row)
      this.#bytes += rowBytes(row)
    }
    let drop = 0
    while (this.#bytes > maxBytes && drop < this.#rows.length)
      this.#bytes -= rowBytes(this.#rows[drop++] as LogRow)
    if (drop > 0) this.#rows = this.#rows.slice(drop)
  }

  /** Entries after n, as far as they are here without a gap and fit; undefined where n is too old. */
  after(n: number, bytes: number): readonly LogRow[] | undefined {
    const first = this.#rows[0]?.n
    if (first === undefined || n + 1 < first) return undefined
    const found: LogRow[] = []
    let size = 0
    for (let index = n + 1 - first; index < this.#rows.length && size < bytes; index++) {
      const row = this.#rows[index] as LogRow
      size += rowBytes(row)
      found.push(row)
    }
    return found
  }

  clear(): void {
    this.#rows = []
    this.#bytes = 0
  }
}

const rowBytes = ({ head, bodies }: LogRow): number => head.length + bodies.length

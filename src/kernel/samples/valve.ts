import type { RingSize, Sample, SamplePage, SampleQuery, Samples } from '../../store/ring.ts'

/** Samples that can be turned off, while the disk needs its last room for truth (BLOB-11). */
export class Valve implements Samples {
  readonly #samples: Samples
  #isOpen = true
  #dropped = 0

  constructor(samples: Samples) {
    this.#samples = samples
  }

  set(isOpen: boolean): void {
    this.#isOpen = isOpen
  }

  append(ring: string, rows: readonly Sample[], now: number | null): void {
    if (this.#isOpen) this.#samples.append(ring, rows, now)
    else this.#dropped += rows.length
  }

  read(ring: string, query: SampleQuery): Promise<SamplePage> {
    return this.#samples.read(ring, query)
  }

  sizes(): Promise<Readonly<Record<string, RingSize>>> {
    return this.#samples.sizes()
  }

  dropped(): number {
    return this.#dropped + this.#samples.dropped()
  }

  close(): Promise<void> {
    return this.#samples.close()
  }
}

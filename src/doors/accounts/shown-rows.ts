import type { Live } from '../../kernel/live/live.ts'
import type { Telling } from '../../kernel/live/messages.ts'

export type ShownRow = Readonly<Record<string, unknown>>

/** What one query answers for one site, kept up to date inside this process, as a screen does it outside. */
export class ShownRows {
  #rows = new Map<string, ShownRow>()
  #isKnown = false
  readonly #key: readonly string[]
  readonly #changed: () => void
  readonly #stop: () => void

  constructor(live: Live, site: string, query: string, changed: () => void) {
    this.#changed = changed
    // Somebody else may read the same: then the answer comes before the key is told.
    let early: Uint8Array[] | undefined = []
    const reading = live.read(
      { query, sites: site, input: {} },
      { waiting: () => 0, send: (message) => (early ? void early.push(message) : this.#hear(message)) },
    )
    if (reading.is === 'refused') throw new Error(`${query} of ${site}: ${reading.code}`)
    this.#key = reading.key
    this.#stop = reading.stop
    const first = early
    early = undefined
    for (const message of first) this.#hear(message)
  }

  /** An answer has come. */
  get isKnown(): boolean {
    return this.#isKnown
  }

  get all(): Iterable<ShownRow> {
    return this.#rows.values()
  }

  stop(): void {
    this.#stop()
  }

  #hear(message: Uint8Array): void {
    const telling = JSON.parse(Buffer.from(message).toString()) as Telling
    if (telling.t !== 'rows' && telling.t !== 'change') return
    if (telling.t === 'rows') this.#rows = new Map()
    else for (const key of telling.gone) this.#rows.delete(JSON.stringify(key))
    for (const row of telling.t === 'rows' ? telling.rows : telling.put)
      this.#rows.set(JSON.stringify(this.#key.map((field) => row[field])), row)
    this.#isKnown = true
    this.#changed()
  }
}

import type { RecordRow, StreamRow } from '../../store/truth.ts'
import { Retention } from './retention.ts'
import type { SiteParts } from './site-parts.ts'

/** One stream in the journal here: none held where `last` is below `first`. */
export type HeldStream = { readonly box: string; readonly first: number; readonly last: number }

/**
 * What the journal of this box holds of a site: its own streams, and those that pass through. What
 * it once held and holds no more is in the log, or in the salvage of a log that was given up.
 */
export class Held {
  readonly #parts: SiteParts
  readonly #retention: Retention
  readonly #streams = new Map<string, HeldStream>()

  constructor(parts: SiteParts) {
    this.#parts = parts
    const { truth, site, machine, limits } = parts
    this.#retention = new Retention({
      truth,
      site,
      limits,
      boot: machine.boot,
      mono: () => machine.clock.mono(),
    })
  }

  load(streams: readonly StreamRow[]): void {
    for (const { box, stream, first, last } of streams) this.#streams.set(stream, { box, first, last })
  }

  async open(): Promise<void> {
    await this.#retention.load()
  }

  [Symbol.iterator](): Iterator<[string, HeldStream]> {
    return this.#streams[Symbol.iterator]()
  }

  get(stream: string): HeldStream | undefined {
    return this.#streams.get(stream)
  }

  add(box: string, stream: string, rows: readonly RecordRow[]): void {
    const [from, last] = [rows[0]?.seq ?? 1, rows.at(-1)?.seq ?? 0]
    const held = this.#streams.get(stream)
    const joins = held && held.last + 1 === from && held.last >= held.first
    this.#streams.set(stream, { box, first: joins ? held.first : from, last })
  }

  /**
   * How far a stream is on disk here. What was trimmed and is not in the log any more comes to the
   * keeper by a hand-in: nobody needs to send it again (LINK-6, TERM-6).
   */
  async durable(stream: string): Promise<number> {
    return Math.max(await this.#parts.log.position(stream), this.#streams.get(stream)?.last ?? 0)
  }

  /**
   * Drops what need not be kept here: other boxes' records once the log here has them, this box's
   * own a week after the top has them, and never on an unknown clock (LOG-14).
   */
  async trim(knowsTime: boolean, topOf: (stream: string, logged: number) => number): Promise<void> {
    const { box: self, log } = this.#parts
    const tops = new Map<string, number>()
    for (const [stream, { box, first, last }] of this.#streams) {
      if (last < first) continue
      const logged = Math.min(last, await log.position(stream))
      if (box === self) tops.set(stream, topOf(stream, logged))
      else await this.#drop(stream, logged)
    }
    if (!knowsTime || tops.size === 0) return
    for (const [stream, upTo] of await this.#retention.seen(tops)) await this.#drop(stream, upTo)
  }

  async #drop(stream: string, upTo: number): Promise<void> {
    const held = this.#streams.get(stream)
    if (!held || upTo < held.first) return
    const { site, truth } = this.#parts
    await truth.commit([{ do: 'trim', site, box: held.box, stream, upTo }])
    this.#streams.set(stream, {
      ...held,
      first: upTo + 1,
      last: this.#streams.get(stream)?.last ?? held.last,
    })
  }
}

import type { Truth } from '../../store/truth.ts'
import type { Limits } from './limits.ts'

/** At this moment (epoch), the top had the stream up to `seq`. */
type Mark = { readonly at: number; readonly seq: number }

/**
 * When the top box came to have what, for the streams of this box. It survives a restart as a note;
 * on an unknown clock nothing is marked and nothing is dropped.
 */
export class Retention {
  readonly #truth: Truth
  readonly #name: string
  readonly #limits: Limits
  #marks: Readonly<Record<string, readonly Mark[]>> = {}

  constructor(truth: Truth, site: string, limits: Limits) {
    this.#limits = limits
    this.#truth = truth
    this.#name = `retention ${site}`
  }

  async load(): Promise<void> {
    const text = (await this.#truth.notes()).get(this.#name)
    if (text !== undefined) this.#marks = JSON.parse(text) as Record<string, Mark[]>
  }

  /** The top has these positions now: tells up to where each stream may go. */
  async seen(tops: ReadonlyMap<string, number>, now: number): Promise<ReadonlyMap<string, number>> {
    const next: Record<string, readonly Mark[]> = {}
    const droppable = new Map<string, number>()
    let changed = false
    for (const [stream, seq] of tops) {
      const known = this.#marks[stream] ?? []
      // A top whose log was cut has it no more: what was said of it counts anew from when it has it again.
      const marks = known.filter((mark) => mark.seq <= seq)
      const old = marks.filter(({ at }) => at + this.#limits.keptAfterTopMs <= now)
      const last = marks.at(-1)
      const due = seq > (last?.seq ?? 0) && now - (last?.at ?? 0) >= this.#limits.markEveryMs
      const upTo = old.at(-1)?.seq
      if (upTo !== undefined) droppable.set(stream, upTo)
      next[stream] = [...marks.slice(old.length), ...(due ? [{ at: now, seq }] : [])]
      changed ||= due || old.length > 0 || marks.length < known.length
    }
    this.#marks = next
    if (changed) await this.#truth.commit([{ do: 'note', name: this.#name, value: JSON.stringify(next) }])
    return droppable
  }
}

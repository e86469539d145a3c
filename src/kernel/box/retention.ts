import { z } from 'zod'
import type { Truth } from '../../store/truth.ts'
import type { Limits } from './limits.ts'

/** So often, between two marks, what has been counted is written down: more is lost with a power cut. */
const savesBetweenMarks = 6

/** When it was on the clock of this boot, which no correction moves: the top had the stream up to `seq`. */
type Mark = { readonly since: number; readonly seq: number }

/** As it stands on disk. Of another boot, what had gone by when it was written counts. */
const note = z.object({
  boot: z.string(),
  mono: z.number(),
  marks: z.record(z.string(), z.array(z.object({ since: z.number(), seq: z.number() }))),
})

type Parts = {
  readonly truth: Truth
  readonly site: string
  readonly boot: string
  readonly mono: () => number
  readonly limits: Limits
}

/**
 * Since when the top box has what, for the streams of this box, in time that this box has run: a clock that
 * jumped ahead, or was behind when the mark was made, lets nothing go early (LOG-14). It survives a restart as a note.
 */
export class Retention {
  readonly #parts: Parts
  readonly #name: string
  #marks: Readonly<Record<string, readonly Mark[]>> = {}
  #savedAt = -Infinity

  constructor(parts: Parts) {
    this.#parts = parts
    this.#name = `retention ${parts.site}`
  }

  async load(): Promise<void> {
    const { truth, boot, mono } = this.#parts
    const text = (await truth.notes()).get(this.#name)
    // What cannot be read counts anew: later, and never early.
    const read = text === undefined ? undefined : note.safeParse(JSON.parse(text)).data
    if (!read) return
    const shift = read.boot === boot ? 0 : mono() - read.mono
    const moved = (marks: readonly Mark[]) => marks.map(({ since, seq }) => ({ since: since + shift, seq }))
    this.#marks = Object.fromEntries(
      Object.entries(read.marks).map(([stream, marks]) => [stream, moved(marks)]),
    )
  }

  /** The top has these positions now: tells up to where each stream may go. */
  async seen(tops: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>> {
    const { limits } = this.#parts
    const now = this.#parts.mono()
    const next: Record<string, readonly Mark[]> = {}
    const droppable = new Map<string, number>()
    let changed = false
    for (const [stream, seq] of tops) {
      const known = this.#marks[stream] ?? []
      // A top whose log was cut has it no more: what was said of it counts anew from when it has it again.
      const marks = known.filter((mark) => mark.seq <= seq)
      const old = marks.filter(({ since }) => since + limits.keptAfterTopMs <= now)
      const last = marks.at(-1)
      const due = seq > (last?.seq ?? 0) && now - (last?.since ?? -Infinity) >= limits.markEveryMs
      const upTo = old.at(-1)?.seq
      if (upTo !== undefined) droppable.set(stream, upTo)
      next[stream] = [...marks.slice(old.length), ...(due ? [{ since: now, seq }] : [])]
      changed ||= due || old.length > 0 || marks.length < known.length
    }
    this.#marks = next
    const waits = Object.values(next).some((marks) => marks.length > 0)
    const late = now - this.#savedAt >= limits.markEveryMs / savesBetweenMarks
    if (changed || (waits && late)) await this.#save(now)
    return droppable
  }

  async #save(mono: number): Promise<void> {
    const { truth, boot } = this.#parts
    this.#savedAt = mono
    const value = JSON.stringify({ boot, mono, marks: this.#marks })
    await truth.commit([{ do: 'note', name: this.#name, value }])
  }
}

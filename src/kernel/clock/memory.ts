import { z } from 'zod'
import type { Truth } from '../../store/truth.ts'
import { clockFacts } from './facts.ts'

const source = z.enum(['hardware', 'person', 'network', 'site'])

/** What a box keeps of a site's clock, so that neither a new process nor a new boot begins from nothing. */
const savedClock = z.object({
  boot: z.string(),
  belief: z.object({
    mono: z.int(),
    offset: z.number(),
    within: z.number(),
    by: source,
    era: z.string().optional(),
  }),
  shown: z.object({ mono: z.int(), offset: z.number() }),
  settled: z.boolean(),
  highest: source,
  /** The machine's own clock when this was saved: how far the site's time was ahead of it, and whether it vouched. */
  wall: z.object({ at: z.int(), ahead: z.number(), vouched: z.boolean() }),
  /** Facts about this clock that are not in the journal yet. */
  owed: z.array(clockFacts['clock.measured'].body).max(8),
})
export type SavedClock = Readonly<z.infer<typeof savedClock>>

/** The note of one site's clock in the store. */
export class ClockMemory {
  readonly #truth: Truth
  readonly #name: string

  constructor(truth: Truth, site: string) {
    this.#truth = truth
    this.#name = `clock ${site}`
  }

  /** What was saved; nothing where there is none, or none that can be read. */
  load(notes: ReadonlyMap<string, string>): SavedClock | undefined {
    const text = notes.get(this.#name)
    if (text === undefined) return undefined
    try {
      return savedClock.parse(JSON.parse(text))
    } catch {
      return undefined
    }
  }

  async save(clock: SavedClock): Promise<void> {
    await this.#truth.commit([{ do: 'note', name: this.#name, value: JSON.stringify(clock) }])
  }
}

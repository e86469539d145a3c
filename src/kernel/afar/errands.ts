import { inBackground } from '../box/background.ts'
import type { Answer } from '../box/contract.ts'
import type { Keeper } from '../box/keeper.ts'
import type { SiteParts } from '../box/site-parts.ts'
import type { Ask, Saying } from '../site/sequencer.ts'

const atOnce = 8
const restMs = 5_000
const mostAnswerBytes = 16 * 1024

type Parts = Pick<SiteParts, 'site' | 'machine' | 'writer' | 'log' | 'askAt'>
type Ordering = Pick<Keeper, 'submit'>

type Errand = {
  readonly n: number
  readonly i: number
  readonly term: string
  readonly site: string
  readonly action: string
  readonly who: string
  readonly input: unknown
  readonly state: string
}

/** The same whoever keeps the site, another in each branch of its log: so it has one effect there (AFAR-9). */
export const errandKey = (site: string, { term, n, i }: Pick<Errand, 'term' | 'n' | 'i'>): string =>
  `errand ${site} ${term} ${n} ${i}`

/**
 * What this site asks of others. The log itself is what waits: whoever keeps the site asks, under a
 * key that is derived from the place in the log, and says the answer as a fact.
 */
export class Errands {
  readonly #parts: Parts
  readonly #keeper: Ordering
  readonly #isKeeping: () => boolean
  readonly #busy = new Set<string>()
  #waiting: readonly Errand[] = []
  #stale = true
  #resting = false

  constructor(parts: Parts, keeper: Ordering, isKeeping: () => boolean) {
    this.#parts = parts
    this.#keeper = keeper
    this.#isKeeping = isKeeping
  }

  /** The log has changed in a way that may concern errands. */
  changed(): void {
    this.#stale = true
  }

  async turn(): Promise<void> {
    if (!this.#isKeeping()) {
      this.#stale = true
      return
    }
    const { log, writer, site } = this.#parts
    if (this.#stale) {
      this.#stale = false
      // Never in the middle of a step: what is not durable yet is no errand.
      const rows = await log.exclusive(() => writer.query(site, 'kernel', 'errands'))
      this.#waiting = (rows as readonly Errand[]).filter(({ state }) => state === 'waiting')
    }
    this.#run()
  }

  #run(): void {
    if (this.#resting) return
    for (const errand of this.#waiting) {
      if (this.#busy.size >= atOnce) return
      const key = errandKey(this.#parts.site, errand)
      if (!this.#busy.has(key)) inBackground(this.#parts.machine, key, this.#try(errand, key))
    }
  }

  async #try(errand: Errand, key: string): Promise<void> {
    this.#busy.add(key)
    try {
      const { site, action, who, input } = errand
      // Another keeper may have asked before, and its copy may still be on its way.
      const ask: Ask = { action, key, who, input, sure: 'decide' }
      const said = saying(errand, await this.#parts.askAt(site, ask))
      if (!said) this.#rest()
      else if (this.#isKeeping()) {
        await this.#keeper.submit({ do: 'say', facts: [said] })
        this.#waiting = this.#waiting.filter((each) => each !== errand)
      }
    } catch (error) {
      this.#rest()
      throw error
    } finally {
      this.#busy.delete(key)
    }
    if (this.#isKeeping()) this.#run()
  }

  #rest(): void {
    if (this.#resting) return
    this.#resting = true
    this.#parts.machine.timers.after(restMs, () => {
      this.#resting = false
      if (this.#isKeeping()) this.#run()
    })
  }
}

/** The fact that ends an errand; nothing while its keeper has not said its last word. */
function saying({ n, i }: Errand, answer: Answer): Saying | undefined {
  if (answer.is === 'answered') {
    const fits = JSON.stringify(answer.answer ?? null).length <= mostAnswerBytes
    const body = { n, i, how: 'answered', answer: fits ? answer.answer : null, code: '', detail: {} }
    return { kind: 'errand.ended', body }
  }
  if (answer.is !== 'refused' || answer.code === 'keeper-away' || answer.code === 'disk-full')
    return undefined
  const fits = JSON.stringify(answer.detail).length <= mostAnswerBytes
  const detail = fits ? answer.detail : {}
  return { kind: 'errand.ended', body: { n, i, how: 'refused', answer: null, code: answer.code, detail } }
}

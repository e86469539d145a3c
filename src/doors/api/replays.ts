import { sha256 } from '../../kernel/digest.ts'
import type { Clock } from '../../kernel/machine.ts'

/** So long an answer is told again to who asks with the same key: what it says once may have been lost on its way. */
const keptMs = 10 * 60_000
const mostKept = 1000

type Kept = { readonly digest: string; readonly at: number; readonly answer: Promise<unknown> }

/**
 * Answers to what a door itself does in several steps, by the key that it was asked with. In memory: they may hold
 * what is shown once. After a restart the keys of the single steps see to it that nothing is done twice.
 */
export class Replays {
  readonly #mono: Clock['mono']
  readonly #kept = new Map<string, Kept>()

  constructor(mono: Clock['mono']) {
    this.#mono = mono
  }

  get size(): number {
    return this.#kept.size
  }

  /** Undefined where the key was used for something else. What failed is tried again. */
  once(key: string, asked: string, run: () => Promise<unknown>): Promise<unknown> | undefined {
    this.#forget()
    const digest = sha256(asked)
    const before = this.#kept.get(key)
    if (before) return before.digest === digest ? before.answer : undefined
    const answer = run()
    const kept = { digest, at: this.#mono(), answer }
    this.#kept.set(key, kept)
    answer.catch(() => this.#kept.get(key) === kept && this.#kept.delete(key))
    return answer
  }

  #forget(): void {
    const now = this.#mono()
    for (const [key, { at }] of this.#kept) {
      if (now - at < keptMs && this.#kept.size < mostKept) return
      this.#kept.delete(key)
    }
  }
}

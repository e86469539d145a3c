import type { Recording } from '../box/journal.ts'
import type { Machine } from '../machine.ts'
import type { Truth } from '../../store/truth.ts'
import type { Answering, Applied } from './applied.ts'
import { todoFor, unanswered, untouched } from './applied.ts'
import type { Desired } from './desired.ts'
import type { Document } from './document.ts'
import { differences, documentHash, emptyDocument, isDocument, pathText, valueIn } from './document.ts'
import type { SettingHandler } from './handler.ts'

/** A handler that has not answered, or is not well, for so long is not well. */
const healthMs = 20_000
const healthEveryMs = 1_000
/** Going back is tried for so long; after that the look for drift goes on with it. */
const backMs = 60_000
const retryMs = 5_000
export const driftEveryMs = 60_000
const mostFields = 15
const mostText = 200

type Parts = {
  readonly site: string
  readonly machine: Machine
  readonly truth: Truth
  readonly notes: ReadonlyMap<string, string>
  readonly handlers: ReadonlyMap<string, SettingHandler>
  readonly record: (facts: readonly Recording[]) => Promise<unknown>
  /** What this box should have now; undefined while the views cannot say. */
  readonly desired: () => Promise<Desired | undefined>
}

/**
 * Puts the settings of one site into effect on this box, one version after the other, and says of
 * each how it ended. Whatever kills it in between, it knows what it had begun.
 */
export class Applying {
  readonly #parts: Parts
  readonly #name: string
  readonly #timers = new Set<() => void>()
  #applied: Applied
  #wanted = true
  #busy = false
  #lookDue = false
  #drift = ''
  #stopped = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#name = `settings ${parts.site}`
    const note = parts.notes.get(this.#name)
    this.#applied = note === undefined ? untouched : (JSON.parse(note) as Applied)
    this.#lookLater()
  }

  /** What should be may have changed. */
  poke(): void {
    this.#wanted = true
    void this.#run()
  }

  stop(): void {
    this.#stopped = true
    for (const cancel of this.#timers) cancel()
  }

  async #run(): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    try {
      while ((this.#wanted || this.#lookDue) && !this.#stopped) {
        if (this.#wanted) {
          this.#wanted = false
          await this.#turn()
        } else {
          this.#lookDue = false
          await this.#look()
        }
      }
    } catch (error) {
      // A disk that refuses, mostly: what is not answered is answered later.
      this.#parts.machine.log('warn', `${this.#name}: ${String(error)}`)
      this.#wanted = true
      this.#after(retryMs, () => void this.#run())
    } finally {
      this.#busy = false
    }
  }

  async #turn(): Promise<void> {
    const desired = await this.#parts.desired()
    if (!desired || this.#stopped) return
    const todo = todoFor(desired, this.#applied)
    switch (todo.is) {
      case 'nothing':
        return
      case 'answer':
        return this.#answer(desired, 'applied', '', this.#applied)
      case 'try':
        return this.#try(desired)
      case 'give up':
        return this.#refuse(desired, 'this box ended twice while it applied it')
    }
  }

  async #try(desired: Desired): Promise<void> {
    const { trying } = this.#applied
    const times = trying?.hash === desired.hash ? trying.times + 1 : 1
    const unfit = trying ? undefined : await this.#unfit(desired.document)
    if (unfit !== undefined) {
      const refused = { hash: desired.hash, reason: unfit }
      return this.#answer(desired, 'refused', unfit, { ...this.#applied, refused })
    }
    await this.#keep({ ...this.#applied, trying: { hash: desired.hash, times } })
    const why = (trying && (await this.#unfit(desired.document))) ?? (await this.#put(desired.document))
    if (this.#stopped) return
    if (why !== undefined) return this.#refuse(desired, why)
    this.#drift = ''
    const good = { hash: desired.hash, document: desired.document }
    await this.#answer(desired, 'applied', '', { ...this.#applied, good, trying: null, refused: null })
  }

  /** Back to what was well, then a word about it. */
  async #refuse(desired: Desired, reason: string): Promise<void> {
    const wait = { isOver: false }
    const cancel = this.#after(backMs, () => (wait.isOver = true))
    while (!this.#stopped && (await this.#back()) !== undefined && !wait.isOver) await this.#pause(retryMs)
    cancel()
    if (this.#stopped) return
    const refused = { hash: desired.hash, reason }
    await this.#answer(desired, 'refused', reason, { ...this.#applied, trying: null, refused })
  }

  async #back(): Promise<string | undefined> {
    return this.#each((section, handler) => handler.apply(sectionOf(this.#applied.good.document, section)))
  }

  async #unfit(document: Document): Promise<string | undefined> {
    return this.#each((section, handler) => handler.check(sectionOf(document, section)))
  }

  /** Why it cannot be had; undefined once it is there and well. */
  async #put(document: Document): Promise<string | undefined> {
    const failed = await this.#each((section, handler) => handler.apply(sectionOf(document, section)))
    if (failed !== undefined) return failed
    let left = healthMs
    for (;;) {
      const ill = await this.#each((_, handler) => handler.health())
      if (ill === undefined || left <= 0 || this.#stopped) return ill
      await this.#pause(healthEveryMs)
      left -= healthEveryMs
    }
  }

  /** Asks all handlers, one after the other, and ends with the first that says no. */
  async #each(
    ask: (section: string, handler: SettingHandler) => Promise<string | null | void>,
  ): Promise<string | undefined> {
    for (const [section, handler] of this.#parts.handlers) {
      const no = await this.#inTime(() => ask(section, handler))
      if (typeof no === 'string') return `${section}: ${no}`.slice(0, 1000)
    }
    return undefined
  }

  /** A handler that throws or hangs has said no. */
  #inTime(ask: () => Promise<string | null | void>): Promise<string | null | void> {
    return new Promise((resolve) => {
      const cancel = this.#after(healthMs, () => resolve('it does not answer'))
      const end = (no: string | null | void) => {
        cancel()
        resolve(no)
      }
      ask().then(end, (error: unknown) => end(error instanceof Error ? error.message : String(error)))
    })
  }

  /** First the facts, then the note: what is said twice after a kill counts once, what was never said would be lost. */
  async #answer(
    desired: Desired,
    outcome: 'applied' | 'refused',
    reason: string,
    next: Applied,
  ): Promise<void> {
    const open = unanswered(desired, this.#applied)
    if (open.length > 0) await this.#parts.record(open.map((each) => answerFact(each, outcome, reason)))
    await this.#keep({ ...next, answered: desired.versions })
  }

  async #keep(applied: Applied): Promise<void> {
    await this.#parts.truth.commit([{ do: 'note', name: this.#name, value: JSON.stringify(applied) }])
    this.#applied = applied
  }

  /** Compares what should be with what is, lists the difference, and repairs it. */
  async #look(): Promise<void> {
    const { good, trying, answered } = this.#applied
    // A device that nobody has ever set is as it is.
    if (trying || Object.keys(answered).length === 0) return
    const fields: { readonly path: string; readonly want: string; readonly have: string }[] = []
    const ill: [string, SettingHandler][] = []
    for (const [section, handler] of this.#parts.handlers) {
      const want = sectionOf(good.document, section)
      let have: Document | undefined
      await this.#inTime(async () => {
        have = await handler.read()
      })
      const found = have ? differences(want, have) : []
      if (found.length > 0) ill.push([section, handler])
      for (const { path, before, after } of found)
        fields.push({
          path: pathText([section, ...path]).slice(0, mostText),
          want: text(before),
          have: text(after),
        })
    }
    const drift = fields.length === 0 ? '' : documentHash({ fields })
    if (drift !== '' && drift !== this.#drift) {
      const body = {
        hash: good.hash,
        fields: fields.slice(0, mostFields),
        more: Math.max(0, fields.length - mostFields),
      }
      await this.#parts.record([{ kind: 'setting.drifted', body }])
    }
    this.#drift = drift
    for (const [section, handler] of ill)
      await this.#inTime(() => handler.apply(sectionOf(good.document, section)))
  }

  #lookLater(): void {
    this.#after(driftEveryMs, () => {
      this.#lookDue = true
      void this.#run()
      this.#lookLater()
    })
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#after(ms, resolve))
  }

  #after(ms: number, run: () => void): () => void {
    const cancel = this.#parts.machine.timers.after(ms, () => {
      this.#timers.delete(forget)
      run()
    })
    const forget = () => {
      cancel()
      this.#timers.delete(forget)
    }
    this.#timers.add(forget)
    return forget
  }
}

function answerFact(answering: Answering, outcome: 'applied' | 'refused', reason: string): Recording {
  return { kind: 'setting.answered', body: { ...answering, outcome, reason } }
}

function sectionOf(document: Document, section: string): Document {
  const part = valueIn(document, section)
  return isDocument(part) ? part : emptyDocument
}

const text = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value).slice(0, mostText))

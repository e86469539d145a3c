import type { Machine } from '../machine.ts'
import { hashAcross, merged } from './across.ts'
import type { At, Has } from './messages.ts'
import { failedBytes } from './messages.ts'
import type { Answer, SiteAnswer } from './site-answer.ts'
import { Versions } from './versions.ts'

/** Where messages to one reader go. */
export type Reader = {
  readonly send: (message: Uint8Array) => void
  /** Bytes that were sent and have not been dealt with. */
  readonly waiting: () => number
}

/** With so much on its way to it, a reader is told nothing more; later it is told the newest. */
export const readerBytes = 16 * 1024
/** How often readers that were behind are looked at, should nobody say that they have drained. */
const lookEveryMs = 250
/** Between two runs at least; quicker than anybody sees, and still some rest under a storm of changes. */
const usualPaceMs = 25
/** Where there was nothing to read, it is tried again. */
const awayMs = 250

type Parts = {
  readonly machine: Machine
  /** Of several sites: each row names its own. */
  readonly across: boolean
  /** Nobody reads it any more. */
  readonly left: () => void
}

/** What one reader has of the topic. */
type Reading = {
  readonly reader: Reader
  readonly everyMs: number
  /** The hash of the answer that it has put together. */
  has: string | undefined
  /** Where that was true, as it says itself; undefined once it has heard of the topic. */
  came: At | undefined
  told: boolean
  /** What it has is of a log that was given up, or that is longer than this one. */
  void: boolean
  failure: string | undefined
}

/** `taken`: what of it this topic has told. Other topics make it run, too. */
type Part = {
  readonly answer: SiteAnswer
  readonly forget: () => void
  taken: Answer | undefined
  failure: string | undefined
}

/**
 * What all who ask the same are told: one query, one input, one site or several. It runs as often as its readers
 * need and can take, and each of them is brought from what it has to the newest, without a queue.
 */
export class Topic {
  readonly name: string
  readonly #parts: Parts
  readonly #answers: readonly Part[]
  readonly #versions: Versions
  readonly #readings = new Set<Reading>()
  readonly #paceMs: number
  #state: 'idle' | 'running' | 'resting' | 'over' = 'idle'
  #failure: string | undefined
  #looking = false
  #cancelRest = () => {}
  #cancelLook = () => {}

  constructor(name: string, answers: readonly SiteAnswer[], parts: Parts) {
    this.name = name
    this.#parts = parts
    this.#versions = new Versions(name)
    this.#paceMs = answers[0]?.query.query.everyMs ?? usualPaceMs
    this.#answers = answers.map((answer) => {
      const forget = answer.listen(() => this.wake())
      return { answer, forget, taken: undefined, failure: undefined }
    })
  }

  get readers(): number {
    return this.#readings.size
  }

  get sites(): readonly string[] {
    return this.#answers.map(({ answer }) => answer.site)
  }

  /** A reader comes, perhaps with what it had before. Returns how it is looked at again, and how it leaves. */
  add(reader: Reader, has: Has | undefined, everyMs: number) {
    const [came, failure] = [has?.at, undefined]
    const reading: Reading = { reader, everyMs, has: has?.hash, came, told: false, void: false, failure }
    // From further on than was looked at here: perhaps nothing has changed since, perhaps the log is another.
    for (const { answer } of this.#answers)
      if (answer.now && answer.now.n < (came?.[answer.site] ?? 0)) answer.expire()
    this.#readings.add(reading)
    if (!this.#isPending()) this.#bring(reading)
    this.wake()
    return {
      drained: () => this.#drained(reading),
      leave: () => {
        if (this.#readings.delete(reading) && this.#readings.size === 0) this.#parts.left()
      },
    }
  }

  /** Something may have changed, or somebody can take more. */
  wake(): void {
    if (this.#state === 'idle' && this.#isPending() && this.#isWanted()) void this.#turn()
  }

  /** The log of one of its sites was given up: nothing that was told may be built upon. */
  gaveUp(): void {
    this.#versions.forget()
    for (const reading of this.#readings) reading.void ||= reading.told
  }

  end(): void {
    this.#state = 'over'
    this.#cancelRest()
    this.#cancelLook()
    for (const { forget } of this.#answers) forget()
    this.#readings.clear()
  }

  #isPending(): boolean {
    return this.#answers.some(
      ({ answer, taken, failure }) => answer.isPending || answer.now !== taken || answer.failure !== failure,
    )
  }

  /** Somebody has room for what a run would give. */
  #isWanted(): boolean {
    for (const { reader } of this.#readings) if (reader.waiting() < readerBytes) return true
    this.#lookAgainLater()
    return false
  }

  async #turn(): Promise<void> {
    this.#state = 'running'
    const { clock } = this.#parts.machine
    const pending = this.#answers.filter(({ answer }) => answer.isPending)
    await Promise.all(pending.map(({ answer }) => answer.refresh()))
    if (this.#isOver()) return
    const began = clock.mono()
    this.#merge()
    for (const reading of this.#readings) this.#bring(reading)
    const took = pending.reduce((sum, { answer }) => sum + answer.ms, clock.mono() - began)
    const away = pending.some(({ answer }) => answer.isAway)
    // It rests as long as it took, so that it never has more than half of a thread.
    this.#rest(Math.max(this.#pace(), took, away ? awayMs : 0))
  }

  #isOver(): boolean {
    return this.#state === 'over'
  }

  #rest(ms: number): void {
    this.#state = 'resting'
    this.#cancelRest = this.#parts.machine.timers.after(ms, () => {
      this.#state = 'idle'
      this.wake()
    })
  }

  /** As often as the quickest of its readers asks for, and not more often than the query allows. */
  #pace(): number {
    let least = Infinity
    for (const { everyMs } of this.#readings) least = Math.min(least, everyMs)
    return Math.max(this.#paceMs, Number.isFinite(least) ? least : 0)
  }

  #merge(): void {
    for (const part of this.#answers) {
      part.taken = part.answer.now
      part.failure = part.answer.failure
    }
    const failed = this.#answers.find(({ answer }) => answer.failure !== undefined)?.answer
    const where = this.#parts.across ? `${failed?.site}: ` : ''
    this.#failure = failed && `${where}${failed.failure}`
    const known = this.#answers.flatMap(({ answer }) => (answer.now ? [{ answer, now: answer.now }] : []))
    if (known.length === 0) return
    const at: At = Object.fromEntries(known.map(({ answer, now }) => [answer.site, now.n]))
    for (const reading of this.#readings)
      if (reading.came)
        reading.void ||= known.some(({ answer: { site }, now }) => now.n < (reading.came?.[site] ?? 0))
    const hashes = known.map(({ answer, now }) => [answer.site, now.hash] as const)
    const hash = this.#parts.across ? hashAcross(hashes) : (known[0]?.now.hash ?? '')
    const rows = () =>
      this.#parts.across
        ? merged(known.map(({ answer, now }) => [answer.site, now.rows]))
        : known[0]?.now.rows
    this.#versions.add(hash, at, hash === this.#versions.hash ? this.#versions.rows : (rows() ?? new Map()))
  }

  #drained(reading: Reading): void {
    if (!this.#readings.has(reading)) return
    if (!this.#isPending()) this.#bring(reading)
    this.wake()
  }

  /** Brings one reader to the newest, if it has room; else it is looked at again later. */
  #bring(reading: Reading): void {
    const { hash } = this.#versions
    const news = hash !== undefined && (!reading.told || reading.void || reading.has !== hash)
    const failure = this.#failure
    if (!news && reading.failure === failure) return
    if (reading.reader.waiting() >= readerBytes) return this.#lookAgainLater()
    const message =
      news || failure === undefined ? this.#versions.message(reading.has, reading.void) : undefined
    if (message) {
      reading.has = hash
      reading.came = undefined
      reading.told = true
      reading.void = false
      reading.reader.send(message)
    }
    reading.failure = failure
    if (failure !== undefined) reading.reader.send(failedBytes(this.name, failure))
  }

  #lookAgainLater(): void {
    if (this.#looking || this.#isOver()) return
    this.#looking = true
    this.#cancelLook = this.#parts.machine.timers.after(lookEveryMs, () => {
      this.#looking = false
      if (!this.#isPending()) for (const reading of this.#readings) this.#bring(reading)
      this.wake()
    })
  }
}

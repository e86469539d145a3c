import type { At } from './messages.ts'
import { changeBytes, rowsBytes, sameBytes } from './messages.ts'

/** Rows by their keys, both as JSON text. */
export type Lines = ReadonlyMap<string, string>
/** What became of rows: their new text, or null where they are gone. */
export type Changes = ReadonlyMap<string, string | null>

/**
 * The keys of what changed next; what became of it, the newest rows say. A row of a former answer would keep all of that
 * answer in memory: it came as one text, and a piece of a text is a view of it.
 */
type Step = { readonly from: string; readonly keys: readonly string[] }

/** So many steps back may a reader be and still be given the difference. */
const mostSteps = 64

/**
 * One answer as it changes: the newest rows, and for some steps back what has changed since. Whoever is further
 * behind, or was never here, gets all rows. Each message is made once, for however many readers.
 */
export class Versions {
  readonly #topic: string
  readonly #made = new Map<'anew' | 'same' | 'rows', Uint8Array>()
  /** By the hash that a reader has: what it says of itself, so it may be anything. */
  readonly #differences = new Map<string, Uint8Array>()
  #steps: Step[] = []
  #rows: Lines = new Map()
  #hash: string | undefined
  #at: At = {}

  constructor(topic: string) {
    this.#topic = topic
  }

  /** Undefined while there is no answer yet. */
  get hash(): string | undefined {
    return this.#hash
  }

  get at(): At {
    return this.#at
  }

  get rows(): Lines {
    return this.#rows
  }

  /** The newest answer, and where it was true. */
  add(hash: string, at: At, rows: Lines): void {
    this.#made.clear()
    this.#differences.clear()
    this.#at = at
    if (hash === this.#hash) return
    if (this.#hash !== undefined) this.#steps.push({ from: this.#hash, keys: changedKeys(this.#rows, rows) })
    this.#rows = rows
    this.#hash = hash
    this.#forgetOld()
  }

  /** There is no answer any more, and nothing to build upon. */
  forget(): void {
    this.#made.clear()
    this.#differences.clear()
    this.#steps = []
    this.#rows = new Map()
    this.#hash = undefined
    this.#at = {}
  }

  /** What brings a reader that has `has` to the newest answer. */
  message(has: string | undefined, anew: boolean): Uint8Array | undefined {
    const hash = this.#hash
    if (hash === undefined) return undefined
    const newest = { at: this.#at, hash }
    if (anew) return this.#make('anew', () => rowsBytes(this.#topic, newest, this.#rows.values(), true))
    if (has === hash) return this.#make('same', () => sameBytes(this.#topic, this.#at, hash))
    return (
      (has === undefined ? undefined : this.#difference(has)) ??
      this.#make('rows', () => rowsBytes(this.#topic, newest, this.#rows.values(), false))
    )
  }

  #difference(has: string): Uint8Array | undefined {
    const known = this.#differences.get(has)
    if (known) return known
    const changes = this.#since(has)
    if (!changes || this.#hash === undefined) return undefined
    const made = changeBytes(this.#topic, has, { at: this.#at, hash: this.#hash }, changes)
    this.#differences.set(has, made)
    return made
  }

  /** Undefined where it is not known, or where all rows are not more than what changed. */
  #since(has: string): Changes | undefined {
    const first = this.#steps.findLastIndex(({ from }) => from === has)
    if (first < 0) return undefined
    const keys = new Set(this.#steps.slice(first).flatMap((step) => step.keys))
    const isOneStep = first === this.#steps.length - 1
    if (!isOneStep && keys.size >= this.#rows.size) return undefined
    return new Map(Array.from(keys, (key) => [key, this.#rows.get(key) ?? null]))
  }

  #make(name: 'anew' | 'same' | 'rows', write: () => Uint8Array): Uint8Array {
    const made = this.#made.get(name) ?? write()
    this.#made.set(name, made)
    return made
  }

  /** No more is kept of the past than what there is now, or a little. */
  #forgetOld(): void {
    const most = Math.max(1000, this.#rows.size)
    let kept = 0
    const first = this.#steps.findLastIndex(({ keys }) => (kept += keys.length) > most)
    this.#steps = this.#steps.slice(Math.max(first + 1, this.#steps.length - mostSteps))
  }
}

/** Of rows that are there, in their order, and then of those that are gone. */
export function changedKeys(before: Lines, after: Lines): readonly string[] {
  const keys: string[] = []
  for (const [key, row] of after) if (before.get(key) !== row) keys.push(key)
  for (const key of before.keys()) if (!after.has(key)) keys.push(key)
  return keys
}

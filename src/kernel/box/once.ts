import type { Write } from '../../store/truth.ts'
import { sha256 } from '../digest.ts'
import type { Recording } from './journal.ts'

/** How a caller tells what it records from everything else that it records: its own name, and that of the thing. */
export type Told = { readonly by: string; readonly id: string }

/**
 * Identities are kept page by page; the oldest page goes when a new one is begun. The newest is written with each
 * record, so it is small; two that follow each other hold more than one page full, and so all of them over 1,000.
 */
const pageSize = 32
const pages = 64
/** So many are remembered at least, once there are so many. */
const leastKnown = 1_000
/** What is known of a caller is on disk however long it says nothing; in memory are those that spoke lately. */
const mostCallers = 500
/** One write holds at most so many facts. */
const mostTogether = 64
/** 72 bits of a hash: two things of one caller do not meet. */
const short = (id: string): string => sha256(id).slice(0, 12)

type Page = { readonly number: number; readonly names: string[] }

type Waiting = {
  readonly name: string
  readonly facts: readonly Recording[]
  readonly ended: PromiseWithResolvers<boolean>
}

type Caller = {
  /** By page: the newest is the last. */
  readonly kept: Page[]
  readonly names: Set<string>
  readonly under: Map<string, Promise<boolean>>
  waiting: Waiting[]
  isWriting: boolean
}

type Parts = {
  readonly site: string
  /** As they stood when this process began, and as they stand now. */
  readonly first: ReadonlyMap<string, string>
  readonly notes: () => Promise<ReadonlyMap<string, string>>
  readonly record: (facts: readonly Recording[], beside: readonly Write[]) => Promise<unknown>
}

/**
 * Records that come with an identity count once: the identity is written in the commit of the record itself, so
 * neither a kill nor a caller that heard nothing makes two of it (LOG-27). What one caller records is written in
 * order, one write after the other; a write takes all that has come meanwhile.
 */
export class Once {
  readonly #parts: Parts
  readonly #callers = new Map<string, Caller>()
  readonly #loading = new Map<string, Promise<void>>()
  /** Those of whom the first notes say too little. */
  readonly #spoke = new Set<string>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Resolves when the facts are on disk: false where they were before. Rejects when they are not. */
  record(told: Told, facts: readonly Recording[]): Promise<boolean> {
    const caller = this.#callers.get(told.by)
    // Behind those that came before it.
    if (!caller || this.#loading.has(told.by)) return this.#recordLater(told, facts)
    // Those that spoke lately are last.
    this.#callers.delete(told.by)
    this.#callers.set(told.by, caller)
    return this.#recordOf(caller, told, facts)
  }

  /** After what the disk knows of the caller has been read. */
  async #recordLater(told: Told, facts: readonly Recording[]): Promise<boolean> {
    const { by } = told
    const loading = this.#loading.get(by) ?? this.#load(by)
    this.#loading.set(by, loading)
    try {
      await loading
    } finally {
      if (this.#loading.get(by) === loading) this.#loading.delete(by)
    }
    return this.record(told, facts)
  }

  #recordOf(caller: Caller, { by, id }: Told, facts: readonly Recording[]): Promise<boolean> {
    const name = short(id)
    if (caller.names.has(name)) return Promise.resolve(false)
    const under = caller.under.get(name)
    if (under) return under.then(() => false)
    const ended = Promise.withResolvers<boolean>()
    caller.under.set(name, ended.promise)
    caller.waiting.push({ name, facts, ended })
    if (!caller.isWriting) void this.#write(by, caller)
    return ended.promise
  }

  #forgetOne(): void {
    for (const [by, { under }] of this.#callers) {
      if (under.size > 0) continue
      this.#callers.delete(by)
      return
    }
  }

  async #load(by: string): Promise<void> {
    const notes = this.#spoke.has(by) ? await this.#parts.notes() : this.#parts.first
    this.#spoke.add(by)
    const kept = Array.from({ length: pages }, (_, at) => notes.get(this.#note(by, at)))
      .flatMap((text) => (text === undefined ? [] : [pageOf(text)]))
      .toSorted((a, b) => a.number - b.number)
    const names = new Set(kept.flatMap((page) => page.names))
    forgetOld({ kept, names })
    if (this.#callers.size >= mostCallers) this.#forgetOne()
    this.#callers.set(by, { kept, names, under: new Map(), waiting: [], isWriting: false })
  }

  async #write(by: string, caller: Caller): Promise<void> {
    caller.isWriting = true
    // What is recorded in this very moment is one write.
    await Promise.resolve()
    while (caller.waiting.length > 0) {
      const all = take(caller)
      const added = all.map(({ name }) => name)
      const page = pageFor(caller, added.length)
      const note = {
        do: 'note',
        name: this.#note(by, page.number % pages),
        value: `${page.number} ${page.names.join('')}${added.join('')}`,
      } as const
      try {
        await this.#parts.record(
          all.flatMap(({ facts }) => facts),
          [note],
        )
      } catch (error) {
        // Perhaps it is on disk all the same: what is known of this caller is read again before it records more.
        this.#callers.delete(by)
        for (const { ended } of [...all, ...caller.waiting.splice(0)]) ended.reject(error)
        break
      }
      keep(caller, page, added)
      for (const { name, ended } of all) {
        caller.under.delete(name)
        ended.resolve(true)
      }
    }
    caller.isWriting = false
  }

  #note(by: string, at: number): string {
    return `once ${this.#parts.site} ${at} ${by}`
  }
}

function take(caller: Caller): readonly Waiting[] {
  let facts = 0
  const end = caller.waiting.findIndex((each, at) => {
    facts += each.facts.length
    return at > 0 && facts > mostTogether
  })
  return caller.waiting.splice(0, end === -1 ? caller.waiting.length : end)
}

/** The newest page where so many names fit, or else the next. */
function pageFor({ kept }: Caller, more: number): Page {
  const last = kept.at(-1) ?? { number: 0, names: [] }
  return last.names.length + more <= pageSize ? last : { number: last.number + 1, names: [] }
}

function keep(caller: Caller, page: Page, added: readonly string[]): void {
  page.names.push(...added)
  for (const name of added) caller.names.add(name)
  if (caller.kept.at(-1) !== page) caller.kept.push(page)
  forgetOld(caller)
}

function forgetOld({ kept, names }: Pick<Caller, 'kept' | 'names'>): void {
  while (kept.length > pages - 1 || names.size - (kept[0]?.names.length ?? 0) >= leastKnown)
    for (const name of kept.shift()?.names ?? []) names.delete(name)
}

function pageOf(text: string): Page {
  const [number = '0', names = ''] = text.split(' ')
  return { number: Number(number), names: names.match(/.{12}/g) ?? [] }
}

import type { RecordRow, Truth } from '../../store/truth.ts'
import { bodyLine, headText, maxFactBytes } from '../entry.ts'
import type { Instant } from '../instant.ts'
import type { Machine } from '../machine.ts'
import { randomId } from '../machine.ts'
import type { Known } from '../pack/kinds.ts'
import type { Recorded } from './contract.ts'

export type Recording = { readonly kind: string; readonly body: unknown; readonly at?: Instant | undefined }

/** The stream of this box that came before, for a site, and how far it had come. */
export type Before = { readonly stream: string; readonly seq: number } | null

type Parts = { readonly box: string; readonly machine: Machine; readonly known: Known; readonly truth: Truth }

/**
 * What this process records for one site. Its stream is new with the process: a number is never
 * given twice, whatever became of the card in between (LOG-5). Opened with the first fact.
 */
export class Journal {
  readonly #parts: Parts
  readonly #site: string
  readonly #now: () => Instant
  readonly #written: (stream: string, rows: readonly RecordRow[]) => void
  #before: Before
  #stream: string
  #next = 1
  #durable = 0
  #inFlight = 0
  #broken: Error | undefined

  constructor(
    parts: Parts,
    site: string,
    before: Before,
    now: () => Instant,
    written: (stream: string, rows: readonly RecordRow[]) => void,
  ) {
    this.#parts = parts
    this.#site = site
    this.#before = before
    this.#now = now
    this.#written = written
    this.#stream = randomId(parts.machine.random, 16)
  }

  get stream(): string {
    return this.#stream
  }

  /** Resolves when the facts are on disk; rejects when none of them is (LOG-6). */
  async record(facts: readonly Recording[]): Promise<Recorded> {
    if (this.#broken) throw this.#broken
    const lines = facts.map((fact) => this.#lines(fact))
    const opening = this.#next === 1 ? [this.#opening()] : []
    const from = this.#next
    const rows = [...opening, ...lines].map(({ kind, at, body }, index) => ({
      seq: from + index,
      head: headText({
        form: 'r',
        at,
        kind,
        from: { box: this.#parts.box, stream: this.#stream, seq: from + index },
      }),
      body,
    }))
    this.#next += rows.length
    await this.#write(rows)
    return {
      box: this.#parts.box,
      stream: this.#stream,
      from: from + opening.length,
      to: from + rows.length - 1,
    }
  }

  /** Starts another stream, so that what happens now need not queue behind a backlog (LINK-12). */
  rotate(): void {
    if (this.#inFlight > 0 || this.#durable === 0) return
    this.#before = { stream: this.#stream, seq: this.#durable }
    this.#stream = randomId(this.#parts.machine.random, 16)
    this.#next = 1
    this.#durable = 0
  }

  /** After a refusal by the disk all that was under way fails too; then numbering goes on where the disk stands. */
  async #write(rows: readonly RecordRow[]): Promise<void> {
    const stream = this.#stream
    this.#inFlight += 1
    try {
      await this.#parts.truth.commit([
        { do: 'records', site: this.#site, box: this.#parts.box, stream, rows },
      ])
      this.#durable = rows.at(-1)?.seq ?? this.#durable
      this.#written(stream, rows)
    } catch (error) {
      this.#broken = error instanceof Error ? error : new Error(String(error))
      throw error
    } finally {
      this.#inFlight -= 1
      if (this.#inFlight === 0 && this.#broken) {
        this.#next = this.#durable + 1
        this.#broken = undefined
      }
    }
  }

  #lines({ kind, body, at }: Recording) {
    const known = this.#parts.known.kinds.get(kind)
    if (!known) throw new Error(`no pack declares ${kind}`)
    if (known.fact.said !== 'record')
      throw new Error(`${kind} is decided by the keeper: ask for an action instead`)
    const line = bodyLine(body, known.fact.erasable ? this.#parts.machine.random : null)
    if (Buffer.byteLength(line) > maxFactBytes) throw new Error(`${kind}: over 32 KiB; put it into a blob`)
    return { kind, at: at ?? this.#now(), body: line }
  }

  #opening() {
    const { boot } = this.#parts.machine
    const body = { boot, before: this.#before?.stream ?? null, beforeSeq: this.#before?.seq ?? 0 }
    return { kind: 'stream.opened', at: this.#now(), body: bodyLine(body, null) }
  }
}

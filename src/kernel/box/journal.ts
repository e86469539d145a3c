import type { RecordRow, StreamRow, Truth, Write } from '../../store/truth.ts'
import { bodyLine, headText, maxFactBytes } from '../entry.ts'
import type { Instant } from '../instant.ts'
import type { Machine } from '../machine.ts'
import { randomId } from '../machine.ts'
import type { Known } from '../pack/kinds.ts'
import type { Recorded } from './contract.ts'

export type Recording = { readonly kind: string; readonly body: unknown; readonly at?: Instant | undefined }

/** The stream of this box that came before, for a site, and how far it had come. */
export type Before = { readonly stream: string; readonly seq: number } | null

/** The newest stream of this box on this disk. */
export function lastStream(streams: readonly StreamRow[], box: string): Before {
  const last = streams.findLast((each) => each.box === box)
  return last ? { stream: last.stream, seq: last.last } : null
}

type Parts = { readonly box: string; readonly machine: Machine; readonly known: Known; readonly truth: Truth }

/** One numbered stream. `next` is given out, `durable` is on disk. */
type Stream = {
  readonly name: string
  readonly before: Before
  next: number
  durable: number
  inFlight: number
  broken: Error | undefined
}

/**
 * What this process records for one site. Its stream is new with the process: a number is never
 * given twice, whatever became of the card in between (LOG-5). Opened with the first fact.
 */
export class Journal {
  readonly #parts: Parts
  readonly #site: string
  readonly #now: () => Instant
  readonly #written: (stream: string, rows: readonly RecordRow[]) => void
  #stream: Stream

  constructor(
    parts: Parts,
    site: string,
    before: Before,
    now: () => Instant,
    written: (stream: string, rows: readonly RecordRow[]) => void,
  ) {
    this.#parts = parts
    this.#site = site
    this.#now = now
    this.#written = written
    this.#stream = this.#begin(before)
  }

  get stream(): string {
    return this.#stream.name
  }

  /** Resolves when the facts, and the writes beside them, are on disk; rejects when none of them is (LOG-6). */
  async record(facts: readonly Recording[], beside: readonly Write[] = []): Promise<Recorded> {
    const stream = this.#stream
    if (stream.broken) throw stream.broken
    const { box } = this.#parts
    const opening = stream.next === 1 ? [this.#opening(stream)] : []
    const lines = [...opening, ...facts.map((fact) => this.#line(fact))]
    const from = stream.next
    const rows = lines.map(({ kind, at, body }, index) => {
      const seq = from + index
      return { seq, head: headText({ form: 'r', at, kind, from: { box, stream: stream.name, seq } }), body }
    })
    stream.next += rows.length
    await this.#write(stream, rows, beside)
    return { box, stream: stream.name, from: from + opening.length, to: from + rows.length - 1 }
  }

  /** Goes on in another stream, so that what happens now need not queue behind a backlog (LINK-12). */
  rotate(): void {
    if (this.#stream.next > 1)
      this.#stream = this.#begin({ stream: this.#stream.name, seq: this.#stream.next - 1 })
  }

  #begin(before: Before): Stream {
    const name = randomId(this.#parts.machine.random, 16)
    return { name, before, next: 1, durable: 0, inFlight: 0, broken: undefined }
  }

  /** After a refusal by the disk all that was under way fails too; then numbering goes on where the disk stands. */
  async #write(stream: Stream, rows: readonly RecordRow[], beside: readonly Write[]): Promise<void> {
    const { box, truth } = this.#parts
    stream.inFlight += 1
    try {
      await truth.commit([{ do: 'records', site: this.#site, box, stream: stream.name, rows }, ...beside])
      stream.durable = rows.at(-1)?.seq ?? stream.durable
      this.#written(stream.name, rows)
    } catch (error) {
      stream.broken = error instanceof Error ? error : new Error(String(error))
      throw error
    } finally {
      stream.inFlight -= 1
      if (stream.inFlight === 0 && stream.broken) {
        stream.next = stream.durable + 1
        stream.broken = undefined
      }
    }
  }

  #line({ kind, body, at }: Recording) {
    const known = this.#parts.known.kinds.get(kind)
    if (!known) throw new Error(`no pack declares ${kind}`)
    if (known.fact.said !== 'record')
      throw new Error(`${kind} is decided by the keeper: ask for an action instead`)
    const line = bodyLine(body, known.fact.erasable ? this.#parts.machine.random : null)
    if (Buffer.byteLength(line) > maxFactBytes) throw new Error(`${kind}: over 32 KiB; put it into a blob`)
    return { kind, at: at ?? this.#now(), body: line }
  }

  #opening({ before }: Stream) {
    const { boot } = this.#parts.machine
    const body = { boot, before: before?.stream ?? null, beforeSeq: before?.seq ?? 0 }
    return { kind: 'stream.opened', at: this.#now(), body: bodyLine(body, null) }
  }
}

import { openSqlite } from '../../store/sqlite.ts'
import type { LogRow, RecordRow } from '../../store/truth.ts'
import { bodyLine, headText, hollowLine, nextChain } from '../entry.ts'
import type { Head } from '../entry.ts'
import type { Instant } from '../instant.ts'
import { seededRandom } from '../manual-machine.ts'
import type { Known } from '../pack/kinds.ts'
import { toy, toyKnown } from '../pack/toy-pack.ts'
import { hashViews } from '../views/hash.ts'
import type { Saying } from './sequencer.ts'
import { SiteViews } from './views.ts'

export const at: Instant = [1000, 1_700_000_000_000, 2]

/** For tests: views in memory, over the toy pack. */
export function openToyViews(known: Known = toyKnown) {
  const database = openSqlite(':memory:', { durable: false })
  const views = new SiteViews(database, known)
  return {
    database,
    views,
    rows: views.rows(toy),
    hash: () => views.settled(() => hashViews(database, known)),
    [Symbol.dispose]: () => views.close(),
  }
}

/** For tests: a record as its box writes it into its journal. */
export function toyRecord(
  kind: string,
  body: unknown,
  seq: number,
  from: { box?: string; stream?: string } = {},
): RecordRow {
  const { box = 'box1', stream = 'stream1' } = from
  const erasable = toyKnown.kinds.get(kind)?.fact.erasable ? seededRandom(seq) : null
  return {
    seq,
    head: headText({ form: 'r', at, kind, from: { box, stream, seq } }),
    body: bodyLine(body, erasable),
  }
}

/** For tests: a log that is written entry by entry, each under the running hash. */
export class ToyLog {
  readonly rows: LogRow[] = []
  readonly #random = seededRandom(7)

  get chain(): string {
    return this.rows.at(-1)?.chain ?? ''
  }

  add(head: Head, bodies: string): LogRow {
    const text = { head: headText(head), bodies }
    const row = { n: this.rows.length + 1, ...text, chain: nextChain(this.chain, text) }
    this.rows.push(row)
    return row
  }

  record(kind: string, body: unknown, seq: number, stream = 'stream1', box = 'box1'): LogRow {
    const { body: line } = toyRecord(kind, body, seq, { box, stream })
    return this.add({ form: 'r', at, kind, from: { box, stream, seq } }, line)
  }

  say(...said: readonly Saying[]): LogRow {
    return this.add({ form: 'k', at, kinds: said.map(({ kind }) => kind) }, this.#lines(said))
  }

  decide(key: string, answer: unknown, ...said: readonly Saying[]): LogRow {
    const asked = { action: 'toy.pay', key, digest: `digest ${key}`, who: 'ada', answer }
    return this.add({ form: 'a', at, kinds: said.map(({ kind }) => kind), asked }, this.#lines(said))
  }

  erase(...places: readonly { n: number; i: number }[]): LogRow {
    return this.say({ kind: 'facts.erased', body: { places } })
  }

  #lines(said: readonly Saying[]): string {
    return said
      .map(({ kind, body }) => bodyLine(body, toyKnown.kinds.get(kind)?.fact.erasable ? this.#random : null))
      .join('\n')
  }
}

/** The same entry after the facts at these places lost their bodies. */
export function hollowed(row: LogRow, places: readonly { n: number; i: number }[]): LogRow {
  const here = new Set(places.filter(({ n }) => n === row.n).map(({ i }) => i))
  const lines = row.bodies.split('\n').map((line, i) => (here.has(i) ? hollowLine(line) : line))
  return { ...row, bodies: lines.join('\n') }
}

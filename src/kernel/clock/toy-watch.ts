import { z } from 'zod'
import type { LogRow } from '../../store/truth.ts'
import { bodyLine, headText, nextChain } from '../entry.ts'
import type { Head } from '../entry.ts'
import type { Instant } from '../instant.ts'
import { actionsOf } from '../pack/action.ts'
import { decision, erasable, record } from '../pack/fact.ts'
import { know } from '../pack/kinds.ts'
import type { Apply, Retime, Told } from '../pack/pack.ts'
import { pack } from '../pack/pack.ts'
import { integer, json, optional, table, text } from '../pack/table.ts'
import type { Saying } from '../site/sequencer.ts'
import { kernelPack } from '../site/kernel-pack.ts'

const wish = { name: z.string(), at: z.int().optional(), after: z.int().optional() }

const facts = {
  saw: record(z.object({ id: z.string() })),
  wound: record(z.object({ ...wish, say: z.string().default('rang') })),
  named: erasable(record(z.object({ ...wish }))),
  stopped: record(z.object({ name: z.string() })),
  booked: decision(z.object(wish)),
  rang: decision(z.object({ name: z.string() })),
  cursed: decision(z.object({ name: z.string() })),
  signed: erasable(decision(z.object({ name: z.string() }))),
}

const tables = {
  sights: table(
    { id: text(), boot: text(), at: json<Instant>(), ms: optional(integer()), quality: integer() },
    { key: ['id'], indexes: { byBoot: ['boot'] } },
  ),
  rings: table({ name: text(), times: integer() }, { key: ['name'] }),
}

type Wish = Told<{ name: string; at?: number | undefined; after?: number | undefined; say?: string }>

function wind({ body, timer }: Wish): void {
  const { name, at, after, say = 'rang' } = body
  const asked = { name, say, body: { name } }
  if (at !== undefined) timer.set({ ...asked, at })
  else timer.set({ ...asked, after: after ?? 0 })
}

const apply: Apply<typeof facts, typeof tables> = {
  saw: (rows, { body: { id }, at, boot, timeOf }) => rows.sights.put({ id, boot, at, ...timeOf(at) }),
  wound: (_rows, fact) => wind(fact),
  named: (_rows, fact) => wind(fact),
  booked: (_rows, fact) => wind(fact),
  stopped: (_rows, { body, timer }) => timer.cancel(body.name),
  rang: (rows, { body: { name } }) => rows.rings.put({ name, times: (rows.rings.get(name)?.times ?? 0) + 1 }),
  cursed: (rows, { body: { name } }) => {
    rows.rings.put({ name, times: 99 })
    throw new Error('this ring is cursed')
  },
  signed: () => {},
}

const retime: Retime<typeof tables> = (rows, boot, timeOf) => {
  for (const row of rows.sights.list('byBoot', boot)) rows.sights.put({ ...row, ...timeOf(row.at) })
}

const action = actionsOf<typeof facts, typeof tables>()
const actions = {
  book: action({
    input: z.object(wish),
    allow: ['lead'],
    away: 'refuse',
    decide: (body) => ({ facts: [{ kind: 'booked', body }], answer: null }),
  }),
}

/** For tests: a pack whose rows hold times, and which winds up alarms. */
export const watch = pack({
  name: 'watch',
  rules: 'watch-1',
  facts,
  tables,
  apply,
  actions,
  retime,
  erase: () => {},
})
export const watchKnown = know(kernelPack, [watch])

/** For tests: a log of several boots, each of which records into a stream of its own. */
export class WatchLog {
  readonly rows: LogRow[] = []
  readonly #seqs = new Map<string, number>()

  add(head: Head, bodies: string): LogRow {
    const text = { head: headText(head), bodies }
    const row = { n: this.rows.length + 1, ...text, chain: nextChain(this.rows.at(-1)?.chain ?? '', text) }
    this.rows.push(row)
    return row
  }

  /** The term of a keeper that runs in this boot. */
  opens(boot: string, at: Instant = [0, 0, 0], how = 'start'): LogRow {
    const body = { term: `1/keep/${this.rows.length + 1}/strm`, how, boot }
    return this.says(at, { kind: 'site.keeper', body })
  }

  says(at: Instant, ...said: readonly Saying[]): LogRow {
    const lines = said.map(({ body }) => bodyLine(body, null)).join('\n')
    return this.add({ form: 'k', at, kinds: said.map(({ kind }) => kind) }, lines)
  }

  records(boot: string, at: Instant, kind: string, body: unknown, stream = `s${boot}`): void {
    if (!this.#seqs.has(stream))
      this.#record(stream, at, 'stream.opened', { boot, before: null, beforeSeq: 0 })
    this.#record(stream, at, kind, body)
  }

  #record(stream: string, at: Instant, kind: string, body: unknown): void {
    const seq = (this.#seqs.get(stream) ?? 0) + 1
    this.#seqs.set(stream, seq)
    this.add({ form: 'r', at, kind, from: { box: 'box1', stream, seq } }, bodyLine(body, null))
  }
}

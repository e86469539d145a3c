import { logSpan } from '../../store/truth-tables.ts'
import type { Card } from '../card.ts'

/** Rows by key, both as text, as a screen puts them together. */
export type Rows = ReadonlyMap<string, string>
type Change = { readonly n: number; readonly count: number }
type Name = { readonly n: number; readonly i: number; readonly name: string; erasedAt: number }
type Body = Readonly<Record<string, unknown>>

/** Which question of the fair. */
export type Question = { readonly query: string; readonly input: Readonly<Record<string, unknown>> }

/**
 * What the questions of the fair would be answered at each entry of one log on one card, counted from the committed
 * text. It knows nothing of views, queries or what boxes say of themselves.
 */
export class LiveEvidence {
  readonly #card: Card
  readonly #site: string
  #accounts = new Map<string, Change[]>()
  #gates = new Map<string, Map<string, Change[]>>()
  #names = new Map<string, Name[]>()
  #places = new Map<string, Name>()
  #answers = new Map<string, Rows>()
  #n = 0
  #chain = ''

  constructor(card: Card, site: string) {
    this.#card = card
    this.#site = site
  }

  /** The log as it is committed now. */
  get n(): number {
    this.#refresh()
    return this.#n
  }

  answer(question: Question, n: number): Rows {
    this.#refresh()
    const name = `${n} ${question.query} ${JSON.stringify(question.input)}`
    const known = this.#answers.get(name) ?? this.#count(question, n)
    if (this.#answers.size > 2000) this.#answers.clear()
    this.#answers.set(name, known)
    return known
  }

  /** Whether a row may be there or not at this entry: of a person who is erased later. */
  mayBeGone({ query, input }: Question, key: string, n: number): boolean {
    if (query !== 'fair.carries') return false
    const names = this.#names.get(String(input['tag'])) ?? []
    return names.some(
      (name) => key === JSON.stringify([name.n, name.i]) && n < name.erasedAt && name.erasedAt < Infinity,
    )
  }

  #count({ query, input }: Question, n: number): Rows {
    const rows = new Map<string, string>()
    const put = (key: readonly unknown[], row: Body) => rows.set(JSON.stringify(key), JSON.stringify(row))
    switch (query) {
      case 'fair.books':
        for (const [account, changes] of this.#accounts) {
          const cents = at(changes, n)
          if (cents !== undefined) put([account], { account, cents })
        }
        break
      case 'fair.wallet': {
        const tag = input['tag']
        const cents = at(this.#accounts.get(`wallet:${String(tag)}`) ?? [], n)
        if (cents !== undefined) put([tag], { tag, cents })
        break
      }
      case 'fair.passed':
        for (const [tag, changes] of this.#gates.get(String(input['gate'])) ?? []) {
          const hits = at(changes, n)
          if (hits !== undefined) put([tag], { tag, hits })
        }
        break
      case 'fair.regulars':
        for (const [gate, visitors] of this.#gates) {
          const all = [...visitors.values()].map((changes) => at(changes, n) ?? 0)
          const many = all.filter((hits) => hits >= Number(input['least']))
          const hits = many.reduce((sum, each) => sum + each, 0)
          if (many.length > 0) put([gate], { gate, tags: many.length, hits })
        }
        break
      case 'fair.carries':
        for (const { n: from, i, name, erasedAt } of this.#names.get(String(input['tag'])) ?? [])
          if (from <= n && n < erasedAt) put([from, i], { n: from, i, name })
        break
      default:
        throw new Error(`nobody knows what ${query} would answer`)
    }
    return rows
  }

  #refresh(): void {
    const { truth } = this.#card
    const site = truth.prepare('SELECT id, n, chain FROM sites WHERE site = ?').get(this.#site)
    if (!site || (site['n'] === this.#n && site['chain'] === this.#chain)) return
    const base = Number(site['id']) * logSpan
    const here = truth.prepare('SELECT chain FROM log WHERE id = ?').get(base + this.#n)
    if (this.#n > 0 && here?.['chain'] !== this.#chain) this.#forget()
    const rows = truth
      .prepare('SELECT id, head, bodies, chain FROM log WHERE id > ? AND id < ? ORDER BY id')
      .all(base + this.#n, base + logSpan)
    for (const row of rows) {
      this.#n = Number(row['id']) - base
      this.#chain = String(row['chain'])
      this.#add(JSON.parse(String(row['head'])) as readonly unknown[], String(row['bodies']).split('\n'))
    }
  }

  #forget(): void {
    this.#accounts = new Map()
    this.#gates = new Map()
    this.#names = new Map()
    this.#places = new Map()
    this.#answers = new Map()
    this.#n = 0
    this.#chain = ''
  }

  #add(head: readonly unknown[], lines: readonly string[]): void {
    const [form, , kind] = head
    if (form !== 'r' && form !== 'a') return
    const kinds = form === 'r' ? [kind] : (kind as readonly unknown[])
    kinds.forEach((each, i) => this.#hear(String(each), lines[i] ?? '', i))
  }

  #hear(kind: string, line: string, i: number): void {
    // A hollow line: nobody can say any more what it said.
    if (line.startsWith('~')) return
    const body = JSON.parse(line.startsWith('^') ? line.slice(27) : line) as Body
    const n = this.#n
    if (kind === 'fair.moved')
      for (const { account, cents } of body['moves'] as { account: string; cents: number }[])
        add(this.#accounts, account, n, cents)
    if (kind === 'fair.seen') {
      const gate = this.#gates.get(String(body['gate'])) ?? new Map<string, Change[]>()
      this.#gates.set(String(body['gate']), gate)
      add(gate, String(body['tag']), n, 1)
    }
    if (kind === 'fair.named') {
      const tag = String(body['tag'])
      const name: Name = { n, i, name: String(body['name']), erasedAt: Infinity }
      this.#names.set(tag, [...(this.#names.get(tag) ?? []), name])
      this.#places.set(`${n} ${i}`, name)
    }
    if (kind === 'facts.erased')
      for (const place of body['places'] as { n: number; i: number }[]) {
        const name = this.#places.get(`${place.n} ${place.i}`)
        if (name) name.erasedAt = Math.min(name.erasedAt, n)
        this.#answers.clear()
      }
  }
}

function add(changes: Map<string, Change[]>, name: string, n: number, by: number): void {
  const list = changes.get(name) ?? []
  changes.set(name, list)
  list.push({ n, count: (list.at(-1)?.count ?? 0) + by })
}

/** The last at or before entry n. */
function at(changes: readonly Change[], n: number): number | undefined {
  const last = changes.at(-1)
  if (last === undefined || last.n <= n) return last?.count
  let [low, high] = [0, changes.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((changes[middle] as Change).n <= n) low = middle + 1
    else high = middle
  }
  return changes[low - 1]?.count
}

import { isDeepStrictEqual } from 'node:util'
import type { Ledger, Move } from './ledger.ts'
import { chainAfter, readEntry } from './log-reading.ts'
import type { LogLine } from './truth-copy.ts'

type Place = { readonly n: number; readonly box: string; readonly stream: string; readonly seq: number }
type Decided = { readonly n: number; readonly answer: unknown; readonly moves: readonly Move[] }

/** What of a truth file is checked here. */
export type Reads = {
  readonly log: () => Iterable<LogLine>
  readonly head: Pick<LogLine, 'n' | 'chain'>
}

/** One box's whole log, held against what the callers were told. */
export class LogCheck {
  readonly problems: string[] = []
  readonly accounts = new Map<string, number>()
  /** Hits by gate. */
  readonly hits = new Map<string, number>()
  readonly #places = new Map<string, Place>()
  readonly #decided = new Map<string, Decided>()
  readonly #orphans = new Set<string>()
  readonly #streams = new Map<string, number>()
  n = 0
  chain = ''

  get orphans(): number {
    return this.#orphans.size
  }

  constructor(disk: Reads, ledger: Ledger) {
    for (const line of disk.log()) {
      if (line.n !== this.n + 1) this.#problem(`entry ${line.n} follows entry ${this.n}`)
      this.chain = chainAfter(this.chain, line)
      if (this.chain !== line.chain) this.#problem(`the running hash at entry ${line.n} is another`)
      this.n = line.n
      const reading = readEntry(line)
      if (reading.is === 'record') this.#addRecord({ ...reading, n: line.n })
      if (reading.is === 'decision') this.#addDecision(reading.key, { ...reading, n: line.n })
      if (reading.is === 'orphans') this.#addOrphans(reading.keys)
    }
    if (!isDeepStrictEqual(disk.head, { n: this.n, chain: this.chain }))
      this.#problem(`the head is told as ${JSON.stringify(disk.head)} and is entry ${this.n}`)
    this.#holdRecords(ledger)
    this.#holdWishes(ledger)
    this.#holdAccounts(ledger)
  }

  #addRecord({ name, ...place }: Place & { readonly name: string | undefined }): void {
    const last = this.#streams.get(place.stream) ?? 0
    if (place.seq !== last + 1)
      this.#problem(`entry ${place.n}: seq ${place.seq} of stream ${place.stream} follows seq ${last}`)
    this.#streams.set(place.stream, place.seq)
    if (name === undefined) return
    const before = this.#places.get(name)
    if (before) this.#problem(`${name} is doubled: entries ${before.n} and ${place.n}`)
    this.#places.set(name, place)
    const gate = name.slice(0, name.lastIndexOf(' '))
    this.hits.set(gate, (this.hits.get(gate) ?? 0) + 1)
  }

  #addDecision(key: string, decided: Decided): void {
    const before = this.#decided.get(key)
    if (before) this.#problem(`key ${key} is doubled: entries ${before.n} and ${decided.n}`)
    this.#decided.set(key, decided)
    for (const { account, cents } of decided.moves)
      this.accounts.set(account, (this.accounts.get(account) ?? 0) + cents)
  }

  #addOrphans(keys: readonly string[]): void {
    for (const key of keys) {
      if (this.#orphans.has(key)) this.#problem(`key ${key} is an orphan twice`)
      this.#orphans.add(key)
    }
  }

  #holdRecords({ batches }: Ledger): void {
    for (const { names, recorded, refused } of batches) {
      const places = names.map((name) => this.#places.get(name))
      const count = places.filter((place) => place !== undefined).length
      if (count > 0 && count < names.length) this.#problem(`${names.join(', ')}: a call was kept in part`)
      if (count > 0 && refused !== undefined) this.#problem(`${names[0]} was refused (${refused}), and kept`)
      if (!recorded) continue
      if (count < names.length) this.#problem(`${names[0]} was acknowledged and is lost`)
      const { box, stream, from } = recorded
      const isThere = (place: Place | undefined, index: number) =>
        place?.box === box && place.stream === stream && place.seq === from + index
      if (count === names.length && !places.every(isThere)) this.#problem(`${names[0]} stands elsewhere`)
    }
  }

  #holdWishes({ wishes }: Ledger): void {
    for (const { key, moves, answers, refused } of wishes) {
      if (refused !== undefined && refused !== 'insufficient') this.#problem(`key ${key}: ${refused}`)
      // Nobody else had it when it was answered: people will settle it.
      if (this.#orphans.has(key) && answers.every(({ copies }) => copies === 1)) continue
      const decided = this.#decided.get(key)
      if (answers.length > 0 && !decided) this.#problem(`key ${key} was answered and is lost`)
      if (!decided) continue
      if (!isDeepStrictEqual(decided.moves, moves)) this.#problem(`key ${key} moved something else`)
      const isSame = ({ n, answer }: { readonly n: number; readonly answer: unknown }) =>
        n === decided.n && isDeepStrictEqual(answer, decided.answer)
      if (!answers.every(isSame)) this.#problem(`key ${key} was answered in two ways`)
      if (answers.slice(1).some(({ again }) => !again)) this.#problem(`key ${key} was decided twice`)
    }
  }

  /** What moved is what was answered, to the cent; and nothing came from nowhere. */
  #holdAccounts({ wishes }: Ledger): void {
    const expected = new Map<string, number>()
    for (const { key, moves, answers, unclear } of wishes) {
      // A question whose asker went away may be decided long after the asker was refused elsewhere.
      const isLate = unclear > 0 && this.#decided.has(key)
      if ((answers.length === 0 && !isLate) || (this.#orphans.has(key) && !this.#decided.has(key))) continue
      for (const { account, cents } of moves) expected.set(account, (expected.get(account) ?? 0) + cents)
    }
    const sum = [...this.accounts.values()].reduce((total, cents) => total + cents, 0)
    if (sum !== 0) this.#problem(`the sum of all accounts is ${sum}`)
    if (!isDeepStrictEqual(expected, this.accounts))
      this.#problem(
        `the accounts are ${JSON.stringify([...this.accounts])}, the answers ${JSON.stringify([...expected])}`,
      )
  }

  #problem(words: string): void {
    this.problems.push(words)
  }
}

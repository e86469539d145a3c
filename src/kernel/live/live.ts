import { canonical, sha256 } from '../digest.ts'
import type { Machine } from '../machine.ts'
import type { Known } from '../pack/kinds.ts'
import type { KnownQuery } from '../pack/known-queries.ts'
import type { Touched } from '../views/touched.ts'
import type { Has } from './messages.ts'
import type { Runner } from './runner.ts'
import { SiteAnswer } from './site-answer.ts'
import type { SlowRun } from './slow-runs.ts'
import { SlowRuns } from './slow-runs.ts'
import type { Reader } from './topic.ts'
import { Topic } from './topic.ts'
import type { Lines } from './versions.ts'

export type { Reader, SlowRun }

/** What a site's views tell those who read them live. */
export type LiveFeed = {
  /** Its views stand at its log: from now on answers are given. */
  readonly opened: (site: string) => void
  /** A commit changed this. */
  readonly touched: (site: string, touched: Touched) => void
  /** The log is being given up from some entry on: nothing is answered until `opened`. */
  readonly gaveUp: (site: string) => void
}

/** What somebody wants to read. Whether he may, was looked at before. */
export type Wanted = {
  readonly query: string
  /** One; or, of a query that goes across, a list of any length, whose rows then name their site. */
  readonly sites: string | readonly string[]
  readonly input: unknown
  readonly has?: Has | undefined
  /** He does not need it more often. */
  readonly everyMs?: number | undefined
}

export type Refusal = {
  readonly is: 'refused'
  readonly code: string
  readonly detail: Readonly<Record<string, string | number>>
}
export type Reading = {
  readonly is: 'reading'
  readonly topic: string
  readonly key: readonly string[]
  /** The reader has room again. */
  readonly drained: () => void
  readonly stop: () => void
}
export type Asked =
  /** `rows`: by their keys, ascending, both as JSON text. */
  | { readonly is: 'answer'; readonly n: number; readonly hash: string; readonly rows: Lines }
  /** There is nothing to read just now. */
  | { readonly is: 'away' }
  | { readonly is: 'failed'; readonly why: string; readonly isLarge: boolean }
  | Refusal

/** A topic without readers is kept for so long, for those whose connection broke. */
const lingerMs = 30_000
/** So many different questions are kept at a time. */
const mostTopics = 5_000

type Parts = {
  readonly known: Known
  readonly runner: Runner
  readonly machine: Machine
  readonly serves: (site: string) => boolean
}

type Kept = { readonly topic: Topic; readonly answers: readonly SiteAnswer[]; cancel: () => void }

/** All live queries of a box. Who asks the same is told by the same topic. */
export class Live implements LiveFeed {
  readonly #parts: Parts
  readonly #open = new Set<string>()
  readonly #topics = new Map<string, Kept>()
  readonly #answers = new Map<string, SiteAnswer>()
  readonly #slow = new SlowRuns()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Queries that lately took longer than they may, the worst first. */
  get slow(): readonly SlowRun[] {
    return this.#slow.all
  }

  get readers(): number {
    return [...this.#topics.values()].reduce((sum, { topic }) => sum + topic.readers, 0)
  }

  get topics(): number {
    return this.#topics.size
  }

  /** The reader is told what is so, and then what changes, until it stops. */
  read(wanted: Wanted, reader: Reader): Reading | Refusal {
    const checked = this.#check(wanted)
    if ('code' in checked) return checked
    const { query, input } = checked
    const sites = typeof wanted.sites === 'string' ? wanted.sites : [...new Set(wanted.sites)].toSorted()
    const name = sha256(canonical([query.name, sites, input])).slice(0, 22)
    let kept: Kept | undefined
    try {
      kept = this.#topics.get(name) ?? this.#addTopic(name, query, sites, input)
    } catch (error) {
      return refused('internal', { query: query.name, problem: String(error).slice(0, 500) })
    }
    if (!kept) return refused('too-many', { most: mostTopics })
    kept.cancel()
    const { drained, leave } = kept.topic.add(reader, wanted.has, wanted.everyMs ?? 0)
    const key = typeof sites === 'string' ? query.query.key : ['site', ...query.query.key]
    return { is: 'reading', topic: name, key, drained, stop: leave }
  }

  /** One answer, now. */
  async ask(wanted: Wanted): Promise<Asked> {
    const checked = this.#check(wanted)
    if ('code' in checked) return checked
    const { sites } = wanted
    if (typeof sites !== 'string') return refused('one-site', { query: wanted.query })
    const answer = this.#answerOf(sites, checked.query, checked.input)
    // The first may have begun before this was asked.
    for (let run = 0; run < 2 && answer.isPending; run += 1) await answer.refresh()
    this.#forgetUnread(answer)
    const { now, failure } = answer
    if (failure !== undefined) return { is: 'failed', why: failure, isLarge: answer.isLarge }
    return now ? { is: 'answer', n: now.n, hash: now.hash, rows: now.rows } : { is: 'away' }
  }

  opened(site: string): void {
    this.#open.add(site)
    for (const answer of this.#answersOf(site)) answer.expire()
  }

  touched(site: string, touched: Touched): void {
    if (this.#answers.size === 0) return
    for (const answer of this.#answersOf(site)) answer.touched(touched)
  }

  gaveUp(site: string): void {
    this.#open.delete(site)
    for (const answer of this.#answersOf(site)) answer.gaveUp()
    for (const { topic } of this.#topics.values()) if (topic.sites.includes(site)) topic.gaveUp()
  }

  stop(): void {
    for (const { topic, cancel } of this.#topics.values()) {
      cancel()
      topic.end()
    }
    this.#topics.clear()
    this.#answers.clear()
  }

  #check(wanted: Wanted): { readonly query: KnownQuery; readonly input: string } | Refusal {
    const query = this.#parts.known.queries.get(wanted.query)
    if (!query) return refused('unknown-query', { query: wanted.query })
    const sites = typeof wanted.sites === 'string' ? [wanted.sites] : wanted.sites
    const unknown = sites.find((site) => !this.#parts.serves(site))
    if (unknown !== undefined) return refused('unknown-site', { site: unknown })
    if (typeof wanted.sites !== 'string' && (sites.length === 0 || query.query.across !== true))
      return refused('one-site', { query: wanted.query })
    const input = query.query.input.safeParse(wanted.input)
    if (input.success) return { query, input: canonical(input.data ?? null) }
    const [issue] = input.error.issues
    return refused('malformed', { field: issue?.path.join('.') ?? '', problem: issue?.message ?? '' })
  }

  #addTopic(name: string, query: KnownQuery, sites: Wanted['sites'], input: string): Kept | undefined {
    if (this.#topics.size >= mostTopics) {
      const [unread] = [...this.#topics].find(([, { topic }]) => topic.readers === 0) ?? []
      if (unread === undefined) return undefined
      this.#drop(unread)
    }
    const all = typeof sites === 'string' ? [sites] : sites
    const answers = all.map((site) => this.#answerOf(site, query, input))
    const parts = { machine: this.#parts.machine, across: typeof sites !== 'string', left: () => left() }
    const kept: Kept = { topic: new Topic(name, answers, parts), answers, cancel: () => {} }
    const left = () => {
      kept.cancel = parts.machine.timers.after(lingerMs, () => this.#drop(name))
    }
    this.#topics.set(name, kept)
    return kept
  }

  #drop(name: string): void {
    const kept = this.#topics.get(name)
    if (!kept) return
    kept.cancel()
    this.#topics.delete(name)
    kept.topic.end()
    for (const answer of kept.answers) this.#forgetUnread(answer)
  }

  #answerOf(site: string, query: KnownQuery, input: string): SiteAnswer {
    const name = answerName(site, query.name, input)
    const known = this.#answers.get(name)
    if (known) return known
    const parts = {
      runner: this.#parts.runner,
      isOpen: (each: string) => this.#open.has(each),
      ran: this.#slow.ran.bind(this.#slow),
    }
    const made = new SiteAnswer(parts, site, query, input)
    this.#answers.set(name, made)
    return made
  }

  #forgetUnread(answer: SiteAnswer): void {
    if (!answer.isRead) this.#answers.delete(answerName(answer.site, answer.query.name, answer.input))
  }

  #answersOf(site: string): readonly SiteAnswer[] {
    return [...this.#answers.values()].filter((answer) => answer.site === site)
  }
}

const answerName = (site: string, query: string, input: string): string => `${site} ${query} ${input}`

const refused = (code: string, detail: Refusal['detail']): Refusal => ({ is: 'refused', code, detail })

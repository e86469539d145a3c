import type { At, Has, Telling } from '../../kernel/live/messages.ts'

export type Row = Readonly<Record<string, unknown>>

/** Why there is no answer: a code and what its sentence needs, or the words of what failed. */
export type Why = { readonly code: string; readonly detail: Readonly<Record<string, string | number>> }

/**
 * What a page has of one question. `starting`: nothing yet. `live`: the box vouches for it. `old`: it was so, and the
 * box is away. `refused`, `failed`: as the box said; what it told before is still there.
 */
export type Answer<R> = {
  readonly state: 'starting' | 'live' | 'old' | 'refused' | 'failed'
  readonly rows: readonly R[]
  /** The entry of each site's log at which it was so. */
  readonly at: At
  readonly why: Why | undefined
  /** Milliseconds since the box last vouched for it; undefined where it never has. Right whenever it is asked. */
  readonly age: () => number | undefined
}

type About = Extract<Telling, { readonly topic: string }>

/** What was told about one question, put together as the box says (LIVE-7). */
export class Holding {
  readonly id: string
  readonly query: string
  readonly site: string | undefined
  readonly input: unknown
  readonly everyMs: number | undefined
  topic: string | undefined
  refusal: Why | undefined
  /** The box told it on the socket that is open now. */
  isTold = false
  #key: readonly string[] = []
  #rows = new Map<string, Row>()
  #hash: string | undefined
  #at: At = {}
  #failure: string | undefined
  /** When the box last vouched for it on a socket that is gone. */
  #vouched: number | undefined

  constructor(asked: {
    readonly id: string
    readonly query: string
    readonly site: string | undefined
    readonly input: unknown
    readonly everyMs: number | undefined
  }) {
    this.id = asked.id
    this.query = asked.query
    this.site = asked.site
    this.input = asked.input
    this.everyMs = asked.everyMs
  }

  get has(): Has | undefined {
    return this.#hash === undefined ? undefined : { hash: this.#hash, at: this.#at }
  }

  reading(topic: string, key: readonly string[]): void {
    this.topic = topic
    this.#key = key
    this.refusal = undefined
  }

  /** False where this is about something else than what is here: it must be asked anew. */
  take(telling: Exclude<About, { readonly t: 'reading' }>): boolean {
    if (telling.t === 'failed') {
      this.#failure = telling.why
      return true
    }
    if (telling.t === 'same' && telling.hash !== this.#hash) return false
    if (telling.t === 'change' && telling.from !== this.#hash) return false
    this.#failure = undefined
    this.isTold = true
    this.#at = telling.at
    this.#hash = telling.hash
    if (telling.t === 'same') return true
    if (telling.t === 'rows') this.#rows = new Map()
    for (const row of telling.t === 'rows' ? telling.rows : telling.put) this.#rows.set(this.#keyOf(row), row)
    if (telling.t === 'change') for (const key of telling.gone) this.#rows.delete(JSON.stringify(key))
    return true
  }

  /** What is here does not fit what the box tells: it is asked anew, and shown meanwhile. */
  forget(heard: number): void {
    this.lost(heard)
    this.#hash = undefined
  }

  /** The socket is gone on which the box was last heard at `heard`. */
  lost(heard: number): void {
    if (this.isTold) this.#vouched = heard
    this.isTold = false
    this.topic = undefined
  }

  /** `heard`: when the box was last heard on the socket that is open; `isFresh`: that is not long ago. */
  answer(isFresh: boolean, heard: () => number, now: () => number): Answer<Row> {
    return {
      state: this.#stateOf(isFresh),
      rows: [...this.#rows.values()],
      at: this.#at,
      why: this.refusal ?? (this.#failure === undefined ? undefined : failed(this.#failure)),
      age: () => {
        const vouched = this.isTold ? heard() : this.#vouched
        return vouched === undefined ? undefined : Math.max(0, now() - vouched)
      },
    }
  }

  #stateOf(isFresh: boolean): Answer<Row>['state'] {
    if (this.refusal) return 'refused'
    if (this.#failure !== undefined) return 'failed'
    if (this.#vouched === undefined && !this.isTold) return 'starting'
    return isFresh && this.isTold ? 'live' : 'old'
  }

  #keyOf(row: Row): string {
    return JSON.stringify(this.#key.map((field) => row[field]))
  }
}

const failed = (why: string): Why => ({ code: 'failed', detail: { why } })

import type { Live } from '../../kernel/live/live.ts'
import type { Machine } from '../../kernel/machine.ts'
import type { KnownTopic } from '../../kernel/topics/known-topics.ts'
import { fillFilter, isTouching, isWithin } from './topic-names.ts'
import type { Carried } from './carried.ts'
import type { Routes } from './routes.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'

type Row = Readonly<Record<string, unknown>>
/** What the live query says: all rows, or how they differ. See docs/spec/live.md. */
type Telling =
  | { readonly t: 'rows'; readonly rows: readonly Row[] }
  | { readonly t: 'change'; readonly put: readonly Row[]; readonly gone: readonly (readonly unknown[])[] }
  | { readonly t: 'same' | 'failed' }

/** One told query of one site: what is said on which topic, by the key of its row. */
type Running = {
  readonly known: KnownTopic
  readonly site: string
  readonly rows: Map<string, Carried>
  /** What stands at another broker, from before: whose broker it is, by topic. */
  readonly standing: Map<string, Session>
  hasBegun: boolean
  stop: () => void
}

type Parts = {
  readonly live: Live
  readonly machine: Machine
  readonly routes: Routes
  readonly sessions: Sessions
}

const none = new Uint8Array()
/** More than any query has rows that are told. */
const mostStanding = 5_000
const nameOf = ({ name }: KnownTopic, site: string): string => `${site} ${name}`

/**
 * Rows of queries as retained messages. A query is read while some client that is connected has subscribed to it; who
 * comes, or comes back, hears how things are, and then what they become.
 */
export class Tells {
  readonly #parts: Parts
  readonly #running = new Map<string, Running>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** A session listens to this filter from now on. */
  listen(session: Session, filter: string, isNew: boolean): void {
    const parts = filter.split('/')
    for (const known of this.#parts.routes.tells(filter)) {
      // Who is the first hears it as it comes.
      const running = this.#running.get(nameOf(known, session.site))
      if (!running) this.#begin(known, session.site)
      if (!running || !isNew) continue
      for (const carried of running.rows.values())
        if (isWithin(parts, carried.topic.split('/'))) this.#give(session, carried, true)
    }
  }

  /** A broker retains this from before: if there is no such row any more, it is told so. */
  standsAt(session: Session, known: KnownTopic, topic: string): void {
    const running = this.#running.get(nameOf(known, session.site)) ?? this.#begin(known, session.site)
    if (!running || running.standing.size >= mostStanding) return
    running.standing.set(topic, session)
    if (running.hasBegun) this.#clear(running)
  }

  #clear({ rows, standing }: Running): void {
    const told = new Set(Array.from(rows.values(), ({ topic }) => topic))
    for (const [topic, session] of standing)
      if (!told.has(topic))
        this.#give(session, { topic, payload: none, properties: {}, expires: undefined }, true)
    standing.clear()
  }

  /** Some session listens no more: what nobody listens to is not read. */
  left(): void {
    for (const [name, running] of this.#running) {
      if (this.#isHeard(running)) continue
      running.stop()
      this.#running.delete(name)
    }
  }

  stop(): void {
    for (const { stop } of this.#running.values()) stop()
    this.#running.clear()
  }

  #isHeard({ known, site }: Running): boolean {
    return [...this.#parts.sessions].some(
      (session) =>
        session.site === site &&
        session.outlet !== undefined &&
        [...session.subscriptions.values()].some(({ parts }) => isTouching(parts, known.levels)),
    )
  }

  #begin(known: KnownTopic, site: string): Running | undefined {
    const name = nameOf(known, site)
    const { topic, pack } = known
    if (topic.is !== 'tell') return undefined
    const running: Running = {
      known,
      site,
      rows: new Map(),
      standing: new Map(),
      hasBegun: false,
      stop: () => {},
    }
    this.#running.set(name, running)
    const query = `${pack.name}.${topic.query}`
    const reader = { send: (message: Uint8Array) => this.#hear(running, message), waiting: () => 0 }
    const reading = this.#parts.live.read({ query, sites: site, input: topic.input }, reader)
    if (reading.is === 'reading') {
      running.stop = reading.stop
      return running
    }
    this.#running.delete(name)
    this.#parts.machine.log('error', `mqtt: ${known.name} cannot be told at ${site}: ${reading.code}`)
    return undefined
  }

  #hear(running: Running, message: Uint8Array): void {
    const telling = JSON.parse(Buffer.from(message).toString()) as Telling
    if (telling.t === 'rows') {
      const next = new Map(telling.rows.map((row) => [this.#keyOf(running, row), row]))
      for (const key of running.rows.keys()) if (!next.has(key)) this.#gone(running, key)
      for (const [key, row] of next) this.#put(running, key, row)
      running.hasBegun = true
      this.#clear(running)
    } else if (telling.t === 'change') {
      for (const key of telling.gone) this.#gone(running, JSON.stringify(key))
      for (const row of telling.put) this.#put(running, this.#keyOf(running, row), row)
    }
  }

  #keyOf({ known: { pack, topic } }: Running, row: Row): string {
    const query = topic.is === 'tell' ? pack.queries?.[topic.query] : undefined
    return JSON.stringify((query?.key ?? []).map((field) => row[field]))
  }

  #put(running: Running, key: string, row: Row): void {
    const { known, rows } = running
    const name = fillFilter(known.levels, { ...row, site: running.site })
    if (known.topic.is !== 'tell' || name === undefined) return
    const said = known.topic.payload ? known.topic.payload(row) : row
    const carried: Carried = {
      topic: name,
      payload: Buffer.from(JSON.stringify(said ?? null)),
      properties: {},
      expires: undefined,
    }
    const before = rows.get(key)
    if (before && before.topic === name && Buffer.from(before.payload).equals(carried.payload)) return
    if (before && before.topic !== name) this.#gone(running, key)
    rows.set(key, carried)
    this.#tell(running, carried)
  }

  #gone(running: Running, key: string): void {
    const before = running.rows.get(key)
    if (!before) return
    running.rows.delete(key)
    this.#tell(running, { ...before, payload: none })
  }

  /** The first that is heard of a query is how things are, and marked as such. */
  #tell({ site, hasBegun }: Running, carried: Carried): void {
    const topic = carried.topic.split('/')
    for (const session of this.#parts.sessions) {
      if (session.site !== site || !session.outlet) continue
      const fit = session.fit(topic)
      if (fit) this.#give(session, carried, !hasBegun || fit.asPublished)
    }
  }

  #give(session: Session, carried: Carried, retain: boolean): void {
    this.#parts.sessions.give(session, { carried, qos: 1 }, { retain, replaces: true })
  }
}

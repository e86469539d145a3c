import type { Instant } from '../instant.ts'
import type { KnownQuery } from '../pack/known-queries.ts'
import type { Known } from '../pack/kinds.ts'
import type { Live, Reading, Wanted } from './live.ts'
import type { Asking } from './messages.ts'
import { beatBytes, parseAsking, readingBytes, refusedBytes } from './messages.ts'

/** One socket of a reader, whatever carries it: whole messages, in order, until it closes. */
export type LiveChannel = {
  readonly send: (message: Uint8Array) => void
  readonly close: (why: string) => void
}

/** Who reads, as the door has found out. */
export type Rights = {
  /** Of the sites of this box, those of which he may ask this query. */
  readonly sites: (query: KnownQuery) => readonly string[]
}

/** So much may one socket read at a time. */
const mostReadings = 200
/** Who asks on and on, and says of none of so many messages that he got it, is no reader. */
const mostUnheard = 1000

/** What is being read, and what let its reader do so. */
type Held = {
  readonly reading: Reading
  readonly query: KnownQuery
  readonly site: string | undefined
  readonly sites: Wanted['sites']
}

/**
 * One reader's socket: what it asks for, and how much is on its way to it. It says what it has dealt with, since the
 * buffers on the way would hold seconds of old news (LIVE-9).
 */
export class LiveSession {
  readonly #live: Live
  readonly #known: Known
  readonly #channel: LiveChannel
  readonly #rights: Rights
  readonly #now: () => Instant
  readonly #readings = new Map<string, Held>()
  readonly #topics = new Map<string, string>()
  /** Sizes of the messages that have not been dealt with, oldest first. */
  #sizes: number[] = []
  #waiting = 0
  #got = 0
  #over = false

  constructor(parts: {
    readonly live: Live
    readonly known: Known
    readonly channel: LiveChannel
    readonly rights: Rights
    /** By the best clock of the box. */
    readonly now: () => Instant
  }) {
    this.#live = parts.live
    this.#known = parts.known
    this.#channel = parts.channel
    this.#rights = parts.rights
    this.#now = parts.now
  }

  /** Something came from the reader. What is not as agreed ends the session. */
  message(bytes: Uint8Array): void {
    if (this.#over) return
    if (this.#sizes.length > mostUnheard) return this.#close('it asks, and does not listen')
    const asking = parseAsking(bytes)
    if (!asking) return this.#close('this is not a message of the live protocol')
    switch (asking.t) {
      case 'read':
        return this.#read(asking)
      case 'stop':
        return this.#stop(asking.id)
      case 'got':
        return this.#dealtWith(asking.count)
      case 'beat':
        this.#dealtWith(asking.count)
        return this.#send(beatBytes(this.#now()))
    }
  }

  /** What the reader may see may have changed: what he may not see any more, or not in this way, ends now (LIVE-20). */
  review(): void {
    for (const [id, { query, site, sites }] of this.#readings) {
      const may = this.#sitesFor(query, site)
      if (may !== undefined && JSON.stringify(may) === JSON.stringify(sites)) continue
      this.#stop(id)
      this.#refuse(id, may === undefined ? 'not-allowed' : 'sites-changed', { query: query.name })
    }
  }

  /** The socket is closed. */
  closed(): void {
    this.#over = true
    for (const { reading } of this.#readings.values()) reading.stop()
    this.#readings.clear()
    this.#topics.clear()
    this.#sizes = []
  }

  #read(asking: Asking & { t: 'read' }): void {
    const { id } = asking
    if (this.#readings.has(id)) return this.#refuse(id, 'id-in-use', { id })
    if (this.#readings.size >= mostReadings) return this.#refuse(id, 'too-many', { most: mostReadings })
    const query = this.#known.queries.get(asking.query)
    if (!query) return this.#refuse(id, 'unknown-query', { query: asking.query })
    const { site, query: name, input, has, everyMs } = asking
    const sites = this.#sitesFor(query, site)
    if (sites === undefined)
      return this.#refuse(id, 'not-allowed', site === undefined ? { query: name } : { site })
    let held: Uint8Array[] | undefined = []
    const reader = {
      waiting: () => this.#waiting,
      send: (message: Uint8Array) => (held ? void held.push(message) : this.#send(message)),
    }
    const reading = this.#live.read({ query: name, sites, input, has, everyMs }, reader)
    if (reading.is === 'refused') return this.#refuse(id, reading.code, reading.detail)
    const twice = this.#topics.get(reading.topic)
    if (twice !== undefined) {
      reading.stop()
      return this.#refuse(id, 'read-already', { id: twice })
    }
    this.#readings.set(id, { reading, query, site, sites })
    this.#topics.set(reading.topic, id)
    // The reader must know the topic before it hears of it.
    this.#send(readingBytes(id, reading.topic, reading.key))
    const first = held
    held = undefined
    for (const message of first) this.#send(message)
  }

  /** Nobody need name the only site of a box, and who asks for all of them gets rows that name theirs. */
  #sitesFor(query: KnownQuery, site: string | undefined): Wanted['sites'] | undefined {
    const may = this.#rights.sites(query)
    if (site !== undefined) return may.includes(site) ? site : undefined
    if (may.length === 0) return undefined
    return query.query.across ? may : (may.length === 1 && may[0]) || may
  }

  #stop(id: string): void {
    const reading = this.#readings.get(id)?.reading
    if (!reading) return
    this.#readings.delete(id)
    this.#topics.delete(reading.topic)
    reading.stop()
  }

  #dealtWith(count: number): void {
    const gone = count - this.#got
    if (gone < 0) return this.#close('it says that it got less than it said before')
    if (gone > this.#sizes.length) return this.#close('it says that it got what was never sent')
    this.#got = count
    for (const size of this.#sizes.splice(0, gone)) this.#waiting -= size
    for (const { reading } of this.#readings.values()) reading.drained()
  }

  #refuse(id: string, code: string, detail: Readonly<Record<string, string | number>>): void {
    this.#send(refusedBytes(id, code, detail))
  }

  #send(message: Uint8Array): void {
    if (this.#over) return
    this.#sizes.push(message.length)
    this.#waiting += message.length
    this.#channel.send(message)
  }

  #close(why: string): void {
    this.closed()
    this.#channel.close(why)
  }
}

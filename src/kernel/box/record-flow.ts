import type { RecordRow, StreamRow } from '../../store/truth.ts'
import type { Frame } from '../link/frames.ts'
import { parseRecords, recordLines } from '../link/lines.ts'
import { inBackground } from './background.ts'
import { Lane } from './lane.ts'
import type { Keeper } from './keeper.ts'
import { Retention } from './retention.ts'
import type { SitePeer, SiteParts } from './site-parts.ts'

const readBytes = 24 * 1024
const firstRetryMs = 1_000
const longestRetryMs = 10_000
/** With more than this to send first, what happens now goes its own way (LINK-12). */
const backlogRecords = 200

type Held = { readonly box: string; readonly first: number; readonly last: number }

/**
 * Records on their way to the log: those of this box, and those that pass through. What the log
 * here does not have is offered to the next box towards the keeper, which says what it has; the
 * rest is sent, live first. At the keeper they are ordered. Each is dropped nowhere, and each
 * counts once, by its place in its stream (LOG-9, LINK-6).
 */
export class RecordFlow {
  readonly #parts: SiteParts
  readonly #keeper: Keeper
  readonly #isKeeping: () => boolean
  readonly #next: () => SitePeer | undefined
  readonly #top: () => number
  readonly #backlog: () => void
  readonly #retention: Retention
  readonly #lane = new Lane()
  /** What this box's journal holds, by stream. */
  readonly #held = new Map<string, Held>()
  /** At the keeper: up to where each stream has been handed to the queue. */
  readonly #queued = new Map<string, number>()
  readonly #told = new Map<string, { readonly seq: number; readonly top: number }>()
  #draining = false
  #retryMs = firstRetryMs
  #turning = false

  constructor(
    parts: SiteParts,
    keeper: Keeper,
    way: {
      isKeeping: () => boolean
      next: () => SitePeer | undefined
      top: () => number
      backlog: () => void
    },
  ) {
    this.#parts = parts
    this.#retention = new Retention(parts.truth, parts.site, parts.limits)
    this.#keeper = keeper
    this.#isKeeping = way.isKeeping
    this.#next = way.next
    this.#top = way.top
    this.#backlog = way.backlog
  }

  load(streams: readonly StreamRow[]): void {
    for (const { box, stream, first, last } of streams) this.#held.set(stream, { box, first, last })
  }

  async open(): Promise<void> {
    await this.#retention.load()
  }

  /** Records in the journal here that the log here does not have. */
  async unsent(): Promise<number> {
    let count = 0
    for (const [stream, { first, last }] of this.#held) {
      count += Math.max(0, last - Math.max(first - 1, await this.#passed(stream)))
    }
    return count
  }

  /** This box has journalled records of its own. */
  written(stream: string, rows: readonly RecordRow[]): void {
    this.#hold(this.#parts.box, stream, rows)
    if (this.#isKeeping()) return this.#soon(this.#enqueue(this.#parts.box, stream, rows))
    const next = this.#next()
    if (next) this.#pushLive(next, this.#parts.box, stream, rows)
  }

  /** The log, or the way to the keeper, has changed. */
  async turn(): Promise<void> {
    if (this.#isKeeping()) return this.drain()
    const next = this.#next()
    if (next) await this.#offer(next)
  }

  /** At the keeper: orders what the journal holds and the log does not. */
  async drain(): Promise<void> {
    if (this.#draining) return
    this.#draining = true
    try {
      for (const [stream, { box, last }] of this.#held) {
        let from = await this.#expected(stream)
        while (from < last && this.#isKeeping()) {
          const rows = await this.#parts.truth.records(
            { site: this.#parts.site, box, stream },
            from,
            readBytes,
          )
          if (rows.length === 0 || !(await (await this.#enqueue(box, stream, rows)).durable)) break
          from = rows.at(-1)?.seq ?? last
        }
      }
    } finally {
      this.#draining = false
    }
  }

  /** Forgets what was queued for a log that was given up. */
  reset(): void {
    this.#queued.clear()
  }

  /** The peer says what it holds: answer with what is durable here, and it goes on from there. */
  async offered(peer: SitePeer, { streams }: Frame<'offer'>): Promise<void> {
    for (const [box, stream, first] of streams) {
      const seq = await this.#tellGot(peer, stream, true)
      if (seq + 1 < first) this.#warnGap(box, stream, seq + 1, first - 1)
    }
  }

  /** The peer says what it has of a stream, and what the top has: all that a box without the log ever learns. */
  got(peer: SitePeer, { stream, seq, top, again }: Frame<'got'>): void {
    if (again) peer.records.set(stream, seq)
    const before = this.#told.get(stream)
    this.#told.set(stream, { seq: Math.max(seq, before?.seq ?? 0), top: Math.max(top, before?.top ?? 0) })
    this.pumpSoon(peer)
  }

  /** Resolves when the records are on disk here, or can be asked for again. */
  async received(peer: SitePeer, frame: Frame<'records'>, lines: readonly string[]): Promise<void> {
    const rows = parseRecords(lines, frame.from)
    const { box, stream } = frame
    const taken = await this.#lane.run(async () => {
      return this.#isKeeping()
        ? this.#enqueue(box, stream, rows)
        : { durable: this.#passOn(box, stream, rows) }
    })
    if (await taken.durable) await this.#tellGot(peer, stream, false)
    else this.#askAgain(peer, stream)
  }

  pumpSoon(peer: SitePeer): void {
    this.#soon(this.pump(peer))
  }

  /** Sends the next records that a peer lacks, as far as there is room. */
  async pump(peer: SitePeer): Promise<void> {
    if (peer !== this.#next() || peer.busy) return
    peer.busy = true
    try {
      for (const [stream, held] of this.#held) {
        let sent = peer.records.get(stream)
        while (sent !== undefined && sent < held.last && peer.link.hasBacklogRoom()) {
          const name = { site: this.#parts.site, box: held.box, stream }
          const rows = await this.#parts.truth.records(name, sent, readBytes)
          if (rows.length === 0 || rows[0]?.seq !== sent + 1) break
          if (peer.records.get(stream) !== sent) break
          this.#send(peer, held.box, stream, rows)
          sent = peer.records.get(stream)
        }
      }
    } finally {
      peer.busy = false
    }
  }

  /**
   * Drops what need not be kept here: other boxes' records once the log here has them, this box's
   * own a week after the top has them, and never on an unknown clock (LOG-14).
   */
  async trim(epoch: number | null): Promise<void> {
    const { box: self, log } = this.#parts
    const tops = new Map<string, number>()
    for (const [stream, { box, first, last }] of this.#held) {
      if (last < first) continue
      const logged = Math.min(last, await log.position(stream))
      if (box !== self) await this.#drop(stream, logged)
      else
        tops.set(
          stream,
          Math.max(this.#top() >= log.history.n ? logged : 0, this.#told.get(stream)?.top ?? 0),
        )
    }
    if (epoch === null || tops.size === 0) return
    for (const [stream, upTo] of await this.#retention.seen(tops, epoch)) await this.#drop(stream, upTo)
  }

  async #drop(stream: string, upTo: number): Promise<void> {
    const held = this.#held.get(stream)
    if (!held || upTo < held.first) return
    const { site, truth } = this.#parts
    await truth.commit([{ do: 'trim', site, box: held.box, stream, upTo }])
    this.#held.set(stream, { ...held, first: upTo + 1, last: this.#held.get(stream)?.last ?? held.last })
  }

  /** How far a stream has left this box: into its own log, or, without one, to the box above. */
  async #passed(stream: string): Promise<number> {
    const logged = await this.#parts.log.position(stream)
    return this.#follows() ? logged : Math.max(logged, this.#told.get(stream)?.seq ?? 0)
  }

  /** No linked box says that this one does without the log. */
  #follows(): boolean {
    return [...this.#parts.peers.values()].every(({ sees }) => sees === 'whole')
  }

  async #offer(peer: SitePeer): Promise<void> {
    // Before its first word the peer does not listen yet (LINK-4).
    if (!peer.heard) return
    const streams: [string, string, number, number][] = []
    for (const [stream, { box, first, last }] of this.#held) {
      if (peer.offered.has(stream) || last <= (await this.#parts.log.position(stream))) continue
      peer.offered.add(stream)
      streams.push([box, stream, first, last])
      if (box === this.#parts.box && last - (await this.#passed(stream)) > backlogRecords) this.#backlog()
    }
    for (let at = 0; at < streams.length; at += 500) {
      peer.link.send({ t: 'offer', site: this.#parts.site, streams: streams.slice(at, at + 500) })
    }
  }

  #pushLive(peer: SitePeer, box: string, stream: string, rows: readonly RecordRow[]): void {
    const sent = peer.records.get(stream)
    const from = rows[0]?.seq ?? 1
    if (sent === undefined && from === 1 && peer.heard) {
      peer.records.set(stream, 0)
      peer.offered.add(stream)
    }
    if (peer.records.get(stream) === from - 1 && peer.link.hasLiveRoom()) this.#send(peer, box, stream, rows)
    else if (sent === undefined) this.#soon(this.#offer(peer))
  }

  #send(peer: SitePeer, box: string, stream: string, rows: readonly RecordRow[]): void {
    const { site } = this.#parts
    peer.records.set(stream, rows.at(-1)?.seq ?? 0)
    peer.link.sendRows(rows, (part) => {
      return { frame: { t: 'records', site, box, stream, from: part[0]?.seq ?? 1 }, lines: recordLines(part) }
    })
  }

  /** Keeper: hands the new part of `rows` to the queue. False where something before them is missing. */
  async #enqueue(
    box: string,
    stream: string,
    rows: readonly RecordRow[],
  ): Promise<{ readonly durable: Promise<boolean> }> {
    const expected = await this.#expected(stream)
    const fresh = rows.filter(({ seq }) => seq > expected)
    const from = fresh[0]?.seq
    if (from === undefined) return { durable: Promise.resolve(true) }
    if (from !== expected + 1) return { durable: Promise.resolve(false) }
    this.#queued.set(stream, fresh.at(-1)?.seq ?? expected)
    return { durable: this.#order(box, stream, fresh) }
  }

  async #order(box: string, stream: string, rows: readonly RecordRow[]): Promise<boolean> {
    try {
      await this.#keeper.submit({ do: 'records', box, stream, rows })
      this.#retryMs = firstRetryMs
      return true
    } catch {
      this.#queued.delete(stream)
      this.#turnLater()
      return false
    }
  }

  /** A box on the way: on disk here first, then onwards. */
  async #passOn(box: string, stream: string, rows: readonly RecordRow[]): Promise<boolean> {
    const durable = await this.#durable(stream)
    const fresh = rows.filter(({ seq }) => seq > durable)
    const from = fresh[0]?.seq
    if (from === undefined) return true
    if (from !== durable + 1) return false
    const name = { site: this.#parts.site, box, stream }
    const held = this.#held.get(stream)
    const jump = held && held.last + 1 !== from ? [{ do: 'trim' as const, ...name, upTo: held.last }] : []
    try {
      await this.#parts.truth.commit([...jump, { do: 'records', ...name, rows: fresh }])
    } catch {
      return false
    }
    this.#retryMs = firstRetryMs
    this.#hold(box, stream, fresh)
    const next = this.#next()
    if (next) this.#pushLive(next, box, stream, fresh)
    return true
  }

  #hold(box: string, stream: string, rows: readonly RecordRow[]): void {
    const [from, last] = [rows[0]?.seq ?? 1, rows.at(-1)?.seq ?? 0]
    const held = this.#held.get(stream)
    const joins = held && held.last + 1 === from && held.last >= held.first
    this.#held.set(stream, { box, first: joins ? held.first : from, last })
  }

  async #expected(stream: string): Promise<number> {
    return Math.max(this.#queued.get(stream) ?? 0, await this.#parts.log.position(stream))
  }

  /** How far a stream is on disk here, in the log or in the journal. */
  async #durable(stream: string): Promise<number> {
    const logged = await this.#parts.log.position(stream)
    const held = this.#held.get(stream)
    return held && held.first <= logged + 1 ? Math.max(logged, held.last) : logged
  }

  async #tellGot(peer: SitePeer, stream: string, again: boolean): Promise<number> {
    const seq = await this.#durable(stream)
    const { history } = this.#parts.log
    const top = this.#top() >= history.n ? await this.#parts.log.position(stream) : 0
    peer.link.send({ t: 'got', site: this.#parts.site, stream, seq, top, again })
    return seq
  }

  /** What came could not be kept now: after a while, the sender goes back to what is on disk here. */
  #askAgain(peer: SitePeer, stream: string): void {
    if (peer.askedAgain.has(stream)) return
    peer.askedAgain.add(stream)
    this.#parts.machine.timers.after(this.#nextRetry(), () => {
      peer.askedAgain.delete(stream)
      this.#soon(this.#tellGot(peer, stream, true))
    })
  }

  /** A disk that refuses is tried again at growing distances. */
  #nextRetry(): number {
    const wait = this.#retryMs
    this.#retryMs = Math.min(longestRetryMs, wait * 2)
    return wait
  }

  #soon(work: Promise<unknown>): void {
    inBackground(this.#parts.machine, `${this.#parts.site}: records`, work)
  }

  #turnLater(): void {
    if (this.#turning) return
    this.#turning = true
    this.#parts.machine.timers.after(this.#nextRetry(), () => {
      this.#turning = false
      this.#soon(this.turn())
    })
  }

  #warnGap(box: string, stream: string, from: number, to: number): void {
    this.#parts.machine.log(
      'warn',
      `${this.#parts.site}: records ${from} to ${to} of box ${box}, stream ${stream}, are missing`,
    )
  }
}

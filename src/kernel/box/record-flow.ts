import type { RecordRow, StreamRow } from '../../store/truth.ts'
import type { Frame } from '../link/frames.ts'
import { parseRecords } from '../link/lines.ts'
import { inBackground } from './background.ts'
import { Held } from './held.ts'
import { Lane } from './lane.ts'
import type { Keeper } from './keeper.ts'
import { RecordSender } from './record-sender.ts'
import type { SitePeer, SiteParts } from './site-parts.ts'

const readBytes = 24 * 1024
/** Records that were written together are ordered together, up to so many. */
const mostTogether = 512
const firstRetryMs = 1_000
const longestRetryMs = 10_000

type Way = {
  readonly isKeeping: () => boolean
  /** The neighbour towards the keeper. */
  readonly next: () => SitePeer | undefined
  readonly top: () => number
  readonly backlog: () => void
}

/**
 * Records on their way to the log: those of this box, and those that pass through. On a box on the
 * way they are made durable and go on; at the keeper they are ordered. Each is dropped nowhere, and
 * each counts once, by its place in its stream (LOG-9, LINK-6).
 */
export class RecordFlow {
  readonly #parts: SiteParts
  readonly #keeper: Keeper
  readonly #way: Way
  readonly #held: Held
  readonly #sender: RecordSender
  readonly #lane = new Lane()
  /** At the keeper: up to where each stream has been handed to the queue. */
  readonly #queued = new Map<string, number>()
  /** What the neighbour last said of each stream: all that a box without the log ever learns. */
  readonly #told = new Map<string, { readonly seq: number; readonly top: number }>()
  /** Of this box, journalled in this very moment. */
  readonly #fresh: { readonly stream: string; readonly rows: RecordRow[] }[] = []
  #draining = false
  #retryMs = firstRetryMs
  #turning = false

  constructor(parts: SiteParts, keeper: Keeper, way: Way) {
    this.#parts = parts
    this.#keeper = keeper
    this.#way = way
    this.#held = new Held(parts)
    this.#sender = new RecordSender(parts, this.#held, {
      next: way.next,
      passed: (stream) => this.#passed(stream),
      backlog: way.backlog,
    })
  }

  load(streams: readonly StreamRow[]): void {
    this.#held.load(streams)
  }

  open(): Promise<void> {
    return this.#held.open()
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
    const last = this.#fresh.at(-1)
    // One commit tells many callers, one after the other: their records go on as one.
    if (!last) queueMicrotask(() => this.#goOn())
    if (last?.stream === stream && last.rows.length < mostTogether) last.rows.push(...rows)
    else this.#fresh.push({ stream, rows: [...rows] })
  }

  /** The log, or the way to the keeper, has changed. */
  turn(): Promise<void> {
    return this.#way.isKeeping() ? this.drain() : this.#sender.turn()
  }

  /** At the keeper: orders what the journal holds and the log does not. */
  async drain(): Promise<void> {
    if (this.#draining) return
    this.#draining = true
    try {
      for (const [stream, { box, last }] of this.#held) {
        let from = await this.#expected(stream)
        while (from < last && this.#way.isKeeping()) {
          const name = { site: this.#parts.site, box, stream }
          const rows = await this.#parts.truth.records(name, from, readBytes)
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
      if (!this.#mayBring(peer, box, stream)) continue
      const seq = await this.#tellGot(peer, stream, true)
      if (seq + 1 < first) this.#warnGap(box, stream, seq + 1, first - 1)
    }
  }

  /** The peer says what it has of a stream, and what the top has. */
  got(peer: SitePeer, { stream, seq, top, again }: Frame<'got'>): void {
    if (again) peer.records.set(stream, seq)
    const before = this.#told.get(stream)
    this.#told.set(stream, { seq: Math.max(seq, before?.seq ?? 0), top: Math.max(top, before?.top ?? 0) })
    this.pumpSoon(peer)
  }

  /** Resolves when the records are on disk here, or can be asked for again. */
  async received(peer: SitePeer, frame: Frame<'records'>, lines: readonly string[]): Promise<void> {
    const { box, stream } = frame
    if (!this.#mayBring(peer, box, stream)) return
    const rows = parseRecords(lines, frame.from)
    const taken = await this.#lane.run(async () => {
      return this.#way.isKeeping()
        ? this.#enqueue(box, stream, rows)
        : { durable: this.#passOn(box, stream, rows) }
    })
    if (await taken.durable) await this.#tellGot(peer, stream, false)
    else this.#askAgain(peer, stream)
  }

  pumpSoon(peer: SitePeer): void {
    this.#sender.pumpSoon(peer)
  }

  /** Drops what need not be kept here, and nothing of its own on an unknown clock (LOG-14). */
  trim(knowsTime: boolean): Promise<void> {
    return this.#held.trim(knowsTime, (stream, logged) =>
      Math.max(this.#topHasLog() ? logged : 0, this.#told.get(stream)?.top ?? 0),
    )
  }

  #topHasLog(): boolean {
    return this.#way.top() >= this.#parts.log.history.n
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

  /** What this box would forward is refused above: whoever brings it keeps it, and shows that it is unsent. */
  #isSmall(): boolean {
    return [...this.#parts.peers.values()].some(({ isTrusted, sees }) => isTrusted && sees === 'small')
  }

  #goOn(): void {
    const { box } = this.#parts
    for (const { stream, rows } of this.#fresh.splice(0)) {
      this.#held.add(box, stream, rows)
      if (!this.#way.isKeeping()) this.#sender.push(box, stream, rows)
      else if (this.#queued.get(stream) === (rows[0]?.seq ?? 0) - 1) {
        // All before them are in the queue: nothing has to be asked first.
        this.#queued.set(stream, rows.at(-1)?.seq ?? 0)
        this.#soon(this.#order(box, stream, rows))
      } else this.#soon(this.#enqueue(box, stream, rows))
    }
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
    const last = rows.at(-1)?.seq ?? 0
    const ended = await this.#keeper.submit({ do: 'records', box, stream, rows }).catch(() => undefined)
    if (ended?.did === 'records' && ended.upTo >= last) {
      this.#retryMs = firstRetryMs
      return true
    }
    this.#queued.delete(stream)
    this.#turnLater()
    return false
  }

  /** A box on the way: on disk here first, then onwards. */
  async #passOn(box: string, stream: string, rows: readonly RecordRow[]): Promise<boolean> {
    const durable = await this.#held.durable(stream)
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
    this.#held.add(box, stream, fresh)
    this.#sender.push(box, stream, fresh)
    return true
  }

  async #expected(stream: string): Promise<number> {
    return Math.max(this.#queued.get(stream) ?? 0, await this.#parts.log.position(stream))
  }

  async #tellGot(peer: SitePeer, stream: string, again: boolean): Promise<number> {
    const seq = await this.#held.durable(stream)
    const top = this.#topHasLog() ? await this.#parts.log.position(stream) : 0
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

  #turnLater(): void {
    if (this.#turning) return
    this.#turning = true
    this.#parts.machine.timers.after(this.#nextRetry(), () => {
      this.#turning = false
      this.#soon(this.turn())
    })
  }

  #soon(work: Promise<unknown>): void {
    inBackground(this.#parts.machine, `${this.#parts.site}: records`, work)
  }

  /** Where another box is named, or its stream, the sender is wrong or worse (SITE-8). */
  #mayBring(peer: SitePeer, box: string, stream: string): boolean {
    const { machine, site } = this.#parts
    const isOf = this.#held.get(stream)?.box ?? box
    if (peer.mayBring(box) && isOf === box && !this.#isSmall()) return true
    if (!peer.warned)
      machine.log('warn', `${site}: box ${peer.box} brings records of box ${box}, which are refused`)
    peer.warned = true
    return false
  }

  #warnGap(box: string, stream: string, from: number, to: number): void {
    this.#parts.machine.log(
      'warn',
      `${this.#parts.site}: records ${from} to ${to} of box ${box}, stream ${stream}, are missing`,
    )
  }
}

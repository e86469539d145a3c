import type { RecordRow } from '../../store/truth.ts'
import { recordLines } from '../link/lines.ts'
import { inBackground } from './background.ts'
import type { Held } from './held.ts'
import type { SitePeer, SiteParts } from './site-parts.ts'

const readBytes = 24 * 1024
/** With more than this to send first, what happens now goes its own way (LINK-12). */
const backlogRecords = 200

type Way = {
  /** The neighbour towards the keeper. */
  readonly next: () => SitePeer | undefined
  /** How far a stream has left this box. */
  readonly passed: (stream: string) => Promise<number>
  /** A stream of this box has much to send before what happens now. */
  readonly backlog: () => void
}

/**
 * Records on their way out: what the log here does not have is offered to the neighbour towards the
 * keeper, which says what it has; the rest is sent, live first (LINK-6).
 */
export class RecordSender {
  readonly #parts: SiteParts
  readonly #held: Held
  readonly #way: Way

  constructor(parts: SiteParts, held: Held, way: Way) {
    this.#parts = parts
    this.#held = held
    this.#way = way
  }

  /** Offers what the neighbour has not been told of, and sends what it lacks. */
  async turn(): Promise<void> {
    const next = this.#way.next()
    if (!next) return
    await this.#offer(next)
    await this.pump(next)
  }

  /** Fresh on disk here: it leaves at once where the neighbour has all before it. */
  push(box: string, stream: string, rows: readonly RecordRow[]): void {
    const peer = this.#way.next()
    if (!peer) return
    const sent = peer.records.get(stream)
    const from = rows[0]?.seq ?? 1
    if (sent === undefined && from === 1 && peer.heard) {
      peer.records.set(stream, 0)
      peer.offered.add(stream)
    }
    if (peer.records.get(stream) === from - 1 && peer.link.hasLiveRoom()) this.#send(peer, box, stream, rows)
    else if (sent === undefined) this.#soon(this.#offer(peer))
    else this.pumpSoon(peer)
  }

  pumpSoon(peer: SitePeer): void {
    this.#soon(this.pump(peer))
  }

  /** Sends the next records that a peer lacks, as far as there is room. */
  async pump(peer: SitePeer): Promise<void> {
    if (peer !== this.#way.next() || peer.busy) return
    peer.busy = true
    try {
      for (const [stream, held] of this.#held) {
        let sent = await this.#sentTo(peer, stream)
        while (sent !== undefined && sent < held.last && peer.link.hasBacklogRoom()) {
          const name = { site: this.#parts.site, box: held.box, stream }
          const rows = await this.#parts.truth.records(name, sent, readBytes)
          // Where the next one is not held, it is in the salvage: the log here tells when the keeper has it.
          if (rows[0]?.seq !== sent + 1 || (await this.#sentTo(peer, stream)) !== sent) break
          this.#send(peer, held.box, stream, rows)
          sent = peer.records.get(stream)
        }
      }
    } finally {
      peer.busy = false
    }
  }

  /** Up to where a stream is under way to a peer, or in the log of both; undefined while it has not said what it has. */
  async #sentTo(peer: SitePeer, stream: string): Promise<number | undefined> {
    const sent = peer.records.get(stream)
    return sent === undefined ? undefined : Math.max(sent, await this.#parts.log.position(stream))
  }

  async #offer(peer: SitePeer): Promise<void> {
    // Before its first word the peer does not listen yet (LINK-4).
    if (!peer.heard) return
    const streams: [string, string, number, number][] = []
    for (const [stream, { box, first, last }] of this.#held) {
      if (peer.offered.has(stream) || last <= (await this.#parts.log.position(stream))) continue
      peer.offered.add(stream)
      streams.push([box, stream, first, last])
      if (box === this.#parts.box && last - (await this.#way.passed(stream)) > backlogRecords)
        this.#way.backlog()
    }
    for (let at = 0; at < streams.length; at += 500) {
      peer.link.send({ t: 'offer', site: this.#parts.site, streams: streams.slice(at, at + 500) })
    }
  }

  #send(peer: SitePeer, box: string, stream: string, rows: readonly RecordRow[]): void {
    const { site } = this.#parts
    peer.records.set(stream, rows.at(-1)?.seq ?? 0)
    peer.link.sendRows(rows, (part) => {
      return { frame: { t: 'records', site, box, stream, from: part[0]?.seq ?? 1 }, lines: recordLines(part) }
    })
  }

  #soon(work: Promise<unknown>): void {
    inBackground(this.#parts.machine, `${this.#parts.site}: records`, work)
  }
}

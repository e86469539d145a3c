import { StoreError } from '../../store/truth.ts'
import type { LogRow } from '../../store/truth.ts'
import type { Frame } from '../link/frames.ts'
import { entryLines, parseEntries } from '../link/lines.ts'
import { inBackground } from './background.ts'
import type { SitePeer, SiteParts } from './site-parts.ts'

/** Text read for one frame of backlog; zstd makes it a quarter or less. */
const frameTextBytes = 24 * 1024
/** A source that sends nothing for so long, although it has more, is asked again. */
const staleAfterMs = 2_000

/** Entries on their way to other boxes, and from them. */
export class EntryFlow {
  readonly #parts: SiteParts
  readonly #top: () => number
  readonly #reconsider: () => void
  #heardAt = 0
  readonly #reading = new Set<SitePeer>()
  /** The box that entries are taken from now. */
  source: SitePeer | undefined

  constructor(parts: SiteParts, top: () => number, reconsider: () => void) {
    this.#parts = parts
    this.#top = top
    this.#reconsider = reconsider
  }

  /** New entries are on disk here: those who are up to date get them at once, the others in their turn. */
  logged(rows: readonly LogRow[]): void {
    for (const peer of this.#parts.peers.values()) {
      const first = rows[0]
      if (first && peer.sentUpTo === first.n - 1 && peer.link.hasLiveRoom()) this.#send(peer, rows)
      else this.pumpSoon(peer)
    }
  }

  /** The log was cut: what is under way to others must be asked for anew. */
  cut(): void {
    for (const peer of this.#parts.peers.values()) peer.sentUpTo = undefined
    this.source = undefined
  }

  /** Tells everybody how far this box is on disk. */
  acknowledge(): void {
    const { site, log, peers } = this.#parts
    const { n, chain } = log.history
    for (const { link, standing } of peers.values()) {
      if (standing === 'whole') link.send({ t: 'ack', site, n, chain, top: this.#top() })
    }
  }

  /** Asks a peer for what it has beyond this log. */
  ask(peer: SitePeer): void {
    const { site, log, machine } = this.#parts
    this.source = peer
    this.#heardAt = machine.clock.mono()
    machine.timers.after(staleAfterMs, this.#reconsider)
    peer.link.send({ t: 'want', site, after: log.history.n, chain: log.history.chain })
  }

  /** Whether this peer must be asked: it is not the source, or was asked long ago and sent nothing. */
  isStale(peer: SitePeer): boolean {
    return peer !== this.source || this.#parts.machine.clock.mono() - this.#heardAt >= staleAfterMs
  }

  /** A peer asks. False where its log is not a beginning of this one: then both must compare again. */
  async wanted(peer: SitePeer, { after, chain }: Frame<'want'>): Promise<boolean> {
    if (!(await this.#hasEntry(after, chain))) return false
    peer.sentUpTo = after
    peer.acked = Math.max(peer.acked, after)
    this.pumpSoon(peer)
    return true
  }

  pumpSoon(peer: SitePeer): void {
    inBackground(this.#parts.machine, `${this.#parts.site}: entries`, this.pump(peer))
  }

  /** Sends the next entries that a peer lacks, as far as there is room. */
  async pump(peer: SitePeer): Promise<void> {
    if (this.#reading.has(peer)) return
    this.#reading.add(peer)
    try {
      const { log } = this.#parts
      while (peer.sentUpTo !== undefined && peer.sentUpTo < log.history.n && peer.link.hasBacklogRoom()) {
        const after: number = peer.sentUpTo
        const rows = await log.entries(after, frameTextBytes)
        if (peer.sentUpTo !== after || rows[0]?.n !== after + 1) break
        this.#send(peer, rows)
      }
    } finally {
      this.#reading.delete(peer)
    }
  }

  /** Entries came. Those that follow this log are checked against its running hash and kept. */
  async received(peer: SitePeer, frame: Frame<'entries'>, lines: readonly string[]): Promise<void> {
    const { log, machine } = this.#parts
    try {
      await log.exclusive(async () => {
        const { n, chain } = log.history
        if (peer !== this.source || frame.after !== n) return
        this.#heardAt = machine.clock.mono()
        const rows = parseEntries(lines, n, chain)
        if (rows.length !== frame.count || rows.at(-1)?.chain !== frame.chain) {
          return peer.link.close(
            `the running hash after entry ${n + frame.count} differs: the two logs have parted`,
          )
        }
        await log.append(rows)
      })
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      this.source = undefined
      machine.timers.after(staleAfterMs, this.#reconsider)
    }
  }

  async #hasEntry(n: number, chain: string): Promise<boolean> {
    const { log } = this.#parts
    if (n === 0) return true
    if (n === log.history.n) return chain === log.history.chain
    if (n > log.history.n) return false
    const [row] = await log.entries(n - 1, 1)
    return row?.n === n && row.chain === chain
  }

  #send(peer: SitePeer, rows: readonly LogRow[]): void {
    const last = rows.at(-1) as LogRow
    const after = (rows[0] as LogRow).n - 1
    const frame = {
      t: 'entries',
      site: this.#parts.site,
      after,
      count: rows.length,
      chain: last.chain,
    } as const
    peer.sentUpTo = last.n
    peer.link.send(frame, entryLines(rows))
  }
}

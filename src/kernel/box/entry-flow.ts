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

/** Where entries are taken from. `refused`: the disk would not take them, and is left alone for a while. */
type Source =
  | { readonly is: 'none' }
  | { readonly is: 'asked'; readonly peer: SitePeer; readonly silent: boolean }
  | { readonly is: 'refused' }

type Arrived = {
  readonly peer: SitePeer
  readonly frame: Frame<'entries'>
  readonly lines: readonly string[]
}

/** Entries on their way to other boxes, and from them. */
export class EntryFlow {
  readonly #parts: SiteParts
  readonly #top: () => number
  readonly #reconsider: () => void
  #source: Source = { is: 'none' }
  #arrived: Arrived[] = []
  #cancelLook = () => {}
  readonly #reading = new Set<SitePeer>()
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
    this.#source = { is: 'none' }
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
    const { site, log } = this.#parts
    this.#source = { is: 'asked', peer, silent: false }
    this.#lookAgainLater()
    peer.link.send({ t: 'want', site, after: log.history.n, chain: log.history.chain })
  }

  /** Whether this peer is to be asked now: it is not the source yet, or has been silent for long. */
  mayAsk(peer: SitePeer): boolean {
    switch (this.#source.is) {
      case 'none':
        return true
      case 'asked':
        return this.#source.peer !== peer || this.#source.silent
      case 'refused':
        return false
    }
  }

  /** Entries are taken from nobody. */
  get isIdle(): boolean {
    return this.#source.is === 'none'
  }

  /** Entries are no longer taken from this peer, or from anybody. */
  leave(peer?: SitePeer): void {
    if (this.#source.is === 'asked' && (!peer || this.#source.peer === peer)) this.#source = { is: 'none' }
  }

  /** A peer asks. False where its log is not a beginning of this one: then both must compare again. */
  async wanted(peer: SitePeer, { after, chain }: Frame<'want'>): Promise<boolean> {
    if (!(await this.#hasEntry(after, chain))) return false
    peer.sentUpTo = after
    peer.acked = after
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

  /** Entries came. Resolves when they are on disk here, or are let go by. */
  async received(peer: SitePeer, frame: Frame<'entries'>, lines: readonly string[]): Promise<void> {
    const { log, machine, site } = this.#parts
    this.#arrived.push({ peer, frame, lines })
    try {
      await log.exclusive(() => this.#take())
    } catch (error) {
      if (!(error instanceof StoreError)) machine.log('error', `${site}: ${String(error)}`)
      // What else is under way is let go by; after a while this box asks again from where its disk stands.
      this.#source = { is: 'refused' }
      this.#lookAgainLater()
    }
  }

  /** What has arrived by now, and follows this log by its running hash, is kept with one commit. */
  async #take(): Promise<void> {
    const { log } = this.#parts
    const arrived = this.#arrived
    this.#arrived = []
    const rows: LogRow[] = []
    for (const { peer, frame, lines } of arrived) {
      const { n, chain } = rows.at(-1) ?? log.history
      if (this.#source.is !== 'asked' || peer !== this.#source.peer || frame.after !== n) continue
      const { silent } = this.#source
      this.#source = { is: 'asked', peer, silent: false }
      if (silent) this.#lookAgainLater()
      const next = checkedEntries(peer, frame, lines, chain)
      if (next) rows.push(...next)
    }
    if (rows.length > 0) await log.append(rows)
  }

  async #hasEntry(n: number, chain: string): Promise<boolean> {
    const { log } = this.#parts
    if (n === 0) return true
    if (n === log.history.n) return chain === log.history.chain
    if (n > log.history.n) return false
    const [row] = await log.entries(n - 1, 1)
    return row?.n === n && row.chain === chain
  }

  #lookAgainLater(): void {
    this.#cancelLook()
    const before = this.#source
    this.#cancelLook = this.#parts.machine.timers.after(staleAfterMs, () => {
      if (this.#source !== before) return this.#source.is === 'none' ? undefined : this.#lookAgainLater()
      // Nothing was heard, and the disk was let alone: who has more may be asked again.
      this.#source = before.is === 'asked' ? { ...before, silent: true } : { is: 'none' }
      this.#reconsider()
    })
  }

  #send(peer: SitePeer, rows: readonly LogRow[]): void {
    const { site } = this.#parts
    peer.sentUpTo = (rows.at(-1) as LogRow).n
    peer.link.sendRows(rows, (part) => {
      const [{ n }, { chain }] = [part[0] as LogRow, part.at(-1) as LogRow]
      return {
        frame: { t: 'entries', site, after: n - 1, count: part.length, chain },
        lines: entryLines(part),
      }
    })
  }
}

/** The entries of a frame; undefined, and the link closed, where they are not what its sender says they are. */
function checkedEntries(
  peer: SitePeer,
  { after, count, chain: end }: Frame<'entries'>,
  lines: readonly string[],
  chain: string,
): readonly LogRow[] | undefined {
  try {
    const rows = parseEntries(lines, after, chain)
    if (rows.length === count && rows.at(-1)?.chain === end) return rows
    peer.link.close(`the running hash after entry ${after + count} differs: the two logs have parted`)
  } catch (error) {
    peer.link.close(`entries after ${after}: ${error instanceof Error ? error.message : String(error)}`)
  }
  return undefined
}

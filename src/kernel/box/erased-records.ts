import type { Write } from '../../store/truth.ts'
import type { Origin } from '../entry.ts'
import type { Frame } from '../link/frames.ts'
import { hollowRecord } from './salvage-erasure.ts'
import type { SitePeer, SiteParts } from './site-parts.ts'

/** So many in one frame. */
const mostTold = 1000

/**
 * Records that the log here has erased, for boxes that do without the log: they hold their own until those are
 * trimmed, and hear of it from the box above (LOG-28).
 */
export class ErasedRecords {
  readonly #parts: SiteParts
  readonly #streams = new Map<string, Set<number>>()

  constructor(parts: SiteParts) {
    this.#parts = parts
  }

  /** The log has erased them: told at once to whoever is linked, and to others when they offer the stream. */
  add(records: readonly Origin[]): void {
    for (const [stream, all] of Map.groupBy(records, ({ stream: each }) => each)) {
      const known = this.#streams.get(stream) ?? new Set()
      this.#streams.set(stream, known)
      const fresh = all.filter(({ seq }) => !known.has(seq))
      for (const { seq } of fresh) known.add(seq)
      for (const peer of this.#parts.peers.values()) {
        const own = fresh.filter(({ box }) => box === peer.box)
        this.#tell(
          peer,
          stream,
          own.map(({ seq }) => seq),
        )
      }
    }
  }

  /** A box without the log says what it holds of its own. */
  offered(peer: SitePeer, { streams }: Frame<'offer'>): void {
    for (const [box, stream, first, last] of streams) {
      const erased = [...(this.#streams.get(stream) ?? [])]
      if (box === peer.box)
        this.#tell(
          peer,
          stream,
          erased.filter((seq) => seq >= first && seq <= last),
        )
    }
  }

  /** Only from the box above, and only where the log does not come here: else that says it. */
  async received(peer: SitePeer, { stream, seqs }: Frame<'erased'>): Promise<void> {
    if (!peer.isAbove || peer.sees === 'whole') return
    const { site, box, truth } = this.#parts
    const writes: Write[] = []
    for (const seq of seqs) {
      const [record] = await truth.records({ site, box, stream }, seq - 1, 1)
      if (record?.seq !== seq) continue
      const body = hollowRecord('q', record.body)
      if (body !== record.body) writes.push({ do: 'hollowRecord', site, box, stream, seq, body })
    }
    if (writes.length > 0) await truth.commit(writes)
  }

  #tell({ standing, link }: SitePeer, stream: string, seqs: readonly number[]): void {
    if (standing === 'whole') return
    const { site } = this.#parts
    for (let at = 0; at < seqs.length; at += mostTold)
      link.send({ t: 'erased', site, stream, seqs: seqs.slice(at, at + mostTold) })
  }
}

import type { Peer } from '../link/link.ts'
import type { Member } from '../site/writer.ts'
import type { Above } from './contract.ts'
import type { SiteLog } from './site-log.ts'
import type { Standing } from './site-parts.ts'

type Named = { readonly box: string; readonly publicKey: string }

/** A name alone is nobody: two sites may know a box by two keys. */
const isSame = (a: Named, b: Named): boolean => a.box === b.box && a.publicKey === b.publicKey

/** Who takes part in a site, and how, as its log and the box above say (SITE-4). */
export class Members {
  readonly #log: SiteLog
  readonly #above: () => Above | null
  #seen: { readonly boxes: readonly Member[]; readonly above: Above | null } = { boxes: [], above: null }

  constructor(log: SiteLog, above: () => Above | null) {
    this.#log = log
    this.#above = above
  }

  /** Another object whenever a box may take part in another way than before. */
  get now(): object {
    const { boxes } = this.#log.state
    const above = this.#above()
    if (this.#seen.boxes !== boxes || this.#seen.above !== above) this.#seen = { boxes, above }
    return this.#seen
  }

  isAbove(peer: Peer | undefined): boolean {
    const above = this.#above()
    return above !== null && peer !== undefined && isSame(above, peer)
  }

  /** The log assigns it, and it follows: being above is not enough. */
  isWhole(peer: Peer | undefined): boolean {
    return peer !== undefined && this.#log.state.boxes.some((each) => isSame(each, peer) && !each.small)
  }

  /** One that left may still bring what it recorded (LINK-7). */
  standingOf(peer: Peer): Standing {
    const { history, state } = this.#log
    // While the log is empty here, nobody can be told from the others, and there is nothing to give away.
    if (this.isAbove(peer) || history.n === 0) return 'whole'
    const member = state.boxes.find((each) => isSame(each, peer))
    if (member) return member.small ? 'small' : 'whole'
    // Without the log, it had nothing that another box recorded.
    return state.left.some((each) => isSame(each, peer) && !each.small) ? 'left' : 'guest'
  }

  /** The keys by which this site knows a box. */
  keysOf(box: string): readonly string[] {
    const above = this.#above()
    return keysOf(box, [...this.#log.state.boxes, ...(above ? [above] : [])])
  }

  /** The key with which a box left this site. */
  leftKeysOf(box: string): readonly string[] {
    return keysOf(box, this.#log.state.left)
  }
}

const keysOf = (box: string, all: readonly Named[]): readonly string[] =>
  all.filter((each) => each.box === box).map(({ publicKey }) => publicKey)

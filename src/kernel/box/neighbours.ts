import type { Link } from '../link/link.ts'
import { relate } from '../site/history.ts'
import type { Above } from './contract.ts'
import type { Members } from './members.ts'
import type { SiteKey } from './site-key.ts'
import type { SiteLog } from './site-log.ts'
import type { Peers, Route } from './site-parts.ts'
import { routeVia, SitePeer } from './site-parts.ts'

type Parts = {
  readonly box: string
  readonly log: SiteLog
  readonly members: Members
  readonly above: () => Above | null
  readonly isKeeping: () => boolean
  /** The top has another part of the log than before. */
  readonly topMoved: () => void
}

/** The linked boxes of a site, and what they tell together: what the top has, and the way to the keeper. */
export class Neighbours {
  readonly #parts: Parts
  readonly #peers = new Map<Link, SitePeer>()
  #topTold = 0

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get all(): Peers {
    return this.#peers
  }

  of(link: Link): SitePeer | undefined {
    return this.#peers.get(link)
  }

  /** A linked box takes part, or takes part in another way than before. What is known of it stays. */
  join(link: Link): SitePeer | undefined {
    const { members } = this.#parts
    if (!link.peer) return undefined
    const standing = members.standingOf(link.peer)
    const known = this.#peers.get(link)
    known?.becomes(standing)
    const peer = known ?? new SitePeer(link, members.isAbove(link.peer), standing)
    this.#peers.set(link, peer)
    return peer
  }

  leave(link: Link): SitePeer | undefined {
    const peer = this.#peers.get(link)
    this.#peers.delete(link)
    return peer
  }

  /** Another box is above, or none: what the former one said of the top is nothing. */
  aboveChanged(): void {
    this.#topTold = 0
    for (const peer of this.#peers.values()) {
      peer.isAbove = this.#parts.members.isAbove(peer.link.peer)
      this.learnTop(peer)
    }
  }

  /** What the top has counts as far as its log is this one. */
  learnTop(peer: SitePeer): void {
    if (!peer.isAbove) return
    const { history } = this.#parts.log
    const { common } = relate(history, peer.history)
    const parted = common < Math.min(history.n, peer.history.n)
    const top = parted ? Math.min(peer.top, common) : peer.top
    if (top === this.#topTold) return
    this.#topTold = top
    this.#parts.topMoved()
  }

  get top(): number {
    const { n } = this.#parts.log.history
    return this.#parts.above() === null ? n : Math.min(this.#topTold, n)
  }

  /** With other terms here, more or less of what the top has is what this log has. */
  termsChanged(): void {
    for (const peer of this.#peers.values()) if (peer.heard) this.learnTop(peer)
  }

  get route(): Route | undefined {
    return routeVia(this.#peers, this.#parts.box)
  }

  /** All boxes from here to the keeper. */
  get wayOn(): readonly string[] | null {
    const { box, isKeeping } = this.#parts
    if (isKeeping()) return [box]
    const { route } = this
    return route ? [box, ...route.boxes] : null
  }

  /** Where records go: towards the keeper, else to the box above, so that they are in two places (LINK-6). */
  get nextHop(): SitePeer | undefined {
    return this.route?.next ?? [...this.#peers.values()].find(({ isAbove, heard }) => isAbove && heard)
  }

  /** How many boxes have the log to its head just now, this one included. */
  get copies(): number {
    const { n } = this.#parts.log.history
    return 1 + [...this.#peers.values()].filter((peer) => peer.has(n)).length
  }

  /** Only to boxes that the log assigns: being above is not enough. Who asked before it was assigned gets it then (SITE-3). */
  giveKey(key: SiteKey): void {
    const { log, members } = this.#parts
    for (const peer of this.#peers.values()) {
      if (peer.lacksKey === null || !members.isWhole(peer.link.peer)) continue
      const sealed = key.sealedFor(peer.lacksKey)
      if (sealed === undefined) continue
      peer.lacksKey = null
      peer.link.send({ t: 'key', site: log.site, sealed })
    }
  }

  /** The log here was cut: what was sent and offered before means nothing now. */
  forgetRecords(): void {
    for (const peer of this.#peers.values()) peer.forgetRecords()
  }
}

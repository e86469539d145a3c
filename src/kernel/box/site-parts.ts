import type { Instant } from '../instant.ts'
import type { Identity } from '../link/identity.ts'
import type { Link } from '../link/link.ts'
import type { LiveFeed } from '../live/live.ts'
import type { Machine } from '../machine.ts'
import type { OrderDrivers } from '../orders/driver.ts'
import type { Known } from '../pack/kinds.ts'
import type { History } from '../site/history.ts'
import { emptyHistory } from '../site/history.ts'
import type { HalfRows } from '../settings/desired.ts'
import type { SettingsPort } from '../settings/handler.ts'
import type { Writer } from '../site/writer.ts'
import type { Truth } from '../../store/truth.ts'
import type { Ask } from '../site/sequencer.ts'
import type { Answer } from './contract.ts'
import type { Limits } from './limits.ts'
import type { SiteLog } from './site-log.ts'

/**
 * `whole` follows the log; `small` records and asks, without the log. `left` followed it and was unassigned: it
 * brings what it holds. `guest`: any other, it brings what it recorded (SITE-4).
 */
export type Standing = 'whole' | 'small' | 'left' | 'guest'

/** What every part of a site on this box works with. */
export type SiteParts = {
  readonly site: string
  readonly box: string
  readonly identity: Identity
  /** Names this process: the stream of the terms it opens. */
  readonly process: string
  readonly machine: Machine
  readonly known: Known
  readonly truth: Truth
  readonly writer: Writer
  readonly live: LiveFeed
  readonly log: SiteLog
  readonly peers: Peers
  readonly now: () => Instant
  readonly limits: Limits
  readonly drivers: OrderDrivers | undefined
  /** Asks the keeper of another site that this box serves, once; `keeper-away` where it serves it not. */
  readonly askAt: (site: string, ask: Ask) => Promise<Answer>
  /** What this box can set, if anything. */
  readonly settings?: SettingsPort | undefined
  /** The half of the settings that another site's log holds; undefined while it cannot be read. */
  readonly halfAt: (site: string) => Promise<HalfRows | undefined>
  /** A log has changed in a way that may concern who can sign in where. */
  readonly lendingChanged: () => void
  /** A log has changed its half. */
  readonly halfChanged: (site: string) => void
}

/** The other boxes of the site that are linked now. */
export type Peers = ReadonlyMap<Link, SitePeer>

/** What is known of one linked box, for one site. Forgotten with the link (LINK-4). */
export class SitePeer {
  readonly link: Link
  /** It is the box above for this site, as long as that is not changed. */
  isAbove: boolean
  /** How this box sees the peer. */
  standing: Standing
  history: History = emptyHistory
  /** It has told its history. */
  heard = false
  route: readonly string[] | null = null
  /** How the peer sees this box. */
  sees: Standing = 'whole'
  /** To whom it asks the site key to be sealed; null where it has it, or has been given it. */
  lacksKey: string | null = null
  /** Its head on disk, and the top as it knows it. */
  acked = 0
  top = 0
  /** Entries up to here are under way to it; undefined while it has asked for none. */
  sentUpTo: number | undefined
  /** Per stream: records up to here are under way to it; absent while it has not said what it has. */
  readonly records = new Map<string, number>()
  /** Streams of this box that it has been told of. */
  readonly offered = new Set<string>()
  /** Streams that it will be asked to send again. */
  readonly askedAgain = new Set<string>()
  busy = false
  /** It brought what it may not, and people were told. */
  warned = false

  constructor(link: Link, isAbove: boolean, standing: Standing) {
    this.link = link
    this.standing = standing
    this.isAbove = isAbove
  }

  get box(): string {
    return this.link.peer?.box ?? ''
  }

  /** Takes part in this way from now on: without the log, what it asked for before is not served any more. */
  becomes(standing: Standing): void {
    this.standing = standing
    if (standing !== 'whole') this.sentUpTo = undefined
  }

  /** What it says of the log and of the way to the keeper counts here (SITE-8). */
  get isTrusted(): boolean {
    return this.standing === 'whole'
  }

  /** Without the log a box forwards for nobody: what it brings is its own (SITE-8). */
  mayBring(box: string): boolean {
    return box === this.box || this.standing === 'whole' || this.standing === 'left'
  }

  /** It says that its log has unassigned this box: only then is a guest told of a log (LINK-7). */
  get saysLeft(): boolean {
    return this.isTrusted && this.sees === 'guest' && this.history.n > 0
  }

  /** It follows this box, and has entry n on disk. */
  has(n: number): boolean {
    return this.sentUpTo !== undefined && this.sentUpTo >= n && this.acked >= n
  }

  /** Its log or this one was cut: what was sent and offered before means nothing now. */
  forgetRecords(): void {
    this.records.clear()
    this.offered.clear()
  }
}

/** The way to the keeper: the neighbour to hand things to, and all boxes on the way. */
export type Route = { readonly next: SitePeer; readonly boxes: readonly string[] }

export function routeVia(peers: Peers, box: string): Route | undefined {
  let best: Route | undefined
  for (const peer of peers.values()) {
    if (!peer.isTrusted || peer.route === null || peer.route.includes(box)) continue
    if (!best || peer.route.length < best.boxes.length) best = { next: peer, boxes: peer.route }
  }
  return best
}

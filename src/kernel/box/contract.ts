import type { Vault } from '../accounts/vault.ts'
import type { ClockStatus } from '../clock/site-clock.ts'
import type { Waited } from '../afar/wait.ts'
import type { Instant } from '../instant.ts'
import type { Live, SlowRun } from '../live/live.ts'
import type { Runner } from '../live/runner.ts'
import type { Machine } from '../machine.ts'
import type { Channel, ChannelEvents, Dial } from '../network.ts'
import type { OrderDrivers } from '../orders/driver.ts'
import type { Known } from '../pack/kinds.ts'
import type { SettingsPort } from '../settings/handler.ts'
import type { Ask, Writer } from '../site/writer.ts'
import type { LogRow, StoreHealth, Truth } from '../../store/truth.ts'
import type { Frame } from '../link/frames.ts'
import type { Limits } from './limits.ts'
import type { Identity } from '../link/identity.ts'
import type { Told } from './once.ts'

/** What a box is made of. The same in a real process and in the world. */
export type BoxParts = {
  readonly identity: Identity
  readonly machine: Machine
  readonly known: Known
  readonly truth: Truth
  readonly writer: Writer
  /** Reads what the writer has committed, for queries. */
  readonly runner: Runner
  readonly dial: Dial
  /** Whether a box that no site names yet may link: the fleet's claims, or a pairing on this box. */
  readonly trusts: (box: string, publicKey: string) => boolean
  readonly limits?: Limits | undefined
  /** Told of the samples that a linked box hands on; lossy. */
  readonly onSamples?: ((from: string, samples: Frame<'samples'>) => void) | undefined
  /** What does the orders that this box is given. Without any it takes none. */
  readonly drivers?: OrderDrivers | undefined
  /** What this box can set; absent where it only carries settings for others. */
  readonly settings?: SettingsPort | undefined
}

/** The box above, for a site: where to dial it, and whom to expect there. */
export type Above = { readonly address: string; readonly box: string; readonly publicKey: string }

export type Recorded = {
  readonly box: string
  readonly stream: string
  readonly from: number
  readonly to: number
}

/**
 * How an action ended for its asker. `copies`: how many boxes had its entry on disk when this was
 * said. `unknown`: it may or may not have been decided; ask again with the same key. `waiting`: it is
 * on disk here, goes to the keeper as soon as there is a way, and is answered then (AFAR-2).
 */
export type Answer =
  | {
      readonly is: 'answered'
      readonly n: number
      readonly answer: unknown
      readonly copies: number
      readonly again: boolean
    }
  | {
      readonly is: 'refused'
      readonly code: string
      readonly detail: Readonly<Record<string, string | number>>
    }
  | { readonly is: 'unknown'; readonly why: string }
  | { readonly is: 'waiting'; readonly until: Instant }

/** One running box: the kernel's door for drivers, doors and pages. */
export type Box = {
  readonly id: string
  /** Begins a site here; this box keeps it. Other boxes of the site are named with `assign`. */
  readonly found: (site: string) => Promise<void>
  /** Serves a site that another box keeps, through the box above. */
  readonly serve: (site: string, above: Above | null) => Promise<void>
  /** Resolves when the facts are on disk here. Rejects with a StoreError, and then none of them is. */
  readonly record: (
    site: string,
    facts: readonly { kind: string; body: unknown; at?: Instant | undefined }[],
  ) => Promise<Recorded>
  /**
   * The same for facts that may come again, with what tells them from all others of their caller (LOG-27):
   * false where they are on disk since before.
   */
  readonly recordOnce: (
    site: string,
    told: Told,
    facts: readonly { kind: string; body: unknown; at?: Instant | undefined }[],
  ) => Promise<boolean>
  readonly act: (site: string, ask: Ask) => Promise<Answer>
  /** What became of an ask that had to wait at this box: by its key, all that wait, or each change. */
  readonly asked: (site: string, key: string) => Waited | undefined
  readonly waiting: (site: string) => readonly Waited[]
  readonly onAsked: (site: string, tell: (waited: Waited) => void) => () => void
  readonly assign: (
    site: string,
    member: { box: string; publicKey: string; small: boolean },
  ) => Promise<Answer>
  /** Planned: the keeper stops here and `to` goes on. Asked at the keeper. */
  readonly handOver: (site: string, to: string, who?: string) => Promise<Answer>
  /** The keeper is dead: this box goes on. Asked at the box that shall keep, confirmed by a lead. */
  readonly takeOver: (site: string, who: string) => Promise<Answer>
  /** Entries of a site's log after n as they lie here, ascending, until `maxBytes` is reached: at least one where there is one. */
  readonly entries: (site: string, after: number, maxBytes: number) => Promise<readonly LogRow[]>
  /** The sites that are served here. */
  readonly sites: () => readonly string[]
  /** What can be seen, now and as it changes. Permission is the door's to check. */
  readonly live: Live
  /** Where secrets of a site are sealed; undefined where this box does not have the site's key, or not yet. */
  readonly vault: (site: string) => Vault | undefined
  /** A channel that somebody opened to this box. */
  readonly accept: (channel: Channel) => ChannelEvents
  /** The keys by which the sites here know a box: as a member, or as the box above. */
  readonly keysOf: (box: string) => readonly string[]
  /** The boxes above, of all sites, each once. */
  readonly aboves: () => readonly Above[]
  /** Hands samples to the boxes above, `except` one, as far as there is room on their links. Tells to how many. */
  readonly sendSamples: (samples: Frame<'samples'>, except?: string) => number
  /** This moment in the time of a site: what a driver stamps what it sees with, at once. */
  readonly now: (site: string) => Instant
  /** The same for what belongs to no site: by the best clock that is known here. */
  readonly time: () => Instant
  readonly status: () => BoxStatus
  readonly onChange: (tell: () => void) => () => void
  /** Ends everything: no timer, link or write is left. What was acknowledged is on disk. */
  readonly stop: () => Promise<void>
}

export type BoxStatus = {
  readonly box: string
  readonly store: StoreHealth
  readonly sites: readonly SiteStatus[]
  readonly links: readonly { readonly box: string; readonly since: number }[]
  /** Queries that lately ran for longer than they may, the worst first (LIVE-13). */
  readonly slow: readonly SlowRun[]
}

export type SiteStatus = {
  readonly site: string
  /**
   * `opening`: about to keep; `halted`: cannot go on without a person. `why` says why it is halted, or follows where
   * its own log says something else; empty where there is nothing to say.
   */
  readonly role: 'keeping' | 'opening' | 'following' | 'halted'
  readonly why: string
  readonly term: string
  readonly n: number
  readonly chain: string
  /** Entries that the views do not show yet. */
  readonly viewLag: number
  /** Highest entry known to be on disk at the highest box of the site. */
  readonly top: number
  /** Records here that the log (as known here) does not have yet. */
  readonly unsent: number
  /** Boxes that have followed the log to its head just now, this one included. */
  readonly copies: number
  readonly orphans: number
  readonly quarantine: number
  readonly clones: number
  /** Linked boxes say that this one was unassigned, and none says that it takes part (LINK-7). */
  readonly left: boolean
  readonly clock: ClockStatus
  /** Asks that wait here for the keeper. */
  readonly waiting: number
}

import type { LogRow } from '../../store/truth.ts'
import type { Ask, Item, Step } from './sequencer.ts'
import type { tables as orders } from '../orders/tables.ts'
import type { RowOf } from '../pack/table.ts'
import type { Instant } from '../instant.ts'
import type { Place } from '../pack/pack.ts'
import type { Touched } from '../views/touched.ts'
import type { Cursor } from './views.ts'
import type { Wake } from '../timers/rules.ts'

export type { Ask, Item, Step, Cursor }

/**
 * The thread that writes views, seen from the box. A keeper's batch is `step`, then truth is made
 * durable, then `settle`; nothing of a step is seen by a query before that. One batch of a site at
 * a time: the caller waits for each.
 */
export type Writer = {
  /** Opens a site's views, made anew where they were missing or made under other rules. */
  readonly open: (site: string) => Promise<Opened>
  /** Drops a site's views and starts from an empty log, or from the newest base at or below `n`. */
  readonly reset: (site: string, n: number) => Promise<Opened>
  /** Tells what has changed, for those who read it live. */
  readonly settle: (site: string, how: 'commit' | 'rollback') => Promise<Touched>
  readonly step: (site: string, items: readonly Item[], at: Instant) => Promise<Stepped>
  /** Applies entries that are already durable, and commits. */
  readonly follow: (site: string, rows: readonly LogRow[]) => Promise<Followed>
  readonly position: (site: string, streams: readonly string[]) => Promise<readonly number[]>
  readonly state: (site: string) => Promise<SiteState>
  /** Orders that have not ended: of one box, with their parameters, or of all boxes. */
  readonly openOrders: (site: string, box: string | null) => Promise<readonly OpenOrderRow[]>
  readonly query: (
    site: string,
    pack: string,
    table: string,
  ) => Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Places that entries from `from` on have erased. */
  readonly erased: (site: string, from: number) => Promise<readonly Erased[]>
  readonly dropBases: (site: string, before: number) => Promise<void>
  /** The hash of all tables; equal logs and rules give equal hashes. */
  readonly hash: (site: string) => Promise<string>
  readonly close: () => Promise<void>
}

export type Opened = { readonly cursor: Cursor; readonly rules: string }

/** What a step made, and what the keeper has to wait for after it. */
export type Stepped = Step & { readonly wake: Wake }

/** What applying showed that people should know. */
export type Followed = {
  readonly cursor: Cursor
  readonly parted: readonly number[]
  readonly touched: Touched
}

/** What the box itself needs to know from a site's views. */
export type SiteState = {
  readonly boxes: readonly Member[]
  /** Boxes that were unassigned, by the key that they had. */
  readonly left: readonly Member[]
  /** The last hand-over in the log, wherever it stands. */
  readonly handover: HandOver | null
  /** The entry of the newest base; 0 where there is none. */
  readonly base: number
  /** Kinds that stand in the log, judged, and that this build does not know. */
  readonly unknownKinds: readonly string[]
  /** Facts that these views met without their bodies, and that no entry has erased: at most 500. */
  readonly hollow: readonly Place[]
  readonly orphans: number
  readonly quarantine: number
  readonly clones: number
  readonly openOrders: number
  readonly hasAccounts: boolean
}

/** \`params\`: null where all boxes were asked for. */
export type OpenOrderRow = RowOf<typeof orders.orders> & { readonly params: unknown }

export type Erased = { readonly n: number; readonly i: number; readonly by: number }

export type HandOver = { readonly n: number; readonly to: string; readonly reign: number }

export type Member = { readonly box: string; readonly publicKey: string; readonly small: boolean }

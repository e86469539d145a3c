import type { z } from 'zod'
import type { DoneAt } from '../done-at.ts'
import type { Instant } from '../instant.ts'
import type { OrderKind } from '../orders/order.ts'
import type { Section } from '../settings/schema.ts'
import type { BodyOf, FactKinds } from './fact.ts'
import type { Described } from './refusal.ts'
import type { RowsReadOf, Tables } from './table.ts'

/** Who asks, when the keeper decides, and chance that is drawn by the keeper and kept in the fact. */
export type Asking = {
  readonly who: string
  readonly key: string
  readonly at: Instant
  /** When the person did it, in the site's time, as his device and this box know it; null: just now, or nobody said. */
  readonly doneAt: DoneAt | null
  /** The keeper's boot, and its monotonic clock when the question came: it may have waited for a disk since. */
  readonly boot: string
  readonly arrived: number
  /** The site that decides. */
  readonly site: string
  /** What can be set, as all packs declare it. */
  readonly settings: Section
  /** Random bytes, different for each decision, the same however often it is computed. */
  readonly random: (size: number) => Uint8Array
  /** A decision that waits for a person to settle it. */
  readonly orphan: (term: string, n: number) => Orphan | undefined
  /** A record of that entry that no view reads. */
  readonly quarantined: (n: number) => Quarantined | undefined
  /** A kind of order, by its full name. */
  readonly order: (kind: string) => OrderKind | undefined
}

/** What a decision says: its facts, whole, and the answer that the asker gets, now and when asking again. */
export type Decided<Kinds extends FactKinds> = Accepted<Kinds> | Refused

export type Accepted<Kinds extends FactKinds> = {
  readonly facts: readonly Said<Kinds>[]
  readonly answer: unknown
}

export type Said<Kinds extends FactKinds> =
  | {
      readonly [Kind in keyof Kinds & string]: { readonly kind: Kind; readonly body: BodyOf<Kinds[Kind]> }
    }[keyof Kinds & string]
  | OrphanSettled
  | ErrandSent

/** A fact of the kernel's that a pack says: a person has settled an orphan, by that pack's action. */
export type OrphanSettled = {
  readonly kind: 'orphan.settled'
  readonly body: { readonly term: string; readonly n: number; readonly how: string; readonly note: string }
}

/** And this one: another site is asked for something, by its own action, as soon as it can be (AFAR-9). */
export type ErrandSent = {
  readonly kind: 'errand.sent'
  readonly body: { readonly site: string; readonly action: string; readonly input: unknown }
}

/** A decision of a branch that lost, as its pack may look at it. */
export type Orphan = {
  readonly term: string
  readonly n: number
  readonly action: string
  readonly key: string
  readonly who: string
  readonly settled: string | null
  /** What it had decided: kinds and bodies; undefined where one was erased. */
  readonly facts: readonly { readonly kind: string; readonly body: unknown }[]
  readonly answer: unknown
  /** What boxes said of the orders that it had issued: accepted, ended (ORDER-9). */
  readonly news: readonly { readonly order: string; readonly kind: string; readonly body: unknown }[]
}

/** A record that its keeper could not judge, judged again by what is known now. */
export type Quarantined =
  | { readonly is: 'admissible'; readonly head: string; readonly body: unknown; readonly erasable: boolean }
  | { readonly is: 'not admissible'; readonly why: string }

/** Nothing happened, and why: a code of the pack's refusals or of the kernel's, and what its sentences need. */
export type Refused = {
  readonly refused: string
  readonly detail?: Readonly<Record<string, string | number>> | undefined
}

/** Of an action and one input: at which site its asker must be allowed what, and the field that asks for it. */
export type Demand = { readonly site: string; readonly allow: readonly string[]; readonly field: string }

/** Where an action is asked. */
export type AskedAt = Pick<Asking, 'site' | 'settings'>

export type Action<
  Kinds extends FactKinds = FactKinds,
  All extends Tables = Tables,
  Input extends z.ZodType = z.ZodType,
> = Described & {
  readonly input: Input
  /** Pack and kernel roles that may ask. An action without anybody does not start. */
  readonly allow: readonly string[]
  /** When the keeper is out of reach: refuse in words, or wait durably for at most so long. */
  readonly away: 'refuse' | { readonly waitMs: number }
  /**
   * What one person should not do often in a minute, whoever he is, since it opens something or cannot be taken back:
   * doors hold it to fewer tries.
   */
  readonly sensitive?: boolean | undefined
  /** Of an action that issues an order: its kind, whose own roles count as well. */
  readonly orderKind?: ((input: z.infer<Input>) => string) | undefined
  /** What an input needs beyond `allow`: doors hold its asker to it. */
  readonly demands?: ((input: z.infer<Input>, at: AskedAt) => readonly Demand[]) | undefined
  readonly decide: (input: z.infer<Input>, rows: RowsReadOf<All>, asking: Asking) => Decided<Kinds>
}

/**
 * Binds a pack's facts and tables, so that each action infers the rest from its own schema. Whether it may wait is part of
 * its type: pages know it by that.
 */
export function actionsOf<Kinds extends FactKinds, All extends Tables>() {
  return <Input extends z.ZodType, const Away extends Action['away']>(
    action: Action<Kinds, All, Input> & { readonly away: Away },
  ): Action<Kinds, All, Input> & { readonly away: Away } => action
}

import type { z } from 'zod'
import type { Instant } from '../instant.ts'
import type { Origin } from '../entry.ts'
import type { OrderKinds } from '../orders/order.ts'
import type { BodyOf, FactKind, FactKinds } from './fact.ts'
import type { SettingNode } from '../settings/schema.ts'
import type { AskedAt, Asking, Decided, Demand } from './action.ts'
import type { Described, Refusals } from './refusal.ts'
import { checkRefusals } from './refusal.ts'
import type { QueriesFor, QueryAny } from './query.ts'
import type { SiteTime } from '../clock/time-of.ts'
import type { Timer } from '../timers/set.ts'
import type { RowsOf, Tables } from './table.ts'
import type { TopicAny } from './topic.ts'

/** A fact as `apply` meets it. */
export type Told<Body> = {
  readonly body: Body
  readonly at: Instant
  /** Its entry's place in the log, and its own place inside the entry. */
  readonly n: number
  readonly i: number
  /** Who recorded it; undefined for what the keeper decided. */
  readonly from: Origin | undefined
  /** Who asked for the decision; undefined for a record. */
  readonly who: string | undefined
  /** The boot whose monotonic clock `at` counts; empty where the log does not say. */
  readonly boot: string
  /** When an instant of this boot was, by what the log says so far. Who keeps a row of it also retimes it. */
  readonly timeOf: (at: Instant) => SiteTime
  /** Has the keeper say a decision of this pack later, once. */
  readonly timer: Timer
}

/** How each kind changes the tables. Deterministic: no clock, no chance, nothing but rows and the fact. */
export type Apply<Kinds extends FactKinds, All extends Tables> = {
  readonly [Kind in keyof Kinds]: (rows: RowsOf<All>, fact: Told<BodyOf<Kinds[Kind]>>) => void
}

/** What a pack does to its rows when the facts of these places are erased, whether or not they still had bodies. */
export type Erase<All extends Tables> = (rows: RowsOf<All>, places: readonly Place[]) => void
/** What a pack does to the rows that hold times of this boot when more is known of it (CLOCK-10). */
export type Retime<All extends Tables> = (
  rows: RowsOf<All>,
  boot: string,
  timeOf: (at: Instant) => SiteTime,
) => void
export type Place = { readonly n: number; readonly i: number }

/** A trade, declared. Kinds and actions are known outside as `<name>.<key>`. */
export type Pack = {
  readonly name: string
  /** Roles of this trade, short: others know them as `<name>.<role>`. */
  readonly roles?: readonly string[] | undefined
  readonly facts: FactKinds
  readonly tables: Tables
  readonly apply: Readonly<Record<string, ApplyAny>>
  readonly actions: Readonly<Record<string, ActionAny>>
  readonly queries?: Readonly<Record<string, QueryAny>> | undefined
  readonly orders?: OrderKinds | undefined
  readonly refusals?: Refusals | undefined
  readonly erase: ((rows: RowsAny, places: readonly Place[]) => void) | undefined
  readonly retime?: Retime<Tables> | undefined
  readonly settings?: Readonly<Record<string, SettingNode>> | undefined
  readonly topics?: Readonly<Record<string, TopicAny>> | undefined
  /** Changes with the meaning of apply, rules or tables: the hash of their source. */
  readonly rules: string
}

// The kernel runs packs without knowing their types: each pack is checked whole where it is declared.
type RowsAny = RowsOf<Tables>
type ApplyAny = (rows: RowsAny, fact: Told<unknown>) => void
export type ActionAny = Described & {
  readonly input: z.ZodType
  readonly allow: readonly string[]
  readonly sensitive?: boolean | undefined
  readonly away: 'refuse' | { readonly waitMs: number }
  readonly orderKind?: ((input: never) => string) | undefined
  readonly demands?: ((input: never, at: AskedAt) => readonly Demand[]) | undefined
  readonly decide: (
    input: unknown,
    rows: RowsAny,
    asking: Asking,
  ) => Decided<Readonly<Record<string, FactKind>>>
}

type ActionsFor<Kinds extends FactKinds, All extends Tables> = Readonly<
  Record<
    string,
    Described & {
      readonly input: z.ZodType
      readonly allow: readonly string[]
      readonly sensitive?: boolean | undefined
      readonly away: 'refuse' | { readonly waitMs: number }
      readonly orderKind?: ((input: never) => string) | undefined
      readonly demands?: ((input: never, at: AskedAt) => readonly Demand[]) | undefined
      readonly decide: (input: never, rows: RowsOf<All>, asking: Asking) => Decided<Kinds>
    }
  >
>

export function pack<Kinds extends FactKinds, All extends Tables>(declared: {
  readonly name: string
  readonly roles?: readonly string[] | undefined
  readonly rules: string
  readonly facts: Kinds
  readonly tables: All
  readonly apply: Apply<Kinds, All>
  readonly actions: ActionsFor<Kinds, All>
  readonly queries?: QueriesFor<All> | undefined
  readonly orders?: OrderKinds | undefined
  /** The sentences of what its actions refuse, by code. */
  readonly refusals?: Refusals | undefined
  readonly erase?: Erase<All> | undefined
  readonly retime?: Retime<All> | undefined
  /** What can be set, field by field, with the side that owns each. */
  readonly settings?: Readonly<Record<string, SettingNode>> | undefined
  /** What devices say and hear over MQTT. */
  readonly topics?: Readonly<Record<string, TopicAny>> | undefined
}): Pack {
  for (const [name, { allow }] of Object.entries({ ...declared.actions, ...declared.queries })) {
    if (allow.length === 0) throw new Error(`${declared.name}.${name}: nobody may ask for it; name a role`)
  }
  for (const [name, order] of Object.entries(declared.orders ?? {})) {
    if (order.allow.length === 0)
      throw new Error(`${declared.name}.${name}: nobody may issue it; name a role`)
  }
  checkRefusals(declared.name, declared.refusals ?? {})
  const anybody = Object.entries(declared.facts).find(([, kind]) => kind.erasable)
  if (anybody && !declared.erase)
    throw new Error(`${declared.name}.${anybody[0]} can be erased: the pack needs an erase`)
  return declared as unknown as Pack
}

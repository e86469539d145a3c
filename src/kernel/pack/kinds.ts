import type { FactKind } from './fact.ts'
import type { KnownQuery, Watched } from './known-queries.ts'
import type { ActionAny, Pack } from './pack.ts'
import { z } from 'zod'
import type { OrderKind } from '../orders/order.ts'
import type { Section } from '../settings/schema.ts'
import { section } from '../settings/schema.ts'
import { canonical, sha256 } from '../digest.ts'
import type { RefusalWords } from './refusal.ts'
import { fullRoles } from './roles.ts'
import { knownQueries, watchedBy } from './known-queries.ts'
import type { KnownTopic } from '../topics/known-topics.ts'
import { knownTopics } from '../topics/known-topics.ts'

/** Raised when the kernel's own tables or their apply change meaning: every box rebuilds its views. */
const kernelRules = 6

export type Kind = { readonly pack: Pack; readonly key: string; readonly fact: FactKind }
/** `allow`: who may ask, by roles as everybody knows them: `lead`, `timing.referee`. */
export type KnownAction = {
  readonly pack: Pack
  readonly name: string
  readonly action: ActionAny
  readonly allow: readonly string[]
}

/** Everything that the packs of this build declare, found by full name. */
export type Known = {
  /** Declares what belongs to no trade: its names have no prefix. */
  readonly kernel: Pack
  readonly packs: readonly Pack[]
  readonly kinds: ReadonlyMap<string, Kind>
  readonly actions: ReadonlyMap<string, KnownAction>
  readonly queries: ReadonlyMap<string, KnownQuery>
  readonly watched: Watched
  readonly orders: ReadonlyMap<string, OrderKind>
  readonly topics: readonly KnownTopic[]
  /** What can be set: a section for each pack that declares settings, by its name. */
  readonly settings: Section
  /** Boxes with the same log and the same rules hold the same views, row for row (VIEW-1). */
  readonly rules: string
}

/** `kernel` declares the kernel's own facts, whose names carry no prefix. */
export function know(kernel: Pack, packs: readonly Pack[]): Known {
  const kinds = new Map<string, Kind>()
  const actions = new Map<string, KnownAction>()
  const queries = new Map<string, KnownQuery>()
  const orders = new Map<string, OrderKind>()
  const topics: KnownTopic[] = []
  for (const pack of [kernel, ...packs]) {
    const full = (key: string) => (pack === kernel ? key : `${pack.name}.${key}`)
    for (const [key, fact] of Object.entries(pack.facts)) {
      if (kinds.has(full(key))) throw new Error(`two packs declare ${full(key)}`)
      kinds.set(full(key), { pack, key, fact })
    }
    for (const [key, action] of Object.entries(pack.actions))
      actions.set(full(key), {
        pack,
        name: full(key),
        action,
        allow: fullRoles(pack, full(key), action.allow),
      })
    for (const query of knownQueries(pack, full)) queries.set(query.name, query)
    topics.push(...knownTopics(pack, full, topics))
    for (const [key, order] of Object.entries(pack.orders ?? {}))
      orders.set(full(key), {
        ...order,
        allow: fullRoles(pack, full(key), order.allow),
        supersedes: order.supersedes.map((other) => known(pack, other, full)),
      })
  }
  const all = [kernel, ...packs]
  const watched = watchedBy(queries.values())
  const settings = section(
    Object.fromEntries(packs.flatMap(({ name, settings: own }) => (own ? [[name, section(own)]] : []))),
  )
  const rules = rulesHash(all)
  return { kernel, packs: all, kinds, actions, orders, topics, queries, watched, settings, rules }
}

/** A pack names its own kinds of order by their short names. */
const known = (pack: Pack, name: string, full: (key: string) => string): string =>
  pack.orders?.[name] ? full(name) : name

/** The sentences of a refusal: those of the pack that was asked, else the kernel's. */
export function refusalWords({ kernel }: Known, pack: Pack, code: string): RefusalWords | undefined {
  for (const { refusals = {} } of [pack, kernel]) if (Object.hasOwn(refusals, code)) return refusals[code]
  return undefined
}

function rulesHash(packs: readonly Pack[]): string {
  return sha256(
    canonical([
      kernelRules,
      packs.map(({ name, rules, tables, facts }) => [
        name,
        rules,
        tables,
        Object.entries(facts).map(([key, { body, said, erasable }]) => [
          key,
          z.toJSONSchema(body, { unrepresentable: 'any' }),
          said,
          erasable,
        ]),
      ]),
    ]),
  )
}

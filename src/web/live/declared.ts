import type { z } from 'zod'
import type { actions as kernelActions } from '../../kernel/site/actions.ts'
import type { directActs } from '../../kernel/site/direct.ts'
import type { queries } from '../../kernel/site/queries.ts'

/**
 * What packs declare, by the name of each pack, as types alone: no code of theirs comes into a page. A pack says it
 * once, and whatever it adds to its queries and actions is known to its pages:
 *
 *     import type { actions } from '../actions.ts'
 *     import type { queries } from '../queries.ts'
 *     export type Trade = { readonly fair: { readonly queries: typeof queries; readonly actions: typeof actions } }
 */
export type Trades = Readonly<
  Record<string, { readonly queries?: QueriesDeclared; readonly actions?: ActionsDeclared }>
>

type QueriesDeclared = Readonly<Record<string, QueryDeclared>>
type QueryDeclared = {
  readonly input: z.ZodType
  // A function of narrower input takes nothing that could be named here.
  readonly run: (...asked: never) => readonly unknown[]
  readonly across?: boolean | undefined
}
type ActionsDeclared = Readonly<Record<string, ActionDeclared>>
type ActionDeclared = { readonly input: z.ZodType; readonly away: unknown }

type KernelActions = typeof kernelActions & typeof directActs

/** Queries by their full names: `fair.books`, and those of the kernel, which every box answers. */
export type QueriesOf<All extends Trades> = typeof queries & Named<All, 'queries'>
/** Actions by their full names: `fair.pay`, and those of the kernel. */
export type ActionsOf<All extends Trades> = KernelActions & Named<All, 'actions'>

/** Actions that may wait for their box, by their declaration: `away` is not `refuse`. */
type Waiting<Actions> = {
  [Name in keyof Actions & string]: Actions[Name] extends { readonly away: 'refuse' } ? never : Name
}[keyof Actions & string]

/** Those of the packs, named once more: types alone come into a page. One too many or too few does not compile. */
export type MayWait<All extends Trades> = Readonly<
  Record<Exclude<Waiting<ActionsOf<All>>, keyof KernelActions>, true>
>

/** Those of the kernel. */
export const kernelMayWait: Readonly<Record<Waiting<KernelActions>, true>> = { 'setting.save': true }

type Named<All extends Trades, Part extends 'queries' | 'actions'> = {
  readonly [Full in NameOf<All, Part>]: Full extends `${infer Name}.${infer Key}`
    ? All[Name] extends { readonly [P in Part]: Readonly<Record<Key, infer Declared>> }
      ? Declared
      : never
    : never
}
type NameOf<All extends Trades, Part extends 'queries' | 'actions'> = {
  [Name in keyof All & string]: `${Name}.${keyof All[Name][Part] & string}`
}[keyof All & string]

/** What is asked with, before its schema fills in what may be left out. */
export type InputOf<Declared> = Declared extends { readonly input: infer Input extends z.ZodType }
  ? z.input<Input>
  : never

/** A row of the answer. Asked of all sites that its reader may see, it names its own. */
export type RowOf<Declared, Site extends string | undefined> = Declared extends {
  readonly run: (...asked: never) => readonly (infer Row)[]
}
  ? undefined extends Site
    ? Declared extends { readonly across?: false | undefined }
      ? Row
      : Row & { readonly site: string }
    : Row
  : never

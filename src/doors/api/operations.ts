import type { Known } from '../../kernel/pack/kinds.ts'
import type { Pack } from '../../kernel/pack/pack.ts'
import type { RefusalWords } from '../../kernel/pack/refusal.ts'
import { directActs, directNames } from '../../kernel/site/direct.ts'
import type { Texts } from '../language.ts'
import { exampleOf } from './example.ts'
import type { Schema } from './fields.ts'
import { schemaOf } from './fields.ts'
import { isInside, pathOf } from './parts.ts'

/** One thing that can be asked for, as its description tells it. */
export type Operation = {
  readonly is: 'query' | 'action'
  readonly name: string
  readonly path: string
  readonly about: Texts | undefined
  readonly allow: readonly string[]
  readonly input: Schema
  readonly example: unknown
  readonly sensitive: boolean
  /** May wait for a keeper that is away. */
  readonly waits: boolean
  readonly across: boolean
}

export type Group = {
  readonly name: string
  readonly operations: readonly Operation[]
  readonly refusals: readonly (readonly [code: string, words: RefusalWords])[]
}

/** Everything that packs declare, by the name under which it is asked for: the fleet's beside the kernel's own. */
export function groupsOf(known: Known): readonly Group[] {
  const byName = Map.groupBy(known.packs, (pack) => nameOf(known, pack))
  return [...byName].map(([name, packs]) => ({
    name,
    operations: [
      ...packs.flatMap((pack) => queriesOf(known, pack)),
      ...packs.flatMap((pack) => actionsOf(known, pack)),
      ...packs.flatMap((pack) => directOf(known, pack)),
    ],
    refusals: packs.flatMap(({ refusals = {} }) => Object.entries(refusals)),
  }))
}

const nameOf = (known: Known, pack: Pack): string =>
  pathOf(known, pack, pack === known.kernel ? '' : `${pack.name}.`).split('/')[2] ?? ''

type Owned = { readonly pack: Pack; readonly allow: readonly string[] }

const of = <Entry extends Owned>(all: ReadonlyMap<string, Entry>, pack: Pack): readonly Entry[] =>
  [...all.values()].filter((each) => each.pack === pack && !isInside(each))

const queriesOf = (known: Known, pack: Pack): readonly Operation[] =>
  of(known.queries, pack).map(({ name, allow, query }) => ({
    is: 'query',
    name,
    path: pathOf(known, pack, name),
    about: query.about,
    allow,
    input: schemaOf(query.input),
    example: exampleOf(query),
    sensitive: false,
    waits: false,
    across: query.across === true,
  }))

const directOf = (known: Known, pack: Pack): readonly Operation[] =>
  (pack === known.kernel ? directNames : []).map((name) => ({
    is: 'action',
    name,
    path: pathOf(known, pack, name),
    about: directActs[name].about,
    allow: directActs[name].allow,
    input: schemaOf(directActs[name].input),
    example: exampleOf(directActs[name]),
    sensitive: directActs[name].sensitive,
    waits: false,
    across: false,
  }))

const actionsOf = (known: Known, pack: Pack): readonly Operation[] =>
  of(known.actions, pack).map(({ name, allow, action }) => ({
    is: 'action',
    name,
    path: pathOf(known, pack, name),
    about: action.about,
    allow,
    input: schemaOf(action.input),
    example: exampleOf(action),
    sensitive: action.sensitive === true,
    waits: action.away !== 'refuse',
    across: false,
  }))

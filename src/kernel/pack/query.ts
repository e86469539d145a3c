import type { z } from 'zod'
import type { Row, Value } from '../../store/database.ts'
import type { Described } from './refusal.ts'
import type { KeyOf, Prefix, RowsRead, RowsReadOf, Table, Tables, ValuesAt } from './table.ts'

/**
 * What can be seen, by whom. A query is asked once, or read live: it runs again when a commit
 * touches what it names in `reads`, and it can read nothing else (LIVE-5).
 */
export type Query<
  All extends Tables = Tables,
  Input extends z.ZodType = z.ZodType,
  Reads extends ReadsOf<All, z.infer<Input>> = ReadsOf<All, z.infer<Input>>,
  Answer extends AnswerRow = AnswerRow,
  Across extends boolean = boolean,
> = Described & {
  /** What is asked with. Its output is plain JSON: who asks the same, shares the answer. */
  readonly input: Input
  /** Pack and kernel roles that may ask. A query without anybody does not start. */
  readonly allow: readonly string[]
  readonly reads: Reads
  /** Fields of a row of the answer that tell it from the others. An answer has no order: a screen sorts. */
  readonly key: readonly (keyof NoInfer<Answer> & string)[]
  readonly run: (
    rows: RowsReadOf<Pick<All, keyof Reads & keyof All>>,
    input: z.infer<Input>,
    sql: Sql,
  ) => readonly Answer[]
  /** Runs start at least so far apart; the usual pace where nothing is said. */
  readonly everyMs?: number | undefined
  /** May be asked of several sites at once: their answers are one, each row with its `site`. */
  readonly across?: Across | undefined
}

export type AnswerRow = Readonly<Record<string, unknown>>

/** The whole of a table, or its rows whose key or index begins with what the input says. */
export type ReadsOf<All extends Tables, Input> = {
  readonly [Name in keyof All]?: 'all' | NarrowOf<All[Name], Input>
}

type NarrowOf<T extends Table, Input> =
  | { readonly by: 'key'; readonly from: (input: Input) => Prefix<KeyOf<T>> }
  | {
      readonly [Index in keyof T['indexes'] & string]: {
        readonly by: Index
        readonly from: (input: Input) => Prefix<ValuesAt<T, T['indexes'][Index]>>
      }
    }[keyof T['indexes'] & string]

/**
 * A report that needs more than the rows give. Tables stand in braces, `FROM {visits}`, and are among those
 * that the query reads whole. Values come as SQLite has them.
 */
export type Sql = (text: string, ...values: readonly Value[]) => readonly Row[]

/** Binds a pack's tables, so that each query infers the rest from its own schema. */
export function queriesOf<All extends Tables>() {
  return <
    Input extends z.ZodType,
    const Reads extends ReadsOf<All, z.infer<Input>>,
    Answer extends AnswerRow,
    Across extends boolean = false,
  >(
    query: Query<All, Input, Reads, Answer, Across>,
  ): Query<All, Input, Reads, Answer, Across> => query
}

// The kernel runs queries without knowing their types: each is checked whole where it is declared.
export type QueryAny = Described & {
  readonly input: z.ZodType
  readonly allow: readonly string[]
  readonly reads: Readonly<Record<string, 'all' | NarrowAny>>
  readonly key: readonly string[]
  readonly run: (
    rows: Readonly<Record<string, RowsRead<Table>>>,
    input: unknown,
    sql: Sql,
  ) => readonly AnswerRow[]
  readonly everyMs?: number | undefined
  readonly across?: boolean | undefined
}

export type NarrowAny = { readonly by: string; readonly from: (input: unknown) => readonly unknown[] }

export type QueriesFor<All extends Tables> = Readonly<
  Record<
    string,
    Omit<QueryAny, 'reads' | 'run'> & {
      readonly reads: { readonly [Name in keyof All]?: 'all' | NarrowFor }
      readonly run: (rows: RowsReadOf<All>, input: never, sql: Sql) => readonly AnswerRow[]
    }
  >
>
type NarrowFor = { readonly by: string; readonly from: (input: never) => readonly unknown[] }

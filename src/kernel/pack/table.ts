/**
 * A table of a view: columns, key, indexes. The kernel makes it, hashes it, rebuilds it and
 * watches it for live queries. Names are lower camel case; `list` goes by an index or a key prefix.
 */
export type Table<
  Columns extends ColumnTypes = ColumnTypes,
  Key extends readonly string[] = readonly string[],
  Indexes extends Readonly<Record<string, readonly string[]>> = Readonly<Record<string, readonly string[]>>,
> = { readonly columns: Columns; readonly key: Key; readonly indexes: Indexes }

export type Tables = Readonly<Record<string, Table>>

export type Column<T = unknown> = {
  readonly store: 'text' | 'integer' | 'real' | 'flag' | 'json'
  readonly optional: boolean
  /** Only in the types: what a value of this column is in code. */
  readonly is?: T
}
export type ColumnTypes = Readonly<Record<string, Column>>

export const text = (): Column<string> => ({ store: 'text', optional: false })
/** A whole number: cents, instants, counts. */
export const integer = (): Column<number> => ({ store: 'integer', optional: false })
export const real = (): Column<number> => ({ store: 'real', optional: false })
export const flag = (): Column<boolean> => ({ store: 'flag', optional: false })
/** A document. It is compared and hashed as the text it was written as. */
export const json = <T>(): Column<T> => ({ store: 'json', optional: false })
export const optional = <T>(column: Column<T>): Column<T | null> => ({ store: column.store, optional: true })

export function table<
  const Columns extends ColumnTypes,
  const Key extends readonly (keyof Columns & string)[],
  const Indexes extends Readonly<Record<string, readonly (keyof Columns & string)[]>> = Record<never, never>,
>(
  columns: Columns,
  shape: { readonly key: Key; readonly indexes?: Indexes | undefined },
): Table<Columns, Key, Indexes> {
  return { columns, key: shape.key, indexes: shape.indexes ?? ({} as Indexes) }
}

type ValueOf<C> = C extends Column<infer T> ? T : never
export type RowOf<T extends Table> = { readonly [Name in keyof T['columns']]: ValueOf<T['columns'][Name]> }
export type KeyOf<T extends Table> = ValuesAt<T, T['key']>

export type ValuesAt<T extends Table, Names extends readonly string[]> = {
  readonly [I in keyof Names]: Names[I] extends keyof T['columns'] ? ValueOf<T['columns'][Names[I]]> : never
}

/** Every beginning of a tuple: an index over (a, b) lists by a, or by a and b. */
export type Prefix<T extends readonly unknown[]> = T extends readonly [infer First, ...infer Rest]
  ? readonly [] | readonly [First, ...Prefix<Rest>]
  : readonly []

type IndexesOf<T extends Table> = keyof T['indexes'] & string

/** What `apply` may do with a table. Lists come in the order of the index, then of the key. */
export type Rows<T extends Table> = RowsRead<T> & {
  readonly put: (row: RowOf<T>) => void
  readonly remove: (...key: KeyOf<T>) => void
}

/** What `decide` may do with it. */
export type RowsRead<T extends Table> = {
  readonly get: (...key: KeyOf<T>) => RowOf<T> | undefined
  readonly all: () => readonly RowOf<T>[]
  readonly list: <I extends IndexesOf<T>>(
    index: I,
    ...by: Prefix<ValuesAt<T, T['indexes'][I]>>
  ) => readonly RowOf<T>[]
  readonly count: <I extends IndexesOf<T>>(index: I, ...by: Prefix<ValuesAt<T, T['indexes'][I]>>) => number
}

export type RowsOf<All extends Tables> = { readonly [Name in keyof All]: Rows<All[Name]> }
export type RowsReadOf<All extends Tables> = { readonly [Name in keyof All]: RowsRead<All[Name]> }

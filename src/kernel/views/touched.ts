import type { Table } from '../pack/table.ts'

/** What commits have changed, by full name of the table, as far as some query reads it. `n`: where the views stand. */
export type Touched = { readonly n: number; readonly tables: Readonly<Record<string, TouchedTable>> }

/** By index (or `key`): the values that changed rows have there, or had. `many`: any row may have changed. */
export type TouchedTable = 'many' | Readonly<Record<string, readonly Values[]>>
export type Values = readonly unknown[]

/** What a query reads of one table. */
export type Read = {
  readonly table: string
  readonly narrow: { readonly by: string; readonly from: Values } | undefined
}

/** More changed rows than this are not told one by one. */
const tellAtMost = 64

type AnyRow = Readonly<Record<string, unknown>>
type Facet = { readonly by: string; readonly columns: readonly string[]; readonly seen: Map<string, Values> }

/** Collects which rows of one table change. Too much is harmless, too little leaves a screen behind (LIVE-4). */
export class TableTouches {
  /** What a row was before must be told too: an index that is watched can move it. */
  readonly wantsOld: boolean
  readonly #facets: readonly Facet[]
  #any = false
  #many = false

  constructor(table: Table, watchedBy: readonly string[]) {
    this.#facets = watchedBy.map((by) => {
      const columns = by === 'key' ? table.key : (table.indexes[by] ?? [])
      return { by, columns, seen: new Map<string, Values>() }
    })
    this.wantsOld = this.#facets.some(({ columns }) => columns.some((each) => !table.key.includes(each)))
  }

  /** Nothing that is told from here on can say more. */
  get isFull(): boolean {
    return this.#many
  }

  note(row: AnyRow): void {
    this.#any = true
    if (this.#many) return
    for (const { columns, seen } of this.#facets) {
      const values = columns.map((column) => row[column] ?? null)
      seen.set(JSON.stringify(values), values)
      if (seen.size > tellAtMost) this.#many = true
    }
  }

  everything(): void {
    this.#any = this.#many = true
  }

  /** What was noted since this was asked for the last time. */
  take(): TouchedTable | undefined {
    if (!this.#any) return undefined
    const many = this.#many || this.#facets.length === 0
    const told = this.#facets.map(({ by, seen }) => [by, [...seen.values()]] as const)
    for (const { seen } of this.#facets) seen.clear()
    this.#any = this.#many = false
    return many ? 'many' : Object.fromEntries(told)
  }
}

/** Whether what was touched may change what these reads give. */
export function touches(reads: readonly Read[], { tables }: Touched): boolean {
  return reads.some(({ table, narrow }) => {
    const touched = tables[table]
    if (touched === undefined) return false
    if (touched === 'many' || narrow === undefined) return true
    const from = JSON.stringify(narrow.from)
    const length = narrow.from.length
    return touched[narrow.by]?.some((values) => JSON.stringify(values.slice(0, length)) === from) ?? true
  })
}

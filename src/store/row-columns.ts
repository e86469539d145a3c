import type { LogRow } from './truth.ts'

/**
 * Entries on their way from one thread to another. A structured clone writes the names of its fields with every
 * object, and makes each object anew; a column of texts costs a third.
 */
export type RowColumns = {
  readonly n: readonly number[]
  readonly head: readonly string[]
  readonly bodies: readonly string[]
  readonly chain: readonly string[]
  /** The few that there are, by place. */
  readonly term: readonly (readonly [place: number, term: string])[]
}

export function toColumns(rows: readonly LogRow[]): RowColumns {
  return {
    n: rows.map(({ n }) => n),
    head: rows.map(({ head }) => head),
    bodies: rows.map(({ bodies }) => bodies),
    chain: rows.map(({ chain }) => chain),
    term: rows.flatMap(({ term }, place) => (term === undefined ? [] : [[place, term] as const])),
  }
}

export function toRows({ n, head, bodies, chain, term }: RowColumns): readonly LogRow[] {
  const rows: LogRow[] = n.map((each, place) => ({
    n: each,
    head: head[place] as string,
    bodies: bodies[place] as string,
    chain: chain[place] as string,
  }))
  for (const [place, text] of term) rows[place] = { ...(rows[place] as LogRow), term: text }
  return rows
}

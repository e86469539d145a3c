import type { LogRow, RecordRow } from '../../store/truth.ts'
import type { Item } from './sequencer.ts'
import type { Stepped } from './writer.ts'

/**
 * A step on its way to the thread that writes views, and back: records as columns, as they are many; and of the entries
 * that they became, only what the box does not have yet.
 */
type RecordColumns = {
  readonly do: 'records'
  readonly box: string
  readonly stream: string
  readonly seqs: readonly number[]
  readonly heads: readonly string[]
  readonly bodies: readonly string[]
}
export type ItemColumns = RecordColumns | Exclude<Item, { readonly do: 'records' }>

export type SteppedColumns = Omit<Stepped, 'rows'> & {
  readonly from: number
  readonly chains: readonly string[]
  /** By entry: which of all records it is, or else its own text. */
  readonly texts: readonly (number | Pick<LogRow, 'head' | 'bodies' | 'term'>)[]
}

export function toItemColumns(items: readonly Item[]): readonly ItemColumns[] {
  return items.map((item) =>
    item.do === 'records'
      ? {
          do: 'records',
          box: item.box,
          stream: item.stream,
          seqs: item.rows.map(({ seq }) => seq),
          heads: item.rows.map(({ head }) => head),
          bodies: item.rows.map(({ body }) => body),
        }
      : item,
  )
}

export function toItems(columns: readonly ItemColumns[]): readonly Item[] {
  return columns.map((item) => {
    if (item.do !== 'records') return item
    const { box, stream, heads, bodies } = item
    const rows = item.seqs.map((seq, at): RecordRow => ({
      seq,
      head: heads[at] as string,
      body: bodies[at] as string,
    }))
    return { do: 'records', box, stream, rows }
  })
}

const recordsOf = (items: readonly Item[]): readonly RecordRow[] =>
  items.flatMap((item) => (item.do === 'records' ? item.rows : []))

export function toSteppedColumns({ rows, ...rest }: Stepped, items: readonly Item[]): SteppedColumns {
  const records = recordsOf(items)
  let next = 0
  const texts = rows.map(({ head, bodies, term }) => {
    // Records become entries in their order; those that were there before, or cannot be judged, are passed by.
    const at = head.startsWith('["r"') ? placeOf(records, head, bodies, next) : -1
    if (at < 0) return { head, bodies, term }
    next = at + 1
    return at
  })
  return { ...rest, from: rows[0]?.n ?? 0, chains: rows.map(({ chain }) => chain), texts }
}

function placeOf(records: readonly RecordRow[], head: string, body: string, from: number): number {
  for (let at = from; at < records.length; at += 1)
    if (records[at]?.head === head && records[at]?.body === body) return at
  return -1
}

export function toStepped({ from, chains, texts, ...rest }: SteppedColumns, items: readonly Item[]): Stepped {
  const records = recordsOf(items)
  const rows = texts.map((text, place): LogRow => {
    const [n, chain] = [from + place, chains[place] as string]
    if (typeof text !== 'number') return { n, chain, ...text }
    const { head, body } = records[text] as RecordRow
    return { n, head, bodies: body, chain }
  })
  return { ...rest, rows }
}

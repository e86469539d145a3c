import { naming, reading } from './columns.ts'
import type { Call } from './group-commit.ts'
import type { LogRow, RecordRow, Write } from './truth.ts'

/**
 * The calls of one commit on their way to the thread that writes them. What comes by the thousand (records, entries,
 * notes) goes as numbers and texts in columns: a structured clone of an object a row costs more than to write the row.
 */
export type CallColumns = {
  /** What to make of the other columns: how many writes a call has; then, for each, its kind and its numbers. */
  readonly plan: readonly number[]
  readonly texts: readonly string[]
  /** Names of sites and streams, each once. */
  readonly names: readonly string[]
  /** All that is rare, as it is. */
  readonly others: readonly Write[]
}

const kind = { other: 0, records: 1, entries: 2, note: 3 }

export function toCallColumns(calls: readonly Call[]): CallColumns {
  const plan: number[] = []
  const texts: string[] = []
  const others: Write[] = []
  const nameOf = naming()
  const put = (write: Write): void => {
    if (write.do === 'note') {
      plan.push(kind.note)
      texts.push(write.name, write.value)
    } else if (write.do === 'records' && isRow(write.rows.map(({ seq }) => seq))) {
      const { site, box, stream, rows } = write
      plan.push(kind.records, nameOf(site), nameOf(box), nameOf(stream), rows[0]?.seq ?? 0, rows.length)
      for (const { head, body } of rows) texts.push(head, body)
    } else if (write.do === 'entries' && isPlain(write.rows)) {
      plan.push(kind.entries, nameOf(write.site), write.rows[0]?.n ?? 0, write.rows.length)
      for (const { head, bodies, chain } of write.rows) texts.push(head, bodies, chain)
    } else {
      plan.push(kind.other)
      others.push(write)
    }
  }
  for (const call of calls) {
    plan.push(call.length)
    for (const write of call) put(write)
  }
  return { plan, texts, names: nameOf.all(), others }
}

export function toCalls({ plan, texts, names, others }: CallColumns): readonly Call[] {
  const next = reading(plan)
  const text = reading(texts)
  const other = reading(others)
  const name = () => names[next()] as string
  const write = (): Write => {
    switch (next()) {
      case kind.note:
        return { do: 'note', name: text(), value: text() }
      case kind.records: {
        const named = { site: name(), box: name(), stream: name() }
        const from = next()
        const rows = Array.from({ length: next() }, (_, at): RecordRow => {
          return { seq: from + at, head: text(), body: text() }
        })
        return { do: 'records', ...named, rows }
      }
      case kind.entries: {
        const site = name()
        const from = next()
        const rows = Array.from({ length: next() }, (_, at): LogRow => {
          return { n: from + at, head: text(), bodies: text(), chain: text() }
        })
        return { do: 'entries', site, rows }
      }
      default:
        return other()
    }
  }
  const calls: Call[] = []
  while (next.isLeft()) calls.push(Array.from({ length: next() }, write))
  return calls
}

/** Numbers one after the other: a caller that is wrong about them is to be told so by the thread. */
const isRow = (numbers: readonly number[]): boolean =>
  numbers.length > 0 && numbers.every((each, at) => each === (numbers[0] as number) + at)

const isPlain = (rows: readonly LogRow[]): boolean =>
  isRow(rows.map(({ n }) => n)) && rows.every(({ term }) => term === undefined)

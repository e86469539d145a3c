import type { LogRow } from '../../store/truth.ts'
import { factsOf, parseHead } from '../entry.ts'
import type { Writer } from '../site/writer.ts'
import type { Heard } from './steer.ts'
import { clockFacts } from './facts.ts'

const body = clockFacts['clock.set'].body

/** What people said of the time in entries that this boot has just given a place. */
export function saidIn(rows: readonly LogRow[], boot: string): readonly Heard[] {
  return rows.flatMap(({ head, bodies }) => {
    if (!head.includes('"clock.set"')) return []
    return factsOf(parseHead(head), bodies).flatMap(({ kind, body: said }) => {
      const read = kind === 'clock.set' ? body.safeParse(said) : undefined
      return read?.success && read.data.boot === boot ? [heard(read.data)] : []
    })
  })
}

/** What they said in this boot before this process, as the views have it. A crash may have come between log and clock. */
export async function peopleSaid(parts: {
  readonly site: string
  readonly writer: Writer
  readonly machine: { readonly boot: string }
}): Promise<readonly Heard[]> {
  const rows = await parts.writer.query(parts.site, 'kernel', 'boots')
  return rows
    .filter((row) => row['boot'] === parts.machine.boot && row['by'] === 'person')
    .map((row) => heard(row as { mono: number; offset: number; within: number }))
}

function heard({ mono, offset, within }: { mono: number; offset: number; within: number }): Heard {
  return { mono, offset, within, by: 'person' }
}

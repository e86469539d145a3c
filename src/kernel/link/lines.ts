import type { LogRow, RecordRow } from '../../store/truth.ts'
import { kindsOf, nextChain, parseHead } from '../entry.ts'
import { parseTerm, termText } from '../term.ts'

/** The largest frame that a draining backlog sends, and how much of it may be under way (LINK-10). */
export const backlogFrameBytes = 8 * 1024
export const backlogInFlight = 16 * 1024

/** Entries as the lines of a frame: a head, then a line a fact. */
export function entryLines(rows: readonly LogRow[]): readonly string[] {
  return rows.map(({ head, bodies }) => (bodies === '' ? head : `${head}\n${bodies}`))
}

/** Reads them back, computing the running hash from `chain`. Throws where lines and heads do not agree. */
export function parseEntries(lines: readonly string[], after: number, chain: string): readonly LogRow[] {
  const rows: LogRow[] = []
  let at = 0
  let running = chain
  while (at < lines.length) {
    const text = lines[at] as string
    const head = parseHead(text)
    const facts = kindsOf(head).length
    const bodies = lines.slice(at + 1, at + 1 + facts)
    if (bodies.length !== facts) throw new Error('an entry is cut off')
    const joined = bodies.join('\n')
    running = nextChain(running, { head: text, bodies: joined })
    rows.push({
      n: after + rows.length + 1,
      head: text,
      bodies: joined,
      chain: running,
      term: openedTerm(text, joined),
    })
    at += 1 + facts
  }
  return rows
}

/** The term that an entry opens, as text. */
export function openedTerm(head: string, bodies: string): string | undefined {
  if (!head.startsWith('["k"')) return undefined
  const place = kindsOf(parseHead(head)).indexOf('site.keeper')
  if (place < 0) return undefined
  const { term } = JSON.parse(bodies.split('\n')[place] as string) as { term: string }
  return termText(parseTerm(term))
}

export function recordLines(rows: readonly RecordRow[]): readonly string[] {
  return rows.map(({ head, body }) => `${head}\n${body}`)
}

export function parseRecords(lines: readonly string[], from: number): readonly RecordRow[] {
  if (lines.length % 2 !== 0) throw new Error('a record is cut off')
  return Array.from({ length: lines.length / 2 }, (_, index) => {
    return { seq: from + index, head: lines[2 * index] as string, body: lines[2 * index + 1] as string }
  })
}

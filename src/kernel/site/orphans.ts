import { kindsOf, parseHead, parseLine } from '../entry.ts'
import type { Head } from '../entry.ts'
import type { Orphan } from '../pack/action.ts'
import type { Saying } from './sequencer.ts'
import type { SiteViews } from './views.ts'

/** What a keeper says when it is handed a decision of a branch that lost. */
export function orphanFacts(
  term: string,
  n: number,
  head: string,
  lines: readonly string[],
): readonly Saying[] {
  const kinds = kindsOf(parseHead(head)).length
  const parts =
    kinds === 0 ? [] : lines.map((line, i) => ({ kind: 'orphan.line', body: { term, n, i, line } }))
  return [{ kind: 'orphan.kept', body: { term, n, head, kinds } }, ...parts]
}

/** An orphan as its pack looks at it. */
export function orphanAt(views: SiteViews, term: string, n: number): Orphan | undefined {
  const row = views.kernel.orphans.get(term, n)
  const head = row && parseHead(row.head)
  if (!row || head?.form !== 'a') return undefined
  const said = head.kinds.map((kind, i) => {
    const line = views.kernel.orphanLines.get(term, n, i)?.line
    return { kind, body: line === undefined ? undefined : parseLine(line).body }
  })
  const { action, key, who, settled } = row
  return { term, n, action, key, who, settled, facts: said, answer: head.asked.answer }
}

/** Orphans that the losing keeper had itself been handed: they are handed on. */
export function nestedOrphans(head: Head & { form: 'k' }, bodies: string) {
  if (!head.kinds.includes('orphan.kept')) return []
  const found: { term: string; n: number; head: string; lines: string[] }[] = []
  bodies.split('\n').forEach((line, i) => {
    const { body } = parseLine(line)
    if (head.kinds[i] === 'orphan.kept')
      found.push({ ...(body as { term: string; n: number; head: string }), lines: [] })
    else if (body) found.at(-1)?.lines.push((body as { line: string }).line)
  })
  return found
}

import { isRefusal } from '../afar/refusal.ts'
import { hollowLine, kindsOf, parseHead, parseLine } from '../entry.ts'
import type { Orphan } from '../pack/action.ts'
import { facts } from './facts.ts'
import type { Saying } from './sequencer.ts'
import type { SiteViews } from './views.ts'

/** A decision of a branch that lost, as text. A line that was erased on the way is left out. */
export type OrphanText = {
  readonly term: string
  readonly n: number
  readonly head: string
  readonly lines: readonly { readonly i: number; readonly line: string }[]
}

/** What a keeper says when it is handed a decision of a branch that lost. */
export function orphanFacts({ term, n, head, lines }: OrphanText): readonly Saying[] {
  const kinds = kindsOf(parseHead(head)).length
  const parts = lines.map(({ i, line }) => ({ kind: 'orphan.line', body: { term, n, i, line } }))
  return [{ kind: 'orphan.kept', body: { term, n, head, kinds } }, ...parts]
}

/**
 * An orphan as it may still be kept: where the log answered its key too and has a place of that decision
 * erased, the persons in this answer go as well (LOG-24).
 */
export function stillKnown(views: SiteViews, orphan: OrphanText): OrphanText {
  const head = parseHead(orphan.head)
  if (head.form !== 'a') return orphan
  const answered = views.kernel.answers.get(head.asked.key)
  if (answered?.digest !== head.asked.digest) return orphan
  if (views.kernel.erased.count('byPlace', answered.n) === 0) return orphan
  return { ...orphan, lines: orphan.lines.map(({ i, line }) => ({ i, line: hollowLine(line) })) }
}

/** The orphans in an entry that was handed in: itself, or those that its keeper had been handed. */
export function orphansIn(term: string, n: number, head: string, bodies: string): readonly OrphanText[] {
  const parsed = parseHead(head)
  const lines = bodies === '' ? [] : bodies.split('\n').map((line, i) => ({ i, line }))
  // Nobody was granted anything by a refusal.
  if (parsed.form === 'a') return isRefusal(parsed.kinds) ? [] : [{ term, n, head, lines }]
  return parsed.form === 'k' ? nestedOrphans(parsed.kinds, lines) : []
}

function nestedOrphans(kinds: readonly string[], lines: OrphanText['lines']): readonly OrphanText[] {
  const found: { term: string; n: number; head: string; lines: { i: number; line: string }[] }[] = []
  for (const { i, line } of lines) {
    const { body, hollow } = parseLine(line)
    if (hollow) continue
    if (kinds[i] === 'orphan.kept') {
      const { term, n, head } = facts['orphan.kept'].body.parse(body)
      parseHead(head)
      found.push({ term, n, head, lines: [] })
    } else if (kinds[i] === 'orphan.line') {
      const kept = facts['orphan.line'].body.parse(body)
      found.at(-1)?.lines.push({ i: kept.i, line: kept.line })
    }
  }
  return found
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
  const news = said.flatMap(({ kind, body }) =>
    kind === 'order.issued' ? newsOf(views, (body as { order: string } | undefined)?.order ?? '') : [],
  )
  return { term, n, action, key, who, settled, facts: said, answer: head.asked.answer, news }
}

/** What boxes did with an order that this log does not have: nobody gives it to them again (ORDER-9). */
const newsOf = (views: SiteViews, order: string): Orphan['news'] =>
  views.kernel.orderNews.list('byOrder', order).map(({ kind, body }) => ({ order, kind, body }))

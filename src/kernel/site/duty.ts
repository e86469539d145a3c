import type { Term } from '../term.ts'
import type { History } from './history.ts'
import { lastTerm } from './history.ts'
import type { HandOver } from './writer.ts'

/** What a box has to do for a site, as its log says. */
export type Duty =
  | { readonly is: 'follow' }
  /** It keeps under this term already. */
  | { readonly is: 'keep'; readonly term: Term }
  /** It must open this term before it decides anything. */
  | { readonly is: 'open'; readonly term: Term; readonly how: 'start' | 'handover' }

/**
 * The last term names the keeper; every process of that keeper opens a start of its own (TERM-2).
 * A hand-over after it names the next one (TERM-4).
 */
export function dutyOf(history: History, handover: HandOver | null, box: string, stream: string): Duty {
  const last = lastTerm(history)
  if (!last) return { is: 'follow' }
  const lastBoundary = history.terms.at(-1)?.n ?? 0
  if (handover && handover.n > lastBoundary) {
    if (handover.to !== box) return { is: 'follow' }
    return { is: 'open', how: 'handover', term: { reign: handover.reign, keeper: box, start: 1, stream } }
  }
  if (last.keeper !== box) return { is: 'follow' }
  if (last.stream === stream) return { is: 'keep', term: last }
  return { is: 'open', how: 'start', term: { ...last, start: highestStart(history, last) + 1, stream } }
}

/** The term of a take-over: a reign above all that this log has seen or promised (TERM-5). */
export function takeOverTerm(history: History, handover: HandOver | null, box: string, stream: string): Term {
  const reigns = [...history.terms.map(({ term }) => term.reign), handover?.reign ?? 0]
  return { reign: Math.max(0, ...reigns) + 1, keeper: box, start: 1, stream }
}

function highestStart(history: History, { reign, keeper }: Term): number {
  const starts = history.terms.map(({ term }) =>
    term.reign === reign && term.keeper === keeper ? term.start : 0,
  )
  return Math.max(...starts)
}

import type { Term } from '../term.ts'
import { compareTerms } from '../term.ts'
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

/** What a box knows of a site's keeping, beside what its own log says. */
export type Known = {
  readonly handover: HandOver | null
  /** The highest term that it met elsewhere, whether or not it has its entries yet. */
  readonly met: Term | null
  readonly box: string
  /** Names the terms that it opens; new after it gave up entries. */
  readonly stream: string
}

/**
 * The last term names the keeper; every process of that keeper opens a start of its own (TERM-2).
 * A hand-over after it names the next one (TERM-4). A box that met another keeper's higher term
 * follows, even while it waits for the entries (TERM-1).
 */
export function dutyOf(history: History, { handover, met, box, stream }: Known): Duty {
  const last = lastTerm(history)
  if (!last) return { is: 'follow' }
  if (met && isOutranked(history, met, box)) return { is: 'follow' }
  const lastBoundary = history.terms.at(-1)?.n ?? 0
  if (handover && handover.n > lastBoundary) {
    if (handover.to !== box) return { is: 'follow' }
    return { is: 'open', how: 'handover', term: { reign: handover.reign, keeper: box, start: 1, stream } }
  }
  if (last.keeper !== box) return { is: 'follow' }
  if (last.stream === stream) return { is: 'keep', term: last }
  const start = Math.max(highestStart(history, last), met && sameReign(met, last) ? met.start : 0) + 1
  return { is: 'open', how: 'start', term: { ...last, start, stream } }
}

/** Another keeper's term was met that is higher than all that this log has (TERM-1). */
export function isOutranked(history: History, met: Term, box: string): boolean {
  const last = lastTerm(history)
  return last !== undefined && met.keeper !== box && compareTerms(met, last) > 0
}

/** The term of a take-over: a reign above all that this log has seen or promised (TERM-5). */
export function takeOverTerm(history: History, { handover, met, box, stream }: Known): Term {
  const reigns = [...history.terms.map(({ term }) => term.reign), handover?.reign ?? 0, met?.reign ?? 0]
  return { reign: Math.max(0, ...reigns) + 1, keeper: box, start: 1, stream }
}

const sameReign = (a: Term, b: Term): boolean => a.reign === b.reign && a.keeper === b.keeper

function highestStart(history: History, { reign, keeper }: Term): number {
  const starts = history.terms.map(({ term }) =>
    term.reign === reign && term.keeper === keeper ? term.start : 0,
  )
  return Math.max(...starts)
}

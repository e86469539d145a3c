import type { Instant } from '../instant.ts'
import { epochOf } from '../instant.ts'

/** What stands in the log of an order's time: the entry, its instant, and its life from there. */
export type Timed = { readonly n: number; readonly at: Instant; readonly lifeMs: number }

/** The keeper's own term: the entry that opened it, and when, by the clock of this process. */
export type OwnTerm = { readonly n: number; readonly mono: number }

/** How far an instant of each quality may be wrong (the first: nobody knows). */
const uncertaintyMs = [Number.POSITIVE_INFINITY, 5_000, 250, 20] as const

/**
 * Milliseconds to the deadline, not more than they are: what a box is told. Undefined where nobody can
 * tell, since one of the two clocks is unknown: then it is not given out (ORDER-6).
 */
export function leftAtLeast(order: Timed, term: OwnTerm, now: Instant): number | undefined {
  if (isOwn(order, term)) return inTerm(order, now)
  const left = byClocks(order, now)
  return left && left.ms - left.slackMs
}

/** Milliseconds to the deadline, not less than they are: nothing ends before (ORDER-7). */
export function leftAtMost(order: Timed, term: OwnTerm, now: Instant): number {
  if (isOwn(order, term)) return inTerm(order, now)
  // It was issued before this term opened, so its life is over when it has passed from there on.
  const bySteadyClock = term.mono + order.lifeMs - now[0]
  const left = byClocks(order, now)
  return left ? Math.min(bySteadyClock, left.ms + left.slackMs) : bySteadyClock
}

/** Issued under this very term, so by this process, whose monotonic clock says how long ago. */
export const isOwn = (order: Timed, term: OwnTerm): boolean => order.n > term.n

const inTerm = (order: Timed, now: Instant): number => order.at[0] + order.lifeMs - now[0]

function byClocks({ at, lifeMs }: Timed, now: Instant) {
  const [then, today] = [epochOf(at), epochOf(now)]
  if (then === null || today === null || at[2] === 0 || now[2] === 0) return undefined
  return { ms: then + lifeMs - today, slackMs: uncertaintyMs[at[2]] + uncertaintyMs[now[2]] }
}

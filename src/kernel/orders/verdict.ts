import type { Instant } from '../instant.ts'
import type { Outcome } from './order.ts'
import { isOwn, leftAtMost } from './time.ts'
import type { OwnTerm, Timed } from './time.ts'

/** How long after the deadline, or after its own start, a keeper waits for a box's last word. */
export const lastWordMs = 40_000

export type OpenOrder = Timed & {
  readonly order: string
  readonly to: string
  readonly accepted: number
  readonly cancelled: number | null
}

/** What a keeper knows when it looks at an order. `handed`: this process gave it to its box in this term. */
export type Sight = { readonly now: Instant; readonly term: OwnTerm; readonly handed: boolean }

export type Verdict =
  | { readonly is: 'ended'; readonly outcome: Extract<Outcome, 'expired' | 'cancelled' | 'unknown'> }
  | { readonly is: 'waiting'; readonly lookInMs: number }

/**
 * What the keeper says by itself. An order of its own term that it never gave out has surely not begun;
 * of any other it cannot tell, and says *unknown* once its box had time for a last word (ORDER-7, ORDER-8).
 */
export function verdictOn(order: OpenOrder, { now, term, handed }: Sight): Verdict {
  const left = leftAtMost(order, term, now)
  const surelyNotBegun = isOwn(order, term) && !handed && order.accepted === 0
  if (surelyNotBegun) {
    if (order.cancelled !== null) return { is: 'ended', outcome: 'cancelled' }
    return left <= 0 ? { is: 'ended', outcome: 'expired' } : { is: 'waiting', lookInMs: left }
  }
  const sinceStart = now[0] - term.mono
  const patience = Math.max(left + lastWordMs, lastWordMs - sinceStart)
  return patience <= 0 ? { is: 'ended', outcome: 'unknown' } : { is: 'waiting', lookInMs: patience }
}

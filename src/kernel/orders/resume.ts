import type { LedgerEntry } from './ledger.ts'
import type { Delivered } from './delivery.ts'
import type { Tried, End } from './driver.ts'
import type { Mode } from './order.ts'

/** A repeatable order is tried so often. */
export const tries = 3
/** So long after a try that failed, or broke off. */
export const restMs = [5_000, 30_000] as const

/** What a box does with an order that it is given, by what it and the log remember of it. */
export type Placing =
  /** It waits for its turn; so many tries were begun before. */
  | { readonly is: 'waits'; readonly tried: number }
  /** It has ended here, and its end is on the way. */
  | { readonly is: 'known' }
  | { readonly is: 'ends'; readonly end: End }

export function place({ mode, accepted }: Delivered, entry: LedgerEntry | undefined): Placing {
  if (entry?.ended) return { is: 'known' }
  const tried = Math.max(entry?.attempt ?? 0, accepted)
  if (tried === 0) return { is: 'waits', tried }
  const end = afterBreak(mode, tried)
  return end ? { is: 'ends', end } : { is: 'waits', tried }
}

/** An order whose try broke off, and nobody can tell what came of it: its end, or none where it is tried again. */
export function afterBreak(mode: Mode, tried: number): End | undefined {
  if (mode !== 'repeat') return { outcome: 'unknown', error: 'it was begun, and broke off' }
  return tried >= tries ? { outcome: 'failed', error: `it broke off, after ${tried} tries` } : undefined
}

/** A driver looked what came of a try that broke off. Undefined: the order is tried again. */
export function afterCheck(entry: LedgerEntry, tried: Tried | undefined): End | undefined {
  if (!tried) return afterBreak(entry.mode, entry.attempt)
  if (tried.is === 'done') return { outcome: 'done', result: tried.result }
  if (tried.is === 'failed' && entry.mode === 'repeat' && entry.attempt < tries) return undefined
  return { outcome: tried.is, error: tried.error }
}

/** Whether a repeatable order rests and is tried again; how long. */
export function restAfter(mode: Mode, attempt: number, end: End): number | undefined {
  if (mode !== 'repeat' || end.outcome !== 'failed' || attempt >= tries) return undefined
  return restMs[attempt - 1]
}

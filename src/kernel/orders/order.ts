import type { z } from 'zod'

/** `repeat` may run again, `once` never; `barrier` runs once, after all before it, and holds all after it. */
export type Mode = 'repeat' | 'once' | 'barrier'

export const modes = ['repeat', 'once', 'barrier'] as const
export const outcomes = ['done', 'failed', 'expired', 'refused', 'cancelled', 'unknown'] as const
export type Outcome = (typeof outcomes)[number]

export const shortestLifeMs = 10_000
export const longestLifeMs = 90 * 24 * 3600 * 1000

/** A kind of order, as its pack declares it. */
export type OrderKind<Params extends z.ZodType = z.ZodType> = {
  readonly params: Params
  readonly mode: Mode
  /** One try takes no longer; after that it is told to stop. */
  readonly runMs: number
  /** From being issued to the deadline, where the issuer says nothing else. */
  readonly lifeMs: number
  /** Can be stopped once it runs. */
  readonly stops: boolean
  /** Roles that may issue, cancel and retry it. */
  readonly allow: readonly string[]
  /** Kinds of which a newer order of this kind cancels those that wait at the same box. */
  readonly supersedes: readonly string[]
}

export type OrderKinds = Readonly<Record<string, OrderKind>>

export function order<Params extends z.ZodType>(declared: {
  readonly params: Params
  readonly mode: Mode
  readonly allow: readonly string[]
  readonly runMs?: number | undefined
  readonly lifeMs?: number | undefined
  readonly stops?: boolean | undefined
  readonly supersedes?: readonly string[] | undefined
}): OrderKind<Params> {
  const { runMs = 60_000, lifeMs = 600_000, stops = false, supersedes = [] } = declared
  if (!(runMs > 0)) throw new Error('an order runs for some time: runMs is above 0')
  if (lifeMs < shortestLifeMs || lifeMs > longestLifeMs)
    throw new Error('an order lives for 10 seconds to 90 days')
  return { ...declared, runMs, lifeMs, stops, supersedes }
}

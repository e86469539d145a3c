import { z } from 'zod'

/**
 * When a person did what reaches the keeper later: milliseconds since 1970 in the time of the site, and how far off
 * that may be at most (null: only the device says so, and nobody knows).
 */
export type DoneAt = { readonly ms: number; readonly within: number | null }

/** The last moment that has a date. */
const latest = 8_640_000_000_000_000
const whole = z.int().nonnegative().max(latest)
export const doneAtForm = z.object({ ms: whole, within: whole.nullable() })

/** As it stands in a head (LOG-29). */
export type DoneAtText = readonly [ms: number, within: number | null]

export const doneAtOf = ([ms, within]: DoneAtText): DoneAt => ({ ms, within })

/** Whoever reads a log reads many heads: no schema. */
export function isDoneAtText(value: unknown): value is DoneAtText {
  if (!Array.isArray(value) || value.length !== 2) return false
  const [ms, within] = value as readonly unknown[]
  return isWhole(ms) && (within === null || isWhole(within))
}

const isWhole = (value: unknown): boolean =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= latest

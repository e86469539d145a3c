import type { Recording } from '../box/journal.ts'
import type { End } from './driver.ts'

const resultBytes = 24 * 1024
const errorLength = 2_000

/** The record by which a box says how an order ended. A result that does not fit says so, and the outcome stands. */
export function ended(order: string, { outcome, result, error }: End, ms: number): Recording {
  const text = textOf(result)
  const fits = text !== undefined && Buffer.byteLength(text) <= resultBytes
  const why = fits ? error : (error ?? 'its result is no JSON, or too long: put it into a blob')
  const kept = fits ? (JSON.parse(text) as unknown) : null
  const body = {
    order,
    outcome,
    result: kept,
    error: why?.slice(0, errorLength) ?? null,
    ms: Math.max(0, ms),
  }
  return { kind: 'order.ended', body }
}

function textOf(result: unknown): string | undefined {
  try {
    return JSON.stringify(result ?? null)
  } catch {
    return undefined
  }
}

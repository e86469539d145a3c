import type { Quality } from '../instant.ts'

/** At `mono` of this boot the time was mono + offset, to within so many milliseconds of the truth. */
export type Measured = { readonly mono: number; readonly offset: number; readonly within: number }

/** The four stamps of an exchange: asked and heard on our monotonic clock, received and sent in the other's time. */
export type Stamps = {
  readonly asked: number
  readonly received: number
  readonly sent: number
  readonly heard: number
}

/** No crystal of a box that is well is worse: a belief widens by so much as it ages (CLOCK-3). */
export const driftPerMs = 100 / 1e6
/** Stamps are whole milliseconds, rounded down on one side and to the nearest on the other. */
export const roundingMs = 2
/** So many exchanges are remembered; the best of them counts (CLOCK-2). */
export const remembered = 8

const widest: Readonly<Record<Exclude<Quality, 0>, number>> = { 3: 20, 2: 250, 1: 5_000 }

/** The class of an uncertainty (CLOCK-1). */
export function qualityOf(within: number): Quality {
  for (const quality of [3, 2, 1] as const) if (within <= widest[quality]) return quality
  return 0
}

/** The uncertainty that a quality states; nothing is stated of an unknown clock. */
export const boundOf = (quality: Quality): number => (quality === 0 ? Infinity : widest[quality])

/** What an exchange shows, with `within` as the other stated its own. Undefined where the stamps contradict each other. */
export function measured({ asked, received, sent, heard }: Stamps, within: number): Measured | undefined {
  const took = heard - asked
  const held = sent - received
  const delay = took - held
  if (took < 0 || held < 0 || delay < -roundingMs) return undefined
  const offset = (received - asked + sent - heard) / 2
  return { mono: heard, offset, within: within + Math.max(0, delay) / 2 + roundingMs + took * driftPerMs }
}

/** How far off it may be at another moment of the same boot. */
export function withinAt({ mono, within }: Measured, at: number): number {
  return within + Math.abs(at - mono) * driftPerMs
}

/** An exchange, and how much of its uncertainty is the other's own. */
export type Exchange = Measured & { readonly theirs: number }

/**
 * Which of the exchanges says most about the other's time now: by delay and age alone. What the other
 * does not know of the truth itself is the same for all, and must not make an old exchange look better.
 */
export function best(exchanges: readonly Exchange[], at: number): Exchange | undefined {
  let chosen: Exchange | undefined
  const loose = (each: Exchange) => withinAt(each, at) - each.theirs
  for (const each of exchanges) if (!chosen || loose(each) <= loose(chosen)) chosen = each
  return chosen
}

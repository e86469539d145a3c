import type { SiteTime } from '../clock/time-of.ts'
import type { Instant } from '../instant.ts'
import type { TimerRow } from './tables.ts'

/** What a pack asks for in its apply: that the keeper says this decision of the pack once, at a moment or after a while. */
export type TimerSet = {
  /** One timer of the pack has it; setting it again replaces what it was. */
  readonly name: string
  /** A decision of the pack, by its short name, that holds no person. */
  readonly say: string
  readonly body: unknown
} & (
  | {
      /** In the site's time. */
      readonly at: number
      readonly after?: undefined
    }
  | {
      /** Milliseconds after the fact. */
      readonly after: number
      readonly at?: undefined
    }
)

/** When a timer is over: in the site's time, and on the clock of the boot that its fact comes from (TIMER-3). */
export function overAt(
  { at, after }: { readonly at: number | null; readonly after: number | null },
  base: Instant,
  time: SiteTime,
): { readonly due: number | null; readonly mono: number | null } {
  const known = time.ms
  if (after !== null) return { due: known === null ? null : known + after, mono: base[0] + after }
  return { due: at, mono: at === null || known === null ? null : base[0] + (at - known) }
}

/** The earliest of what a keeper waits for: by the site's time, after a while in its own boot, and where it only has that boot. */
export type Wake = {
  readonly due: number | null
  readonly after: number | null
  readonly blind: number | null
}

export const nothingToWake: Wake = { due: null, after: null, blind: null }

type Over = Pick<TimerRow, 'due' | 'mono' | 'after' | 'boot'>

/**
 * Whether a timer is over for a keeper (TIMER-4). After a while in its own boot counts its monotonic clock,
 * which nobody steps; else the site's time; and where that is unknown, what was set in this boot.
 */
export function isOver(timer: Over, [mono, offset, quality]: Instant, boot: string): boolean {
  const here = timer.boot === boot && timer.mono !== null && mono >= timer.mono
  if (timer.after !== null && timer.boot === boot) return here
  if (quality === 0 || offset === null) return here
  return timer.due !== null && mono + offset >= timer.due
}

/** How long until the first may be over; undefined while nothing can be told. */
export function untilFirst(wake: Wake, [mono, offset, quality]: Instant): number | undefined {
  const known = quality > 0 && offset !== null
  const waits = [
    wake.after === null ? [] : [wake.after - mono],
    known && wake.due !== null ? [wake.due - mono - offset] : [],
    !known && wake.blind !== null ? [wake.blind - mono] : [],
  ].flat()
  return waits.length === 0 ? undefined : Math.max(0, Math.min(...waits))
}

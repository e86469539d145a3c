import type { SiteTime } from '../clock/time-of.ts'
import type { Instant } from '../instant.ts'
import type { Apply } from '../pack/pack.ts'
import type { Rows } from '../pack/table.ts'
import type { timerFacts } from './facts.ts'
import { overAt } from './rules.ts'
import type { timerTables } from './tables.ts'
import type { TimerRow } from './tables.ts'

type Timers = Rows<typeof timerTables.timers>

export const timerApply: Apply<typeof timerFacts, typeof timerTables> = {
  'timer.rang': (rows, { body }) => ranOut(rows.timers, body),
}

/** It rang: it is gone, unless it was set again since. */
export function ranOut(
  timers: Timers,
  {
    pack,
    name,
    n,
    i,
  }: { readonly pack: string; readonly name: string; readonly n: number; readonly i: number },
): void {
  const row = timers.get(pack, name)
  if (row?.n === n && row.i === i) timers.remove(pack, name)
}

/** More is known of a boot: what counts from its facts is due at another moment. */
export function retimeTimers(timers: Timers, boot: string, timeOf: (at: Instant) => SiteTime): void {
  for (const row of timers.list('byBoot', boot)) timers.put({ ...row, ...over(row, timeOf(row.base)) })
}

/**
 * A keeper goes on in another boot. What counts from an instant of an earlier boot of which nobody will
 * ever know when it was, counts from here anew: late, and not never (TIMER-6).
 */
export function rebaseTimers(timers: Timers, base: Instant, boot: string, time: SiteTime): void {
  for (const row of timers.list('byDue', null)) {
    if (row.kept && row.boot !== boot) timers.put({ ...row, boot, base, ...over(row, time, base) })
  }
}

function over(row: TimerRow, time: SiteTime, base = row.base) {
  return overAt({ at: row.after === null ? row.due : null, after: row.after }, base, time)
}

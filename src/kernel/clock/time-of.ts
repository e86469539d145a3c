import { canonical } from '../digest.ts'
import type { Instant, Quality } from '../instant.ts'
import type { RowOf, Rows, RowsRead } from '../pack/table.ts'
import { driftPerMs, qualityOf } from './estimate.ts'
import type { clockTables } from './tables.ts'

/** A moment in the site's time, as far as it is known: `ms` since 1970 (null: not known), and how good that is. */
export type SiteTime = { readonly ms: number | null; readonly quality: Quality }

type Boots = typeof clockTables.boots
type Boot = RowOf<Boots>

/**
 * When an instant was, by all that the log says of its boot (CLOCK-9). What was known when it was stamped
 * stands, unless that proved wrong later; what was unknown goes by the measurement nearest to it.
 */
export function timeOf(boots: RowsRead<Boots>, at: Instant, boot: string): SiteTime {
  return timeAmong(boot === '' ? [] : boots.list('byBoot', boot), at)
}

/** The same, with all that is known of the boot. */
export function timeAmong(rows: readonly Boot[], [mono, offset, quality]: Instant): SiteTime {
  const proved = rows.findLast(({ wrong }) => wrong)
  const row = proved && mono <= proved.mono ? proved : quality === 0 ? nearest(rows, mono) : undefined
  if (row) {
    const known = qualityOf(row.within + Math.abs(mono - row.mono) * driftPerMs)
    return known === 0 ? unknown : { ms: mono + row.offset, quality: known }
  }
  return quality === 0 || offset === null ? unknown : { ms: mono + offset, quality }
}

const unknown: SiteTime = { ms: null, quality: 0 }

function nearest(rows: readonly Boot[], mono: number): Boot | undefined {
  let found: Boot | undefined
  for (const row of rows) if (!found || Math.abs(row.mono - mono) < Math.abs(found.mono - mono)) found = row
  return found
}

/**
 * Keeps a measurement. What is older than the last that proved its forerunners wrong says nothing any more.
 * In whatever order they come, the rows are the same.
 */
export function keepBoot(boots: Rows<Boots>, row: Boot): void {
  const known = boots.list('byBoot', row.boot)
  const proved = known.findLast(({ wrong }) => wrong)
  if (proved && row.mono < proved.mono) return
  const same = known.find(({ mono }) => mono === row.mono)
  if (same && !comesBefore(row, same)) return
  boots.put(row)
  if (row.wrong) for (const { boot, mono } of known) if (mono < row.mono) boots.remove(boot, mono)
}

/** Of two of one moment, the same one on every box. */
function comesBefore(a: Boot, b: Boot): boolean {
  if (a.wrong !== b.wrong) return a.wrong
  if (a.within !== b.within) return a.within < b.within
  return canonical(a) < canonical(b)
}

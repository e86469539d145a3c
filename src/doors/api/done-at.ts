import type { Box } from '../../kernel/box/contract.ts'
import type { DoneAt } from '../../kernel/done-at.ts'
import { epochOf } from '../../kernel/instant.ts'
import { Trouble } from '../errors.ts'

/** Since when the person did it: by the time of the box, by the page's own clock, or by the clock of the device. */
export const doneAtHeader = 'regie-done-at'

/** What was done earlier has been waiting for longer than its key is known. */
const oldestMs = 7 * 24 * 3_600_000
/** A page gives up what is under way for so long: how long ago it was said may be so much longer ago. */
const travelMs = 40_000
/** How far off a clock of this quality may be (CLOCK-1); of the worst nothing is known. */
const errors = [Infinity, 5_000, 250, 20] as const
export const doneAtForm = /^(\d{1,15})(?:;within=(\d{1,15}))?(?:;ago=(\d{1,15}))?$/

type Clocks = Pick<Box, 'now' | 'time'>
type Known = { readonly ms: number; readonly within: number }

/** When it was done, in the time of the site; undefined where nobody can know. Throws a Trouble (HTTP-17). */
export function doneAtIn(
  header: string | readonly string[] | undefined,
  box: Clocks,
  site: string,
): DoneAt | undefined {
  if (header === undefined) return undefined
  const [whole, said = '', within, ago] = doneAtForm.exec(String(header)) ?? []
  if (whole === undefined) throw Trouble.of('done_at_invalid', {}).with({ field: doneAtHeader })
  const now = epochOf(box.now(site))
  const error = errors[box.now(site)[2]]
  if (now === null || error === Infinity) return undefined
  const byPage = ago === undefined ? undefined : { ms: now - Number(ago), within: travelMs + error }
  const byBox =
    within === undefined ? undefined : { ms: Number(said) + ahead(box, now), within: Number(within) + error }
  const known = byBox && byPage && contradict(byBox, byPage) ? byPage : (byBox ?? byPage)
  if (known) return judged(known, now)
  const ms = Number(said)
  // A clock that nobody vouches for may be wrong by years; where it surely is, it says nothing.
  return ms > now || ms < now - oldestMs ? undefined : { ms, within: null }
}

function judged({ ms, within }: Known, now: number): DoneAt {
  if (ms - within > now) throw Trouble.of('done_later', {}).with({ field: doneAtHeader })
  if (ms + within < now - oldestMs)
    throw Trouble.of('done_long_ago', { days: 7 }).with({ field: doneAtHeader })
  return { ms: Math.max(0, Math.round(Math.min(ms, now))), within: Math.ceil(within) }
}

const contradict = (one: Known, other: Known): boolean =>
  Math.abs(one.ms - other.ms) > one.within + other.within

/** A page knows the best time that its box knows. A site may have a time of its own. */
function ahead(box: Clocks, now: number): number {
  const best = epochOf(box.time())
  return best === null ? 0 : now - best
}

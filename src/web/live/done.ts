import type { Machine } from '../../kernel/machine.ts'
import type { Done } from './ask.ts'
import type { BoxTime } from './box-clock.ts'

type Clock = Pick<Machine['clock'], 'mono' | 'wall'>

/** This moment, by the time of the box if that was measured. */
export function doneNow(clock: Clock, box: BoxTime | undefined, page: string): Done {
  const here = { mono: clock.mono(), wall: clock.wall(), page }
  return box
    ? { ms: Math.round(box.ms), within: Math.ceil(box.within), ...here }
    : { ms: Math.round(here.wall), within: null, ...here }
}

/** Whether that is longer ago than so many milliseconds, or nobody can know: the clock of the device was set. */
export function isOver({ mono, wall, page }: Done, now: Done, ms: number): boolean {
  if (page === now.page) return now.mono - mono > ms
  return Math.abs(now.wall - wall) > ms
}

/**
 * The header `Regie-Done-At` (CLIENT-12): when it was done; how far off that may be, if anybody knows; and how long
 * ago by the clock of the page, if it is still the same page, which needs no wall clock at all.
 */
export function doneAtText({ ms, within, mono, page }: Done, clock: Clock, thisPage: string): string {
  const parts = [String(ms)]
  if (within !== null) parts.push(`within=${within}`)
  if (page === thisPage) parts.push(`ago=${Math.round(clock.mono() - mono)}`)
  return parts.join(';')
}

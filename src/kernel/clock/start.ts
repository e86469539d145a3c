import type { Clock } from '../machine.ts'
import type { SavedClock } from './memory.ts'
import type { Heard, Steered } from './steer.ts'

/** A clock that runs on while the power is off may have been wrong already, but does not jump: to so many milliseconds. */
const carriedWithin = 1_000
const carriedDriftPerMs = 100 / 1e6

/** What the machine itself says of the time now; undefined where it vouches for nothing. */
export function heardFrom(clock: Clock): Heard | undefined {
  const vouch = clock.vouch?.()
  if (!vouch) return undefined
  const mono = clock.mono()
  return { mono, offset: clock.wall() - mono, within: vouch.within, by: vouch.by }
}

/** In the same boot everything goes on as it was: the monotonic clock has run through (CLOCK-7). */
export function continued({ belief, shown, settled, highest }: SavedClock): Steered {
  return { belief, shown, settled, highest, doubts: 0 }
}

/**
 * In another boot, the site's time is ahead of the machine's clock by as much as it was, if that clock has
 * run on. That carries a time that a person said through a power cut. The network knows better.
 */
export function carried(saved: SavedClock, clock: Clock): Heard | undefined {
  const vouch = clock.vouch?.()
  if (!vouch || vouch.by === 'network' || !saved.wall.vouched) return undefined
  const [mono, wall] = [clock.mono(), clock.wall()]
  const { belief, shown } = saved
  const age = Math.abs(wall - saved.wall.at)
  const slewing = Math.abs(belief.offset - shown.offset)
  const within = belief.within + slewing + carriedWithin + age * carriedDriftPerMs
  // Who had it from a linked box has no more than its own memory of it now.
  const by = belief.by === 'site' ? 'person' : belief.by
  return { mono, offset: wall + saved.wall.ahead - mono, within, by }
}

import type { Measured } from './estimate.ts'
import { qualityOf, withinAt } from './estimate.ts'

/** Who said the time: the machine's hardware or network clock, a person, or the site by a linked box. */
export type Source = 'hardware' | 'person' | 'network' | 'site'

/** A measurement, who said it, and (for `site`) under which reckoning of that box: a new one has stepped. */
export type Heard = Measured & { readonly by: Source; readonly era?: string | undefined }

/** A clock that has heard something. `shown` is the offset that stamps were given at that moment. */
export type Steered = {
  readonly belief: Heard
  readonly shown: { readonly mono: number; readonly offset: number }
  /** A good measurement was had in this boot, or others rely on this time already: no more steps. */
  readonly settled: boolean
  /** The highest source that has set it in this boot. */
  readonly highest: Source
  /** So many measurements in a row contradict it. */
  readonly doubts: number
}

/** `known`: it was unknown. `wrong`: it was further off than it had stated. `step`, `slew`: within what it had stated. */
export type Change = 'known' | 'wrong' | 'step' | 'slew' | 'none'

/** The longest correction beside a step (CLOCK-5). */
export const slewPerMs = 500 / 1e6
/** A clock that is contradicted by its equals is wrong only when so many in a row say so (CLOCK-6). */
export const doubtsToBeWrong = 4

const rank: Readonly<Record<Source, number>> = { hardware: 0, person: 1, network: 2, site: 3 }

/** What to add to the monotonic clock at this moment. */
export function offsetAt({ belief, shown }: Steered, mono: number): number {
  const most = Math.max(0, mono - shown.mono) * slewPerMs
  const left = belief.offset - shown.offset
  return shown.offset + Math.max(-most, Math.min(most, left))
}

/** How far a stamp of this moment may be from the truth: what is believed, and what is not slewed yet. */
export function stated(clock: Steered, mono: number): number {
  return withinAt(clock.belief, mono) + Math.abs(clock.belief.offset - offsetAt(clock, mono))
}

/** Takes a measurement in (CLOCK-4 to CLOCK-6). */
export function steer(
  clock: Steered | undefined,
  heard: Heard,
  mono: number,
): { readonly clock: Steered | undefined; readonly change: Change } {
  const quality = qualityOf(withinAt(heard, mono))
  if (quality === 0) return { clock, change: 'none' }
  if (!clock) return { clock: stepped(undefined, heard, mono), change: 'known' }
  const within = stated(clock, mono)
  if (qualityOf(within) === 0) return { clock: stepped(clock, heard, mono), change: 'known' }
  const [theirs, ours] = [rank[heard.by], rank[clock.belief.by]]
  const apart = Math.abs(heard.offset - offsetAt(clock, mono))
  const contradicts = apart > within + withinAt(heard, mono)
  // A person is only asked where the clock knows little, and then has the last word.
  if (heard.by === 'person')
    return { clock: stepped(clock, heard, mono), change: contradicts ? 'wrong' : 'step' }
  if (contradicts) return contradicted(clock, heard, mono, theirs - ours)
  const agreed = { ...clock, doubts: 0 }
  const slewing = withinAt(heard, mono) + apart
  if (theirs < ours && slewing >= within) return { clock: agreed, change: 'none' }
  const first = !clock.settled && (quality === 3 || theirs > rank[clock.highest])
  // Slewing for hours would leave it unknown: better one step.
  const mayStep = first || qualityOf(slewing) === 0
  if (mayStep) return { clock: stepped(agreed, heard, mono), change: 'step' }
  const shown = { mono, offset: offsetAt(clock, mono) }
  return { clock: { ...agreed, belief: heard, shown, highest: higher(clock, heard) }, change: 'slew' }
}

/** Who stands above is believed at once, who stands below not at all; equals must insist. */
function contradicted(
  clock: Steered,
  heard: Heard,
  mono: number,
  above: number,
): { readonly clock: Steered; readonly change: Change } {
  if (above < 0) return { clock, change: 'none' }
  const anew = heard.by === 'site' && heard.era !== clock.belief.era
  const doubts = clock.doubts + 1
  if (above === 0 && !anew && doubts < doubtsToBeWrong) return { clock: { ...clock, doubts }, change: 'none' }
  return { clock: stepped(clock, heard, mono), change: 'wrong' }
}

function stepped(clock: Steered | undefined, heard: Heard, mono: number): Steered {
  const settled = (clock?.settled ?? false) || qualityOf(withinAt(heard, mono)) === 3
  const shown = { mono, offset: heard.offset }
  return { belief: heard, shown, settled, highest: higher(clock, heard), doubts: 0 }
}

const higher = (clock: Steered | undefined, { by }: Heard): Source =>
  clock && rank[clock.highest] > rank[by] ? clock.highest : by

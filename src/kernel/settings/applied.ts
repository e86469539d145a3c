import type { Desired, Versions } from './desired.ts'
import type { Document } from './document.ts'
import { documentHash, emptyDocument } from './document.ts'

/** What a box remembers of its settings, beside the logs. */
export type Applied = {
  /** The last version that was well: what it goes back to. */
  readonly good: { readonly hash: string; readonly document: Document }
  /** What it was about to put into effect, and how often it has begun. */
  readonly trying: { readonly hash: string; readonly times: number } | null
  /** What it has refused, and why. */
  readonly refused: { readonly hash: string; readonly reason: string } | null
  /** What it has answered, by target. */
  readonly answered: Readonly<Record<string, Versions>>
}

export const untouched: Applied = {
  good: { hash: documentHash(emptyDocument), document: emptyDocument },
  trying: null,
  refused: null,
  answered: {},
}

export type Range = { readonly from: number; readonly to: number }
export type Answering = {
  readonly target: string
  readonly hub: Range | null
  readonly site: Range | null
  readonly hash: string
}

/**
 * The versions that have come to an end with these: the newest of each half by the outcome, all
 * before it as superseded. A half that stands where it was is not answered again, unless the
 * document changed all the same: then another branch of its log won (SET-11).
 */
export function unanswered(desired: Desired, { answered }: Applied): readonly Answering[] {
  return Object.entries(desired.versions).flatMap(([target, now]): Answering[] => {
    const before = answered[target] ?? { hub: 0, site: 0, hash: '' }
    const range = (was: number, is: number): Range | null =>
      is === was ? null : { from: Math.min(was + 1, is), to: is }
    const [hub, site] = [range(before.hub, now.hub), range(before.site, now.site)]
    if (hub || site) return [{ target, hub, site, hash: now.hash }]
    if (now.hash === before.hash) return []
    const again = (version: number): Range | null => (version > 0 ? { from: version, to: version } : null)
    return [{ target, hub: again(now.hub), site: again(now.site), hash: now.hash }]
  })
}

/** What is to be done with what should be. */
export type Todo =
  | { readonly is: 'nothing' }
  /** Nothing changes here, but versions have come to an end. */
  | { readonly is: 'answer' }
  | { readonly is: 'try' }
  /** It was begun as often as it may be, and the box never came to the end of it. */
  | { readonly is: 'give up' }

const mostTries = 2

export function todoFor(desired: Desired, applied: Applied): Todo {
  const { good, refused, trying } = applied
  const open = unanswered(desired, applied).length > 0
  if (trying && trying.hash === desired.hash && trying.times >= mostTries) return { is: 'give up' }
  // Whatever was begun and not ended may be half there: it is put right by the next thing that is applied.
  if (trying) return { is: 'try' }
  if (desired.hash === good.hash) return { is: open ? 'answer' : 'nothing' }
  // A new version asks anew for what was refused once.
  return { is: desired.hash === refused?.hash && !open ? 'nothing' : 'try' }
}

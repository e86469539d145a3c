import type { Answer } from '../box/contract.ts'
import { canonical, sha256 } from '../digest.ts'
import type { Instant } from '../instant.ts'
import type { Ask } from '../site/sequencer.ts'

/** An ask that waits for a keeper, or has ended, as it stands on the disk of the box that was asked. */
export type Wait = {
  readonly ask: Ask
  /** When it was asked, in which boot, and for how long it may wait. */
  readonly at: Instant
  readonly boot: string
  readonly waitMs: number
  /** It may have been sent: written before the first byte leaves. */
  readonly sent: boolean
  readonly end: End | null
}

/** What became of it, and since when that stands here. */
export type End = { readonly answer: Final; readonly at: Instant; readonly boot: string }

export type Final = Extract<Answer, { readonly is: 'answered' | 'refused' }>

/** An ask as its person sees it. */
export type Waited = {
  readonly key: string
  readonly who: string
  readonly action: string
  readonly at: Instant
  readonly until: Instant
  /** `unknown`: its deadline is over, and it may have been decided; it is asked for until that is known. */
  readonly state: 'waiting' | 'unknown' | 'answered' | 'refused' | 'expired'
  readonly answer: Answer
}

/** The code under which an ask ends that nobody decides any more. */
export const expiredCode = 'expired'
export const expired: Final = { is: 'refused', code: expiredCode, detail: {} }

/** The same key stands for the same thing: this names the thing (LOG-12). */
export const digestOf = ({ action, input }: Ask): string => sha256(canonical([action, input]))

type Since = { readonly at: Instant; readonly boot: string }

/**
 * Whether so much time has passed since then. Within one boot the monotonic clock says it; across
 * boots only clocks that were known both times do, else it has not (AFAR-6).
 */
export function isOver({ at, boot }: Since, ms: number, now: Instant, thisBoot: string): boolean {
  if (boot === thisBoot) return now[0] - at[0] >= ms
  const [then, today] = [known(at), known(now)]
  return then !== null && today !== null && today - then >= ms
}

const known = ([mono, offset, quality]: Instant): number | null =>
  offset === null || quality === 0 ? null : mono + offset

export function waitedOf({ ask, at, waitMs, end }: Wait, over: boolean): Waited {
  const until: Instant = [at[0] + waitMs, at[1], at[2]]
  const { key, who, action } = ask
  const told = { key, who, action, at, until }
  if (end) return { ...told, state: stateOf(end.answer), answer: end.answer }
  if (!over) return { ...told, state: 'waiting', answer: { is: 'waiting', until } }
  return {
    ...told,
    state: 'unknown',
    answer: { is: 'unknown', why: 'its deadline is over, and it was sent' },
  }
}

function stateOf(answer: Final): 'answered' | 'refused' | 'expired' {
  if (answer.is === 'answered') return 'answered'
  return answer.code === expiredCode ? 'expired' : 'refused'
}

export const waitText = (wait: Wait): string => JSON.stringify(wait)
export const parseWait = (text: string): Wait => JSON.parse(text) as Wait

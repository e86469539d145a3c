import type { SiteTime } from '../clock/time-of.ts'
import { bodyLine, maxFactBytes } from '../entry.ts'
import type { Instant } from '../instant.ts'
import type { Known } from '../pack/kinds.ts'
import type { Pack } from '../pack/pack.ts'
import type { Rows } from '../pack/table.ts'
import type { TimerSet } from './rules.ts'
import { overAt } from './rules.ts'
import type { timerTables } from './tables.ts'

/** The fact that sets a timer: where it stands, who says it, and when that was. */
type Setting = {
  readonly pack: Pack
  readonly n: number
  readonly i: number
  readonly at: Instant
  readonly boot: string
  readonly kept: boolean
  /** May be hollow one day, so nothing may follow from it. */
  readonly erasable: boolean
  readonly timeOf: (at: Instant) => SiteTime
}

/** What `apply` may ask for. */
export type Timer = {
  readonly set: (timer: TimerSet) => void
  readonly cancel: (name: string) => void
}

/** The longest name, and the longest wait: what is further off is a mistake. */
const longestName = 200
export const longestTimerMs = 100 * 365 * 86_400_000

/** A pack's mistake throws here, so that the action that leads to it is refused before it is in the log. */
export function timerFor(timers: Rows<typeof timerTables.timers>, known: Known, setting: Setting): Timer {
  const { pack, n, i, at: base, boot, kept, erasable } = setting
  const set = (timer: TimerSet) => {
    const { name, say, body } = timer
    const kind = pack === known.packs[0] ? say : `${pack.name}.${say}`
    const fact = known.kinds.get(kind)?.fact
    if (fact?.said !== 'decision') throw new Error(`a timer says a decision of its pack: ${kind} is none`)
    if (fact.erasable || erasable) throw new Error(`${kind}: a timer holds no person, and follows from none`)
    if (name === '' || name.length > longestName) throw new Error('a timer has a name of 1 to 200 characters')
    const said: unknown = fact.body.parse(body)
    if (Buffer.byteLength(bodyLine(said, null)) > maxFactBytes) throw new Error(`${kind}: over 32 KiB`)
    const asked = { at: timer.at ?? null, after: timer.after ?? null }
    const ms = asked.at ?? asked.after
    if (!Number.isSafeInteger(ms) || (ms as number) < 0 || (asked.after ?? 0) > longestTimerMs)
      throw new Error(`a timer rings at a whole millisecond, not ${String(ms)}`)
    const over = overAt(asked, base, setting.timeOf(base))
    timers.put({
      pack: pack.name,
      name,
      ...over,
      boot,
      after: asked.after,
      base,
      kept,
      kind,
      body: said,
      n,
      i,
    })
  }
  return { set, cancel: (name) => timers.remove(pack.name, name) }
}

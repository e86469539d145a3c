import { isOver } from '../afar/wait.ts'
import { inBackground } from '../box/background.ts'
import type { Keeper } from '../box/keeper.ts'
import type { SiteParts } from '../box/site-parts.ts'
import type { OverrideRow } from './desired.ts'

const lookEveryMs = 60_000
const longestTimerMs = 2 ** 31 - 1

type Parts = Pick<SiteParts, 'site' | 'box' | 'machine' | 'log' | 'now'>
type Outside = { readonly keeper: Pick<Keeper, 'submit'>; readonly isKeeping: () => boolean }

/**
 * The keeper ends overrides at their time. Those that it has decided itself since it began to keep
 * run by this boot's monotonic clock; older ones wait for a clock that was known then and is now (SET-9).
 */
export class Overrides {
  readonly #parts: Parts
  readonly #outside: Outside
  readonly #timers = new Map<string, () => void>()
  /** The head of the log when this box began to keep; undefined while it does not. */
  #since: number | undefined
  #rows: readonly OverrideRow[] = []
  #stale = true
  #look: () => void = () => {}

  constructor(parts: Parts, outside: Outside) {
    this.#parts = parts
    this.#outside = outside
  }

  changed(): void {
    this.#stale = true
  }

  async turn(read: () => Promise<readonly OverrideRow[]>): Promise<void> {
    if (!this.#outside.isKeeping()) return this.#rest()
    this.#since ??= this.#begin()
    if (!this.#stale) return
    this.#stale = false
    this.#rows = await read()
    this.#check()
  }

  stop(): void {
    this.#rest()
  }

  #begin(): number {
    this.#stale = true
    this.#lookLater()
    return this.#parts.log.history.n
  }

  #rest(): void {
    this.#since = undefined
    this.#rows = []
    this.#look()
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
  }

  #check(): void {
    const { machine, now } = this.#parts
    for (const row of this.#rows) {
      const name = `${row.target} ${row.version}`
      if (this.#timers.has(name)) continue
      if (row.n > (this.#since ?? 0)) {
        const left = row.at[0] + row.forMs - now()[0]
        if (left <= longestTimerMs)
          this.#timers.set(
            name,
            machine.timers.after(Math.max(0, left), () => this.#end(row)),
          )
      } else if (isOver({ at: row.at, boot: '' }, row.forMs, now(), machine.boot)) this.#end(row)
    }
  }

  /** Under one key: whoever says it, and however often, it ends once. */
  #end({ target, version, n }: OverrideRow): void {
    const { site, box, machine } = this.#parts
    const input = { target, override: version }
    const key = `override ${target} ${version} ${n}`
    const ask = { do: 'act', action: 'setting.return', key, who: box, input } as const
    inBackground(machine, `${site}: an override that ends`, this.#outside.keeper.submit(ask))
  }

  #lookLater(): void {
    this.#look = this.#parts.machine.timers.after(lookEveryMs, () => {
      for (const cancel of this.#timers.values()) cancel()
      this.#timers.clear()
      this.#check()
      this.#lookLater()
    })
  }
}

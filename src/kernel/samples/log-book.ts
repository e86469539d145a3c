import type { Sample, Samples } from '../../store/ring.ts'
import type { Level, Machine } from '../machine.ts'
import { mask } from './mask.ts'

const levels = ['error', 'warn', 'info', 'debug'] as const satisfies readonly Level[]
const flushEveryMs = 5_000
const debugForMs = 2 * 3_600_000
const mostText = 4_000
/** Lines that wait for the next flush; more are counted. */
const mostWaiting = 2_000

export type Line = {
  readonly at: number | null
  readonly level: Level
  readonly module: string
  readonly site: string | null
  readonly text: string
}

type Parts = {
  readonly machine: Pick<Machine, 'clock' | 'timers' | 'boot'>
  readonly samples: Samples
  readonly box: string
  readonly now: () => number | null
}

/** The log of this box as samples: written five seconds together, errors at once (SAMPLE-6). */
export class LogBook {
  readonly #parts: Parts
  readonly #waiting = { logs: [] as Sample[], drivers: [] as Sample[] }
  readonly #listeners = new Set<(line: Line) => void>()
  #least: Level = 'info'
  #missed = 0
  #cancel: (() => void) | undefined
  #cancelDebug: () => void = () => {}
  #stopped = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get level(): Level {
    return this.#least
  }

  /** `debug` ends after two hours: it fills a card, and nobody remembers it. */
  setLevel(level: Level): void {
    this.#least = level
    this.#cancelDebug()
    if (level !== 'debug') return
    this.#cancelDebug = this.#parts.machine.timers.after(debugForMs, () => {
      this.#least = 'info'
      this.add('info', 'debug lines end here: they were on for two hours')
    })
  }

  /** Told of each line that is kept. */
  onLine(tell: (line: Line) => void): () => void {
    this.#listeners.add(tell)
    return () => this.#listeners.delete(tell)
  }

  /** `module`: which part speaks. Those of drivers begin with `driver.` and are kept apart, since they say more. */
  add(level: Level, text: string, about: { readonly module?: string; readonly site?: string } = {}): void {
    if (this.#stopped || levels.indexOf(level) > levels.indexOf(this.#least)) return
    const { module = 'box', site = null } = about
    const line = { at: this.#parts.now(), level, module, site, text: mask(cut(text)) }
    const ring = module.startsWith('driver.') ? 'drivers' : 'logs'
    if (this.#waiting[ring].length < mostWaiting) this.#waiting[ring].push(this.#sample(line))
    else this.#missed += 1
    for (const tell of this.#listeners) tell(line)
    if (level === 'error') this.flush()
    else this.#cancel ??= this.#parts.machine.timers.after(flushEveryMs, () => this.flush())
  }

  flush(): void {
    this.#cancel?.()
    this.#cancel = undefined
    const now = this.#parts.now()
    if (this.#missed > 0) {
      const text = `${this.#missed} lines are missing here: there were too many at once`
      this.#waiting.logs.push(this.#sample({ at: now, level: 'warn', module: 'box', site: null, text }))
      this.#missed = 0
    }
    for (const ring of ['logs', 'drivers'] as const)
      if (this.#waiting[ring].length > 0) this.#parts.samples.append(ring, this.#waiting[ring].splice(0), now)
  }

  /** What is said afterwards, while everything ends, is not kept. */
  stop(): void {
    this.#stopped = true
    this.flush()
    this.#cancelDebug()
  }

  #sample({ at, level, module, site, text }: Line): Sample {
    const { box, machine } = this.#parts
    const mono = machine.clock.mono()
    return { at, values: { box, mono, level, module, site, boot: machine.boot, text } }
  }
}

/** Well formed, whatever came: SQLite would change what is not. */
function cut(text: string): string {
  const some = text.length > mostText ? `${text.slice(0, mostText)}…` : text
  return some.toWellFormed()
}

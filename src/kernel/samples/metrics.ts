import type { Sample, Samples } from '../../store/ring.ts'
import type { Machine } from '../machine.ts'
import type { Measured, Stats } from './stat.ts'
import { mergeAll, statsOf, statsText } from './stat.ts'

export const sampleEveryMs = 10_000
const perMinute = 6
const perHour = 60
/** Rows are written so many of this box's minutes together, or so many rows: what a box measures is no reason to wake a disk. */
const flushMinutes = 5
const flushRows = 200
/** Metrics of one box, and boxes: whoever sends more is not believed. */
export const mostMetrics = 64
const mostBoxes = 1_000

/** What a box measures: a value, or undefined where it cannot tell. */
export type Meter = () => number | undefined

type Parts = {
  readonly machine: Machine
  readonly samples: Samples
  readonly box: string
  /** Milliseconds since 1970; null while the clock is not known. */
  readonly now: () => number | null
  readonly everyMs?: number | undefined
}

type Series = {
  last: Measured
  lastMono: number
  minute: Stats
  samples: number
  hour: Stats
  minutes: number
}

/**
 * Every 10 s each meter is read once; six samples make a minute row, sixty of them an hour row (SAMPLE-5). Counted,
 * not timed, so that it works on an unknown clock as well. A minute that was not full at a stop is lost.
 */
export class Metrics {
  readonly #parts: Parts
  readonly #meters = new Map<string, Meter>()
  readonly #series = new Map<string, Series>()
  readonly #listeners = new Set<(measured: Measured) => void>()
  readonly #waiting = { minutes: [] as Sample[], hours: [] as Sample[] }
  #minutes = 0
  #cancel: () => void = () => {}

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Returns how to take it away. */
  add(name: string, meter: Meter): () => void {
    this.#meters.set(name, meter)
    return () => this.#meters.delete(name)
  }

  /** Told of each sample of this box. */
  onSample(tell: (measured: Measured) => void): () => void {
    this.#listeners.add(tell)
    return () => this.#listeners.delete(tell)
  }

  start(): void {
    this.#cancel = this.#parts.machine.timers.after(this.#everyMs(), () => {
      this.start()
      this.#sample()
    })
  }

  stop(): void {
    this.#cancel()
    this.flush()
  }

  flush(): void {
    this.#minutes = 0
    for (const ring of ['minutes', 'hours'] as const) {
      const rows = this.#waiting[ring].splice(0)
      if (rows.length > 0) this.#parts.samples.append(ring, rows, this.#parts.now())
    }
  }

  /** The newest sample of a box, and how old it is. */
  last(box: string): { readonly measured: Measured; readonly ageMs: number } | undefined {
    const series = this.#series.get(box)
    if (!series) return undefined
    return { measured: series.last, ageMs: this.#parts.machine.clock.mono() - series.lastMono }
  }

  /** A sample of another box. More often than it should come, it counts as the newest and for nothing else. */
  received(box: string, measured: Measured): void {
    const known = this.#series.get(box)
    if (!known && this.#series.size >= mostBoxes) return
    const mono = this.#parts.machine.clock.mono()
    const isEarly = known !== undefined && mono - known.lastMono < this.#everyMs() / 2
    if (isEarly) known.last = measured
    else this.#take(box, measured, mono)
  }

  #everyMs(): number {
    return this.#parts.everyMs ?? sampleEveryMs
  }

  #sample(): void {
    const measured: Record<string, number> = {}
    for (const [name, meter] of this.#meters) {
      const value = this.#read(name, meter)
      if (value !== undefined && Number.isFinite(value)) measured[name] = value
    }
    this.#take(this.#parts.box, measured, this.#parts.machine.clock.mono())
    for (const tell of this.#listeners) tell(measured)
  }

  #read(name: string, meter: Meter): number | undefined {
    try {
      return meter()
    } catch (error) {
      this.#meters.delete(name)
      this.#parts.machine.log('warn', `${name} is no longer measured: ${String(error)}`)
      return undefined
    }
  }

  #take(box: string, measured: Measured, mono: number): void {
    const known = this.#series.get(box)
    const series = known ?? { last: measured, lastMono: mono, minute: {}, samples: 0, hour: {}, minutes: 0 }
    this.#series.set(box, series)
    series.last = measured
    series.lastMono = mono
    series.minute = mergeAll(series.minute, statsOf(measured))
    series.samples += 1
    if (series.samples < perMinute) return
    this.#write('minutes', box, series.minute)
    series.hour = mergeAll(series.hour, series.minute)
    series.minutes += 1
    series.minute = {}
    series.samples = 0
    if (series.minutes < perHour) return
    this.#write('hours', box, series.hour)
    series.hour = {}
    series.minutes = 0
  }

  #write(ring: 'minutes' | 'hours', box: string, stats: Stats): void {
    const { minutes, hours } = this.#waiting
    this.#waiting[ring].push({ at: this.#parts.now(), values: { box, stats: statsText(stats) } })
    if (ring === 'minutes' && box === this.#parts.box) this.#minutes += 1
    if (this.#minutes >= flushMinutes || minutes.length + hours.length >= flushRows) this.flush()
  }
}

import type { Samples } from '../../store/ring.ts'
import type { Frame } from '../link/frames.ts'
import type { Machine } from '../machine.ts'
import type { Line, LogBook } from './log-book.ts'
import { mask } from './mask.ts'
import type { Metrics } from './metrics.ts'
import { mostMetrics } from './metrics.ts'
import type { Measured } from './stat.ts'

type SamplesFrame = Frame<'samples'>
type NewsLine = SamplesFrame['lines'][number]

const linesPerMinute = 60
const linesPerFrame = 20
const mostWaiting = 40
/** A box above a box above a box: more are a circle. */
const mostHops = 4
const mostBoxes = 1_000

type Parts = {
  readonly machine: Pick<Machine, 'clock'>
  readonly box: string
  readonly samples: Samples
  readonly metrics: Metrics
  readonly log: LogBook
  readonly now: () => number | null
  /** Tells how many boxes above took it. */
  readonly send: (frame: SamplesFrame, except?: string) => number
}

/** What the box above hears of this one beside facts: the newest sample, warnings and errors. All of it may be lost (SAMPLE-7). */
export class News {
  readonly #parts: Parts
  readonly #waiting: NewsLine[] = []
  readonly #counts = new Map<string, { minute: number; lines: number }>()
  readonly #ends: (() => void)[]
  #missed = 0

  constructor(parts: Parts) {
    this.#parts = parts
    this.#ends = [
      parts.log.onLine((line) => this.#heard(line)),
      parts.metrics.onSample((measured) => this.#tell(measured)),
    ]
  }

  stop(): void {
    for (const end of this.#ends) end()
  }

  /** A linked box hands on how it is, or how a box below it is. */
  received(from: string, frame: SamplesFrame): void {
    const { box, samples, metrics, now, send } = this.#parts
    if (frame.box === box) return
    if (!this.#counts.has(frame.box) && this.#counts.size >= mostBoxes) return
    const { measured, hops } = frame
    if (measured && Object.keys(measured).length <= mostMetrics) metrics.received(frame.box, measured)
    const lines = frame.lines.filter(() => this.#mayAdd(frame.box))
    const missed = frame.missed + frame.lines.length - lines.length
    const rows = lines.map(({ at, ...line }) => ({ at, values: rowOf(frame.box, line) }))
    const count = { level: 'warn', module: 'box', site: null, text: `${missed} lines are missing here` }
    if (missed > 0) rows.push({ at: now(), values: rowOf(frame.box, count) })
    if (rows.length > 0) samples.append('received', rows, now())
    if (hops < mostHops) send({ ...frame, lines, missed, hops: hops + 1 }, from)
  }

  #heard({ at, level, module, site, text }: Line): void {
    if (level !== 'error' && level !== 'warn') return
    if (!this.#mayAdd(this.#parts.box) || this.#waiting.length >= mostWaiting) {
      this.#missed += 1
      return
    }
    this.#waiting.push({ at, level, module: module.slice(0, 40), site, text: short(text) })
  }

  #tell(measured: Measured): void {
    const { box, send } = this.#parts
    const lines = this.#waiting.slice(0, linesPerFrame)
    const most = Object.fromEntries(Object.entries(measured).slice(0, mostMetrics))
    const frame = { t: 'samples', box, hops: 0, measured: most, lines, missed: this.#missed } as const
    if (send(frame) === 0) return
    this.#waiting.splice(0, lines.length)
    this.#missed = 0
  }

  /** So many lines a minute, of each box. */
  #mayAdd(box: string): boolean {
    const minute = Math.floor(this.#parts.machine.clock.mono() / 60_000)
    const known = this.#counts.get(box)
    const lines = known?.minute === minute ? known.lines : 0
    this.#counts.set(box, { minute, lines: lines + 1 })
    return lines < linesPerMinute
  }
}

function rowOf(box: string, line: Pick<NewsLine, 'module' | 'site' | 'text'> & { readonly level: string }) {
  const { level, module, site, text } = line
  return { box, mono: null, level, module, site, boot: null, text: mask(text.toWellFormed()) }
}

function short(text: string): string {
  return text.length > 500 ? `${text.slice(0, 499).toWellFormed()}…` : text
}

import type { Ring, Rings } from '../../store/ring.ts'

const mega = 1_000_000
const days = 24 * 3_600_000

/** With boot and mono the time of a line can be told later, where nobody knew it then. */
const logColumns = {
  box: 'text',
  mono: 'integer',
  level: 'text',
  module: 'text',
  site: 'text',
  boot: 'text',
  text: 'text',
} as const

/** `stats`: JSON of [min, avg, max, n] by metric. */
const metricColumns = { box: 'text', stats: 'text' } as const

/** What a box keeps of itself, and of the boxes below it (SAMPLE-4). */
export const sampleRings = {
  /** The box's own log. With `drivers` at most 200 MB. */
  logs: {
    columns: logColumns,
    index: 'level',
    keepRows: 1_000_000,
    keepBytes: 140 * mega,
    keepMs: 30 * days,
  },
  drivers: {
    columns: logColumns,
    index: 'module',
    keepRows: 500_000,
    keepBytes: 60 * mega,
    keepMs: 7 * days,
  },
  /** Warnings and errors of other boxes. */
  received: {
    columns: logColumns,
    index: 'box',
    keepRows: 8_000_000,
    keepBytes: 2000 * mega,
    keepMs: 90 * days,
  },
  minutes: {
    columns: metricColumns,
    index: 'box',
    keepRows: 10_000_000,
    keepBytes: 1000 * mega,
    keepMs: 14 * days,
  },
  hours: {
    columns: metricColumns,
    index: 'box',
    keepRows: 5_000_000,
    keepBytes: 500 * mega,
    keepMs: 396 * days,
  },
} as const satisfies Rings

export type SampleRings = Readonly<Record<keyof typeof sampleRings, Ring>>

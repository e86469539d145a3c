import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { styleText } from 'node:util'
import type { Level, Machine } from '../kernel/machine.ts'
import { randomId } from '../kernel/machine.ts'
import { WallClock } from './wall-clock.ts'

export const levels = ['error', 'warn', 'info', 'debug'] as const satisfies readonly Level[]

/** Where log lines go, and which: `least` and what is more serious. */
export type LogTo = {
  readonly write: (text: string) => void
  readonly isTTY: boolean
  readonly least: Level
}

/** The machine that we are on: the one home of clocks, timers and chance. It is later than `floor`. */
export function realMachine(to: LogTo = standardError('info'), floor = 0): Machine {
  const bytes = (size: number) => randomBytes(size)
  // CLOCK_MONOTONIC counts from the boot of the system, in every process alike; performance.now() would not.
  const mono = () => Number(process.hrtime.bigint() / 1_000_000n)
  const clock = new WallClock({ system: () => Date.now(), mono, floor })
  const wall = () => clock.wall()
  return {
    boot: bootId() ?? randomId({ bytes }, 20),
    clock: { mono, wall, vouch: () => clock.vouch() },
    timers: { after },
    random: { bytes },
    log: (level, text) => {
      if (levels.indexOf(level) > levels.indexOf(to.least)) return
      to.write(to.isTTY ? lineForPeople(wall(), level, text) : lineForPrograms(wall(), level, text))
    },
  }
}

/** Node runs a timer at once whose milliseconds do not fit into 31 bits (24.8 days), so a long one goes in legs. */
const longestLeg = 2 ** 31 - 1

function after(ms: number, run: () => void): () => void {
  let timer: NodeJS.Timeout
  const wait = (left: number) => {
    const leg = Math.min(left, longestLeg)
    timer = setTimeout(() => (left > leg ? wait(left - leg) : run()), leg)
  }
  wait(ms)
  return () => clearTimeout(timer)
}

export function standardError(least: Level): LogTo {
  return { write: (text) => process.stderr.write(text), isTTY: process.stderr.isTTY, least }
}

function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}

function lineForPrograms(wall: number, level: Level, text: string): string {
  return `${JSON.stringify({ time: new Date(wall).toISOString(), level, text })}\n`
}

const colors = { error: 'red', warn: 'yellow', info: 'gray', debug: 'gray' } as const

function lineForPeople(wall: number, level: Level, text: string): string {
  const time = new Date(wall).toTimeString().slice(0, 8)
  const label = level === 'info' ? '' : styleText(colors[level], `${level} `, { validateStream: false })
  return `${styleText('gray', time, { validateStream: false })} ${label}${text}\n`
}

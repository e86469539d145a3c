import { uptime } from 'node:os'
import { expect, test, vi } from 'vitest'
import type { Level } from '../kernel/machine.ts'
import { realMachine } from './machine.ts'

function listening(isTTY: boolean, least: Level) {
  const lines: string[] = []
  return { lines, machine: realMachine({ write: (text) => void lines.push(text), isTTY, least }) }
}

test('two machines of one boot count from the same moment', () => {
  const [a, b] = [realMachine(), realMachine()]
  expect(a.boot).toBe(b.boot)
  expect(a.boot.length).toBeGreaterThan(8)
  expect(Math.abs(a.clock.mono() - b.clock.mono())).toBeLessThan(1000)
})

test('the monotonic clock counts whole milliseconds since the boot', () => {
  const { clock } = realMachine()
  expect(Number.isSafeInteger(clock.mono())).toBe(true)
  // Only asleep do the two differ, and then the uptime is the larger.
  expect(clock.mono() / 1000).toBeLessThan(uptime() + 2)
})

test('a timer runs once, and not at all when it is cancelled', async () => {
  const { timers } = realMachine()
  const ran: string[] = []
  timers.after(1, () => ran.push('cancelled'))()
  timers.after(1, () => ran.push('first'))
  await new Promise<void>((resolve) => void timers.after(20, resolve))
  expect(ran).toEqual(['first'])
})

test('a timer of many days waits', () => {
  vi.useFakeTimers()
  try {
    const ran: string[] = []
    realMachine().timers.after(60 * 86_400_000, () => ran.push('late'))
    vi.advanceTimersByTime(60 * 86_400_000 - 1)
    expect(ran).toEqual([])
    vi.advanceTimersByTime(1)
    expect(ran).toEqual(['late'])
  } finally {
    vi.useRealTimers()
  }
})

test('a log line is JSON for programs', () => {
  const { lines, machine } = listening(false, 'info')
  machine.log('warn', 'the disk\nis slow')
  machine.log('debug', 'not asked for')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^[^\n]+\n$/)
  const { time, ...rest } = JSON.parse(lines[0] ?? '') as Record<string, string>
  expect(rest).toEqual({ level: 'warn', text: 'the disk\nis slow' })
  expect(time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
})

test('a log line is a short sentence for people', () => {
  const { lines, machine } = listening(true, 'error')
  machine.log('error', 'no disk')
  machine.log('warn', 'not asked for')
  expect(lines.join('')).toContain('no disk')
  expect(lines.join('')).not.toContain('{')
  expect(lines).toHaveLength(1)
})

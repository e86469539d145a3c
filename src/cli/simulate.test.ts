import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { simulate } from './simulate.ts'

let out: string[]
let errors: string[]

beforeEach(() => {
  out = []
  errors = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void out.push(line))
  vi.spyOn(console, 'error').mockImplementation((line: string) => void errors.push(line))
})
afterEach(() => vi.restoreAllMocks())

test('--help says what it does', async () => {
  expect(await simulate(['--help'])).toBe(0)
  expect(out.join()).toContain('--seed <n>')
})

test.each([
  [['fish'], 'fish'],
  [['--seed', 'x'], '--seed'],
  [['--days', '0'], '--days'],
  [['--loud'], '--loud'],
])('%j is refused in words', async (args, word) => {
  expect(await simulate(args)).toBe(2)
  expect(errors.join()).toContain(word)
})

test('a world of one box lives its day, and says how it went', { timeout: 60_000 }, async () => {
  // World 17 is a box alone.
  expect(await simulate(['world', '--seed', '17', '--days', '0.1', '--json', '--no-coverage'])).toBe(0)
  const report = JSON.parse(out.join('')) as Record<string, unknown>
  expect(report).toMatchObject({ worlds: 1, verdict: 'held' })
  expect(report['days']).toBeCloseTo(1)
})

test('whoever interrupts it hears of the worlds that were lived to their end, and no more', async () => {
  // World 2 takes seconds; the signal comes in the middle of it.
  const run = simulate(['--seed', '2', '--days', '50', '--no-coverage'])
  setTimeout(() => process.emit('SIGTERM'), 300)
  expect(await run).toBe(130)
  expect(out.join('\n')).toContain('none: interrupted before a world had come to its end')
  expect(out.join('\n')).not.toContain('every promise held')
})

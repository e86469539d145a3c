import { expect, test } from 'vitest'
import { Tally } from '../world/tally.ts'
import { report, type Summary } from './simulate-report.ts'

function summary(days: number, counts: Readonly<Record<string, number>>): Summary {
  const [faults, reached] = [new Tally(), new Tally()]
  for (const [pair, count] of Object.entries(counts)) {
    reached.add(pair, count)
    faults.add(pair.split(' x ')[0] as string, count)
  }
  return {
    first: 1,
    asked: days,
    worlds: 2,
    crowds: 1,
    days,
    facts: 500 * days,
    actions: 20 * days,
    faults,
    reached,
    faultKinds: ['cut', 'loss'],
    states: { 'TERM-9': 'keeps', 'TERM-6': 'hands in a lost branch', 'TERM-7': 'came from a backup' },
    hashes: ['h'],
    coreHours: 1,
    interrupted: false,
    failure: undefined,
  }
}

test('pairs that a long run met seldom or never are named by the rule of the state', () => {
  const { text } = report(
    summary(600, { 'cut x TERM-9': 100, 'loss x TERM-9': 99, 'cut x TERM-6': 4 }),
    undefined,
  )
  expect(text).toContain('3 pairs reached, 2 of them less than 100 times')
  expect(text).toMatch(/TERM-9 keeps\n +rare +loss 99\n/)
  expect(text).toMatch(/TERM-6 hands in a lost branch\n +rare +cut 4\n +never +loss\n/)
  expect(text).toContain('TERM-7 came from a backup: met by no fault')
})

test('of a short run, three times is enough', () => {
  const { text } = report(summary(10, { 'cut x TERM-9': 3, 'loss x TERM-9': 2 }), undefined)
  expect(text).toMatch(/TERM-9 keeps\n +rare +loss 2\n/)
})

test('the verdict claims no more than was lived', () => {
  const whole = summary(10, {})
  expect(report(whole, undefined).text).toContain('verdict        every promise held')
  const cut = report({ ...whole, interrupted: true, asked: 2000 }, undefined).text
  expect(cut).toContain('every promise held in these 10.0 days; interrupted, 2000 were asked for')
  const none = report({ ...whole, interrupted: true, worlds: 0, days: 0 }, undefined)
  expect(none.text).toContain('verdict        none')
  expect(none.json).toMatchObject({ verdict: 'unknown' })
  const broken = report({ ...whole, failure: { seed: 7, message: 'LOST: it', tail: [] } }, undefined).text
  expect(broken).toContain('A PROMISE WAS BROKEN')
  expect(broken).toContain('npm run simulate -- --seed 7 --days 0.1')
})

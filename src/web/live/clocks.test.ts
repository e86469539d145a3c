import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../kernel/manual-machine.ts'
import { BackOff } from './back-off.ts'
import { BoxClock } from './box-clock.ts'
import { doneAtText, doneNow } from './done.ts'

describe('CLIENT-9 the time of the box', () => {
  test('is not known until the box says one that it knows', () => {
    const clock = new BoxClock()
    clock.heard([5, null, 0], 0, 10)
    clock.heard([5, 100, 0], 0, 10)
    expect(clock.at(10)).toBeUndefined()
  })

  test('is taken in the middle of the way, half of which it may be off', () => {
    const clock = new BoxClock()
    clock.heard([1_000, 500_000, 3], 100, 140)
    expect(clock.at(120)).toEqual({ ms: 501_000, within: expect.closeTo(40, 1) })
    expect(clock.at(1_000_140)?.within).toBeCloseTo(140, 0)
  })

  test('is kept while newer answers are slower, and given up once the box has another', () => {
    const clock = new BoxClock()
    clock.heard([1_000, 0, 3], 0, 10)
    clock.heard([2_000, 0, 3], 1_000, 1_400)
    expect(clock.at(1_400)?.ms).toBeCloseTo(2_395, 0)
    clock.heard([3_000, 60_000, 3], 2_000, 2_400)
    expect(clock.at(2_200)?.ms).toBeCloseTo(63_000, 0)
  })
})

describe('CLIENT-12 when it was done', () => {
  const at = (mono: number) => ({ mono: () => mono, wall: () => 1_800_000_000_000.4 })

  test('is the time of the box, how sure, and how long ago while the page lives', () => {
    const done = doneNow(at(50), { ms: 1_700_000_000_000.4, within: 31.2 }, 'this')
    expect(doneAtText(done, at(1_050), 'this')).toBe('1700000000000;within=32;ago=1000')
    expect(doneAtText(done, at(9), 'next')).toBe('1700000000000;within=32')
  })

  test('is that of the device where the box was never heard, and nobody says how sure', () => {
    expect(doneAtText(doneNow(at(50), undefined, 'this'), at(50), 'next')).toBe('1800000000000')
  })
})

test('CLIENT-2 waits double up to a limit, and differ from page to page', () => {
  const waits = (seed: number) => {
    const backOff = new BackOff(seededRandom(seed), 500, 15_000)
    return Array.from({ length: 12 }, () => backOff.next())
  }
  const one = waits(1)
  one.forEach((wait, tries) => {
    const whole = Math.min(15_000, 500 * 2 ** tries)
    expect(wait).toBeGreaterThanOrEqual(whole / 2)
    expect(wait).toBeLessThan(whole)
  })
  expect(waits(2)).not.toEqual(one)
  const backOff = new BackOff(seededRandom(1), 500, 15_000)
  for (let each = 0; each < 5; each += 1) backOff.next()
  backOff.reset()
  expect(backOff.next()).toBeLessThan(500)
})

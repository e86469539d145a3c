import { describe, expect, test } from 'vitest'
import type { Instant } from '../../kernel/instant.ts'
import { Trouble } from '../errors.ts'
import { doneAtIn } from './done-at.ts'

const day = 24 * 3_600_000
const now = 1_763_650_000_000
const clocks = (site: Instant, best: Instant = site) => ({ now: () => site, time: () => best })
const good = clocks([1_000, now - 1_000, 3])
const read = (header: string | undefined, box = good) => doneAtIn(header, box, 'fair')

function refusal(header: string, box = good): string {
  try {
    return JSON.stringify(read(header, box))
  } catch (error) {
    if (error instanceof Trouble) return error.code
    throw error
  }
}

describe('HTTP-17 when it was done', () => {
  test('is the time of the box where the page knew it, and it is said how sure', () => {
    expect(read(`${now - 8_123};within=31;ago=8100`)).toEqual({ ms: now - 8_123, within: 51 })
    expect(read(`${now - 2 * day};within=300`)).toEqual({ ms: now - 2 * day, within: 320 })
  })

  test('is so long ago by the page where that is all, or where its box has set its clock since', () => {
    expect(read('12;ago=8100')).toEqual({ ms: now - 8_100, within: 40_020 })
    expect(read(`${now - 3 * day};within=31;ago=8100`)).toEqual({ ms: now - 8_100, within: 40_020 })
  })

  test('is what the device says where nobody knows better, and nobody knows how sure', () => {
    expect(read(String(now - day))).toEqual({ ms: now - day, within: null })
    expect(read(String(now + 1))).toBeUndefined()
    expect(read(String(now - 8 * day))).toBeUndefined()
    expect(read('0')).toBeUndefined()
  })

  test('is in the time of the site, whatever that of its box', () => {
    const parted = clocks([1_000, now - 1_000, 2], [1_000, now - 61_000, 3])
    expect(read(`${now - 60_000};within=20`, parted)).toEqual({ ms: now, within: 270 })
  })

  test('is not known where nobody said it, or where the box does not know the time', () => {
    expect(read(undefined)).toBeUndefined()
    for (const unknown of [clocks([1_000, null, 0]), clocks([1_000, now, 0])])
      expect(read(`${now};within=1;ago=5`, unknown)).toBeUndefined()
  })

  test('is never later than now, as far as clocks go', () => {
    expect(read(`${now + 30};within=20`)).toEqual({ ms: now, within: 40 })
    expect(refusal(`${now + 41};within=20`)).toBe('done_later')
    expect(refusal(`${now + 41};within=20`, clocks([1_000, now - 1_000, 1]))).toContain('"within":5020')
  })

  test('is not over 7 days ago, as far as clocks go', () => {
    expect(read(`${now - 7 * day - 40};within=20`)).toEqual({ ms: now - 7 * day - 40, within: 40 })
    expect(refusal(`${now - 7 * day - 41};within=20`)).toBe('done_long_ago')
    expect(refusal(`1;ago=${8 * day}`)).toBe('done_long_ago')
    expect(refusal('999999999999999;within=0')).toBe('done_later')
  })

  test.each([
    '',
    ' ',
    'now',
    '-1',
    '1.5',
    '1e12',
    '1;within=-1',
    '1;within=',
    '1;ago=5;within=5',
    '1;within=5;within=5',
    '1, 2',
    '1;more=1',
    '1;within=1;ago=9'.repeat(50),
    '9'.repeat(16),
    '١٢٣',
  ])('%j is refused', (header) => {
    expect(refusal(header)).toBe('done_at_invalid')
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Trouble } from '../errors.ts'
import { manualMachine, settled } from '../../kernel/manual-machine.ts'
import { Crowd, Limits, perMinute } from './limits.ts'
import { within } from './parts.ts'

function timed() {
  const time = { now: 0 }
  const limits = new Limits(() => time.now)
  const takes = (visitor: string, sort: keyof typeof perMinute = 'sensitive'): true | Trouble => {
    try {
      limits.take(visitor, sort)
      return true
    } catch (error) {
      if (error instanceof Trouble) return error
      throw error
    }
  }
  return { time, limits, takes }
}

describe('HTTP-8 a visitor has so many requests in a minute', () => {
  test('HTTP-8 at once, and then as they come back', () => {
    const { time, takes } = timed()
    for (let i = 0; i < perMinute.sensitive; i += 1) expect(takes('ada')).toBe(true)
    expect(takes('ada')).toMatchObject({ status: 429, more: { retryAfter: 2 } })
    expect(takes('ben')).toBe(true)
    time.now += 1999
    expect(takes('ada')).toMatchObject({ status: 429, more: { retryAfter: 1 } })
    time.now += 1
    expect(takes('ada')).toBe(true)
    expect(takes('ada')).toMatchObject({ status: 429 })
  })

  test('HTTP-8 and never more in any minute than twice what fits, however he asks', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3000), { maxLength: 300 }), (pauses) => {
        const { time, takes } = timed()
        const granted: number[] = []
        for (const pause of pauses) {
          time.now += pause
          if (takes('ada') === true) granted.push(time.now)
        }
        for (const from of granted)
          expect(granted.filter((at) => at >= from && at < from + 60_000).length).toBeLessThanOrEqual(
            2 * perMinute.sensitive,
          )
      }),
      { numRuns: 50 },
    )
  })

  test('HTTP-8 who comes back after the time that he was told is let in', () => {
    const { time, takes } = timed()
    for (let i = 0; i < perMinute.sensitive; i += 1) takes('ada')
    const refused = takes('ada')
    time.now += (refused === true ? 0 : (refused.more.retryAfter ?? 0)) * 1000
    expect(takes('ada')).toBe(true)
  })

  test('HTTP-8 and a crowd of addresses takes no more memory than so much', () => {
    const { limits, takes } = timed()
    for (let i = 0; i < 10_500; i += 1) takes(`address ${i}`)
    expect(limits.size).toBe(10_000)
  })
})

test('HTTP-8 one visitor has so many requests under way, and all together have so many', () => {
  const crowd = new Crowd({ each: 2, all: 3 })
  const leave = crowd.enter('ada')
  crowd.enter('ada')
  expect(() => crowd.enter('ada')).toThrow(/box_busy/)
  crowd.enter('ben')
  expect(() => crowd.enter('cleo')).toThrow(/box_busy/)
  leave()
  leave()
  expect(crowd.size).toBe(2)
  crowd.enter('ada')
  expect(() => crowd.enter('ada')).toThrow(/box_busy/)
})

describe('HTTP-14 an answer that takes too long', () => {
  const late = () => Trouble.of('too_slow', { seconds: 30 })

  test('HTTP-14 is not waited for', async () => {
    const { machine, pass, pending } = manualMachine()
    const asked = within(machine.timers, 30_000, new Promise<string>(() => {}), late)
    pass(30_000)
    await expect(asked).rejects.toThrow(/too_slow/)
    expect(pending()).toBe(0)
  })

  test('HTTP-14 and one that comes in time leaves no timer, whatever it is', async () => {
    const { machine, pending } = manualMachine()
    expect(await within(machine.timers, 30_000, Promise.resolve('done'), late)).toBe('done')
    await expect(within(machine.timers, 30_000, Promise.reject(new Error('broken')), late)).rejects.toThrow(
      'broken',
    )
    await settled()
    expect(pending()).toBe(0)
  })
})

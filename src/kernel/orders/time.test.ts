import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Instant, Quality } from '../instant.ts'
import { leftAtLeast, leftAtMost } from './time.ts'
import { lastWordMs, verdictOn } from './verdict.ts'

const quality = fc.constantFrom<Quality[]>(0, 1, 2, 3)
const ms = fc.integer({ min: 0, max: 10_000_000 })
const wrong: Readonly<Record<Quality, number>> = { 0: 1e12, 1: 5_000, 2: 250, 3: 20 }

/** A true story: when an order was issued and by which clocks, and when somebody looks at it. */
const story = fc
  .record({
    quality: fc.tuple(quality, quality),
    off: fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })),
    issuedAt: ms,
    lifeMs: fc.integer({ min: 10_000, max: 5_000_000 }),
    openedLater: ms,
    lookLater: ms,
    bootedAt: fc.tuple(ms, ms),
    sameTerm: fc.boolean(),
  })
  .map(({ sameTerm, off, ...each }) => {
    const openedAt = each.issuedAt + (sameTerm ? 0 : each.openedLater)
    const lookAt = openedAt + each.lookLater
    const clock = (at: number, index: 0 | 1): Instant => {
      const boot = each.bootedAt[index] - 20_000_000
      const q = each.quality[index]
      return [at - boot, boot + Math.trunc(off[index] * wrong[q]), q]
    }
    const at = clock(each.issuedAt, sameTerm ? 1 : 0)
    const order = { n: 10, at: sameTerm ? clock(each.issuedAt, 1) : at, lifeMs: each.lifeMs }
    const term = { n: sameTerm ? 5 : 20, mono: clock(openedAt, 1)[0] }
    return { order, term, now: clock(lookAt, 1), trulyLeft: each.issuedAt + each.lifeMs - lookAt }
  })

describe('how long an order has still', () => {
  test('ORDER-6 a box is never told more than there is, whatever the clocks say', () => {
    fc.assert(
      fc.property(story, ({ order, term, now, trulyLeft }) => {
        const left = leftAtLeast(order, term, now)
        expect(left ?? trulyLeft).toBeLessThanOrEqual(trulyLeft)
      }),
    )
  })

  test('ORDER-7 nothing is over before its time, whatever the clocks say', () => {
    fc.assert(
      fc.property(story, ({ order, term, now, trulyLeft }) => {
        expect(leftAtMost(order, term, now)).toBeGreaterThanOrEqual(trulyLeft)
      }),
    )
  })

  test('ORDER-6 on an unknown clock only an order of the own term is given out', () => {
    const now: Instant = [50_000, 1_000, 0]
    const order = { n: 3, at: [0, 1_000, 3] as Instant, lifeMs: 60_000 }
    expect(leftAtLeast(order, { n: 2, mono: 0 }, now)).toBe(10_000)
    expect(leftAtLeast(order, { n: 4, mono: 0 }, now)).toBeUndefined()
  })

  test('ORDER-7 on an unknown clock an order of an earlier term is over a life after this one opened', () => {
    const order = { n: 3, at: [900, null, 0] as Instant, lifeMs: 60_000 }
    expect(leftAtMost(order, { n: 4, mono: 5_000 }, [25_000, null, 0])).toBe(40_000)
  })
})

describe('what a keeper says by itself', () => {
  const order = {
    order: 'order-01',
    to: 'boxb',
    n: 5,
    at: [1_000, null, 0] as Instant,
    lifeMs: 60_000,
    accepted: 0,
    cancelled: null,
  }
  const own = { n: 2, mono: 500 }
  const other = { n: 9, mono: 500 }
  const at = (mono: number): Instant => [mono, null, 0]

  test('ORDER-8 expired, at once, where it never gave the order out', () => {
    expect(verdictOn(order, { now: at(60_999), term: own, handed: false })).toMatchObject({ lookInMs: 1 })
    expect(verdictOn(order, { now: at(61_000), term: own, handed: false })).toMatchObject({
      outcome: 'expired',
    })
  })

  test('ORDER-8 unknown, after a last word was possible, where it gave it out or cannot tell', () => {
    const late = at(61_000 + lastWordMs)
    for (const sight of [
      { term: own, handed: true },
      { term: other, handed: false },
    ]) {
      expect(verdictOn(order, { now: at(late[0] - 1_000), ...sight })).toMatchObject({ is: 'waiting' })
      expect(verdictOn(order, { now: late, ...sight })).toMatchObject({ outcome: 'unknown' })
    }
  })

  test('ORDER-8 unknown, and not expired, where the log says that its box accepted it', () => {
    const accepted = { ...order, accepted: 1 }
    const sight = { now: at(200_000), term: own, handed: false }
    expect(verdictOn(accepted, sight)).toMatchObject({ outcome: 'unknown' })
  })

  test('ORDER-8 a keeper that starts waits for a last word, even long after the deadline', () => {
    const sight = { now: at(900_500), term: { n: 9, mono: 900_000 }, handed: false }
    const known = { ...order, at: [1_000, 0, 3] as Instant }
    const now: Instant = [900_500, 0, 3]
    expect(verdictOn(known, { ...sight, now })).toEqual({ is: 'waiting', lookInMs: lastWordMs - 500 })
  })

  test('ORDER-13 cancelled, at once, where it never gave the order out; else its box must say so', () => {
    const cancelled = { ...order, cancelled: 6 }
    expect(verdictOn(cancelled, { now: at(2_000), term: own, handed: false })).toMatchObject({
      outcome: 'cancelled',
    })
    expect(verdictOn(cancelled, { now: at(2_000), term: own, handed: true })).toMatchObject({ is: 'waiting' })
    expect(verdictOn(cancelled, { now: at(2_000), term: other, handed: false })).toMatchObject({
      is: 'waiting',
    })
  })

  test('ORDER-7 every order ends, at the latest 60 s after its deadline or the start of the keeper', () => {
    const orders = fc.record({ accepted: fc.nat(3), cancelled: fc.option(fc.nat()), handed: fc.boolean() })
    fc.assert(
      fc.property(story, orders, ({ order: timed, term, now }, { handed, ...state }) => {
        const one = { ...order, ...state, ...timed }
        const over = Math.max(leftAtMost(timed, term, now), term.mono - now[0]) + 60_000 <= 0
        expect(over && verdictOn(one, { now, term, handed }).is === 'waiting').toBe(false)
      }),
    )
  })
})

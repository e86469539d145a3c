import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Exchange } from './estimate.ts'
import { best, boundOf, measured, qualityOf, roundingMs, withinAt } from './estimate.ts'

/** A box whose crystal runs so many parts in a million too fast, and which began to count at a moment. */
type Crystal = { readonly ppm: number; readonly bootedAt: number }
const crystal = fc.record({
  ppm: fc.integer({ min: -100, max: 100 }),
  bootedAt: fc.integer({ min: -1e9, max: 0 }),
})
const monoOf = ({ ppm, bootedAt }: Crystal, truth: number) => Math.floor((truth - bootedAt) * (1 + ppm / 1e6))
const wayMs = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 9_000 }))

/** An exchange with a box that is off by `error`, and says that it is within its size. */
function exchange(mine: Crystal, at: number, way: readonly [number, number, number], error: number) {
  const [there, held, back] = way
  const theirs = (truth: number) => Math.round(truth + error)
  return measured(
    {
      asked: monoOf(mine, at),
      received: theirs(at + there),
      sent: theirs(at + there + held),
      heard: monoOf(mine, at + there + held + back),
    },
    Math.abs(error),
  )
}

describe('an exchange of four stamps', () => {
  test('CLOCK-2 the truth is always inside what it states, however uneven the two ways, and stays inside', () => {
    const way = fc.tuple(wayMs, fc.integer({ min: 0, max: 50 }), wayMs)
    const hours = fc.double({ min: 0, max: 24 * 3_600_000, noNaN: true })
    fc.assert(
      fc.property(
        crystal,
        fc.integer({ min: 0, max: 1e9 }),
        way,
        fc.integer({ min: -5000, max: 5000 }),
        hours,
        (mine, at, ways, error, later) => {
          const shown = exchange(mine, at, ways, error)
          expect(shown).toBeDefined()
          if (!shown) return
          const truth = at + ways[0] + ways[1] + ways[2] + later
          const mono = monoOf(mine, truth)
          expect(Math.abs(mono + shown.offset - truth)).toBeLessThanOrEqual(
            withinAt(shown, mono) + roundingMs,
          )
        },
      ),
      { numRuns: 500 },
    )
  })

  test('CLOCK-2 half of a quick exchange on a LAN is good', () => {
    const shown = exchange({ ppm: 50, bootedAt: -1000 }, 5000, [1, 0, 2], 5)
    expect(qualityOf(shown?.within ?? Infinity)).toBe(3)
  })

  test.each([
    ['heard before it was asked', { asked: 10, received: 5, sent: 5, heard: 9 }],
    ['sent before it was received', { asked: 10, received: 50, sent: 49, heard: 20 }],
    ['held for longer than the whole took', { asked: 10, received: 50, sent: 90, heard: 20 }],
  ])('CLOCK-2 stamps that contradict each other are passed over: %s', (_, stamps) => {
    expect(measured(stamps, 5)).toBeUndefined()
  })

  test('CLOCK-2 of many the best delay counts, until it has grown old', () => {
    const had = (mono: number, within: number): Exchange => ({ mono, offset: 7, within, theirs: 100 })
    const [quick, slow] = [had(0, 101), had(16_000, 150)]
    expect(best([quick, slow], 16_000)).toBe(quick)
    expect(best([quick, slow], 128_000)).toBe(quick)
    expect(best([quick, had(600_000, 150)], 600_000)).toMatchObject({ mono: 600_000 })
    expect(best([], 1)).toBeUndefined()
  })
})

test('CLOCK-1 a quality states how far off a stamp may be', () => {
  expect([0, 20, 20.1, 250, 251, 5000, 5001, Infinity].map(qualityOf)).toEqual([3, 3, 2, 2, 1, 1, 0, 0])
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e5, noNaN: true }),
      (within) => within <= boundOf(qualityOf(within)),
    ),
  )
})

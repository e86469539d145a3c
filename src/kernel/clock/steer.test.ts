import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boundOf, qualityOf } from './estimate.ts'
import type { Heard, Source, Steered } from './steer.ts'
import { doubtsToBeWrong, offsetAt, slewPerMs, stated, steer } from './steer.ts'

const minute = 60_000
const from = (by: Source, offset: number, within: number, mono = 0, era?: string): Heard => {
  return { by, offset, within, mono, era }
}

/** Takes measurements in, one after the other, at the moments that they name. */
function taken(...heard: readonly Heard[]) {
  let clock: Steered | undefined
  const changes = heard.map((each) => {
    const next = steer(clock, each, each.mono)
    clock = next.clock
    return next.change
  })
  if (!clock) throw new Error('nothing was taken')
  return { clock, changes }
}

describe('what a clock makes of what it hears', () => {
  test('CLOCK-4 the first that says anything makes it known; what says nothing changes nothing', () => {
    expect(steer(undefined, from('hardware', 5, 5001), 0)).toEqual({ clock: undefined, change: 'none' })
    const { clock, changes } = taken(from('hardware', 1000, 4000))
    expect(changes).toEqual(['known'])
    expect([offsetAt(clock, 0), qualityOf(stated(clock, 0))]).toEqual([1000, 1])
  })

  test('CLOCK-4 the first good measurement of a boot steps, and the next ones slew', () => {
    const { clock, changes } = taken(
      from('hardware', 1000, 4000),
      from('network', 3000, 10, minute),
      from('network', 3009, 5, 2 * minute),
    )
    expect(changes).toEqual(['known', 'step', 'slew'])
    expect(offsetAt(clock, 2 * minute)).toBe(3000)
    expect(offsetAt(clock, 2 * minute + 10_000)).toBe(3005)
    expect(offsetAt(clock, 2 * minute + 60_000)).toBe(3009)
  })

  test('CLOCK-4 a follower comes onto the site’s scale by a step, also where that is only fair', () => {
    expect(taken(from('hardware', 1000, 4000), from('site', 3000, 100, minute)).changes).toEqual([
      'known',
      'step',
    ])
  })

  test('CLOCK-4 what would be slewed for hours and makes nothing surer is not taken from a lower source', () => {
    const heard = [
      from('site', 0, 4150),
      from('hardware', 5000, 4000, minute),
      from('site', 1, 4160, 2 * minute),
    ]
    expect(taken(...heard).changes).toEqual(['known', 'none', 'slew'])
  })

  test('CLOCK-6 who stands above is believed at once, who stands below not at all', () => {
    const wrong = from('hardware', 7_200_000, 4000)
    expect(taken(wrong, from('network', 0, 10, minute)).changes[1]).toBe('wrong')
    expect(taken(wrong, from('person', 0, 3000, minute)).changes[1]).toBe('wrong')
    const { clock, changes } = taken(from('person', 0, 3000), ...Array(9).fill(wrong))
    expect([new Set(changes.slice(1)), offsetAt(clock, minute)]).toEqual([new Set(['none']), 0])
  })

  test('CLOCK-6 equals must insist: one that errs for a while changes nothing', () => {
    const ok = from('network', 0, 10)
    const off = from('network', 9000, 10, minute)
    const few = Array<Heard>(doubtsToBeWrong - 1).fill(off)
    expect(taken(ok, ...few, { ...ok, mono: minute }, ...few).changes).not.toContain('wrong')
    expect(taken(ok, ...few, off).changes.at(-1)).toBe('wrong')
  })

  test('CLOCK-6 a neighbour that says that it has stepped is believed at once', () => {
    const before = from('site', 0, 10, 0, 'p/1')
    expect(taken(before, from('site', 9000, 10, minute, 'p/1')).changes).toEqual(['known', 'none'])
    expect(taken(before, from('site', 9000, 10, minute, 'p/2')).changes).toEqual(['known', 'wrong'])
  })

  test('CLOCK-3 what is not heard again for long is unknown in the end, and then known anew', () => {
    const { clock } = taken(from('site', 0, 4000))
    expect(qualityOf(stated(clock, 1e7))).toBe(1)
    expect(qualityOf(stated(clock, 1e7 + 1))).toBe(0)
    expect(steer(clock, from('hardware', 50, 4000, 2e7), 2e7).change).toBe('known')
  })
})

describe('whatever honest sources say', () => {
  /** A machine whose crystal is off by `ppm`; `error` is what a source is wrong by, inside what it states. */
  const saying = fc.record({
    by: fc.constantFrom<Source>('hardware', 'person', 'network', 'site'),
    wait: fc.integer({ min: 1, max: 600_000 }),
    within: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 4900 })),
    error: fc.double({ min: -1, max: 1, noNaN: true }),
    era: fc.constantFrom('p/1', 'p/2'),
  })
  const life = fc.tuple(
    fc.integer({ min: -100, max: 100 }),
    fc.array(saying, { minLength: 1, maxLength: 60 }),
  )

  function live([ppm, said]: typeof life extends fc.Arbitrary<infer T> ? T : never) {
    const truthAt = (mono: number) => mono / (1 + ppm / 1e6)
    let clock: Steered | undefined
    let mono = 0
    const seen: {
      by: Source
      mono: number
      change: string
      shown: number
      before: number | undefined
      off: number
      within: number
      jump: number
      sure: number
    }[] = []
    for (const { by, wait, within, error, era } of said) {
      mono += wait
      const before = clock && mono + offsetAt(clock, mono)
      const offset = truthAt(mono) - mono + error * within
      const next = steer(clock, { by, mono, offset, within, era }, mono)
      clock = next.clock
      if (!clock) continue
      const shown = mono + offsetAt(clock, mono)
      seen.push({
        by,
        mono,
        change: next.change,
        shown,
        before,
        off: shown - truthAt(mono),
        within: stated(clock, mono),
        jump: Math.abs(shown - (before ?? shown)),
        sure: within,
      })
    }
    return { clock, seen, truthAt, end: mono }
  }

  test('CLOCK-3 a stamp is never further off than is stated, and nothing is called wrong', () => {
    fc.assert(
      fc.property(life, (lived) => {
        const { clock, seen, truthAt, end } = live(lived)
        for (const { off, within, change } of seen) {
          expect(Math.abs(off)).toBeLessThanOrEqual(within + 0.5)
          expect(change).not.toBe('wrong')
        }
        if (!clock) return
        for (const later of [1, 1000, 3_600_000, 36_000_000]) {
          const mono = end + later
          expect(Math.abs(mono + offsetAt(clock, mono) - truthAt(mono))).toBeLessThanOrEqual(
            stated(clock, mono) + 0.5,
          )
        }
      }),
      { numRuns: 300 },
    )
  })

  test('CLOCK-5 it steps only while it may, and slews by 500 parts in a million at most', () => {
    fc.assert(
      fc.property(life, (lived) => {
        const { seen } = live(lived)
        const jumps = seen.filter(
          ({ change, shown, before }) =>
            (change === 'slew' || change === 'none') && Math.abs(shown - (before ?? NaN)) > 1e-5,
        )
        expect(jumps).toEqual([])
        const good = seen.findIndex(({ within }) => within <= boundOf(3))
        // A person is asked only where the clock knows little, and then may step it again.
        const anew = seen.findIndex(({ change }, at) => at > good && change === 'known')
        const after = good < 0 ? [] : seen.slice(good + 1, anew < 0 ? undefined : anew)
        const steps = after.filter(({ by, change }) => by !== 'person' && change === 'step')
        expect(steps.filter(({ jump, sure }) => qualityOf(jump + sure) > 0)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  test('CLOCK-5 between two measurements site time runs by at most 500 parts in a million beside the crystal', () => {
    const moments = fc.tuple(fc.integer({ min: 0, max: 1e7 }), fc.integer({ min: 1, max: 1e6 }))
    fc.assert(
      fc.property(life, moments, (lived, [start, span]) => {
        const { clock, end } = live(lived)
        if (!clock) return
        const [a, b] = [offsetAt(clock, end + start), offsetAt(clock, end + start + span)]
        expect(Math.abs(b - a)).toBeLessThanOrEqual(span * slewPerMs + 1e-6)
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openToyViews } from '../site/toy-log.ts'
import { hashViews } from '../views/hash.ts'
import { WatchLog, watch, watchKnown } from './toy-watch.ts'

const measuredAt = (mono: number, offset: number, wrong = false, within = 5) => {
  const body = { boot: 'boot1', mono, offset, within, quality: 3, by: 'site', wrong }
  return { kind: 'clock.measured', body }
}
const saw = (id: string, mono: number, offset: number | null, quality: 0 | 1 | 2 | 3) =>
  ({ kind: 'watch.saw', body: { id }, at: [mono, offset, quality] }) as const
type Recorded = ReturnType<typeof saw> | ReturnType<typeof measuredAt>

/** The rows after these records, each of which comes by a stream of its own, in this order. */
function rowsAfter(records: readonly Recorded[]) {
  const log = new WatchLog()
  records.forEach((each, index) => {
    const at = 'at' in each ? each.at : ([each.body.mono, each.body.offset, 3] as const)
    log.records('boot1', at, each.kind, each.body, `strm${index}`)
  })
  using opened = openToyViews(watchKnown)
  for (const row of log.rows) opened.views.apply(row)
  opened.views.commit()
  const sights = opened.views.rows(watch)['sights']?.all() ?? []
  const times = Object.fromEntries(sights.map(({ id, ms, quality }) => [String(id), [ms, quality]]))
  return { times, boots: opened.views.kernel.boots.all(), skipped: opened.views.kernel.skipped.all() }
}

describe('when an instant was', () => {
  test('CLOCK-9 what was known when it was stamped stands, also when more is known later', () => {
    expect(rowsAfter([saw('a', 100, 5000, 2), measuredAt(900, 5020)]).times).toEqual({ a: [5100, 2] })
  })

  test('CLOCK-9 what was unknown is known from the measurement nearest to it', () => {
    const { times } = rowsAfter([
      saw('a', 100, 7, 0),
      measuredAt(900, 5020),
      measuredAt(5000, 5030),
      saw('b', 4900, null, 0),
    ])
    expect(times).toEqual({ a: [5120, 3], b: [9930, 3] })
  })

  test('CLOCK-9 without any measurement nothing is made up', () => {
    expect(rowsAfter([saw('a', 100, 7, 0), saw('b', 100, null, 0)]).times).toEqual({
      a: [null, 0],
      b: [null, 0],
    })
  })

  test('CLOCK-9 what proved wrong is put right, and what came after the proof stands', () => {
    const records = [
      saw('a', 100, 9000, 2),
      saw('b', 901, 5020, 3),
      measuredAt(50, 9000),
      measuredAt(900, 5020, true),
    ]
    expect(rowsAfter(records).times).toEqual({ a: [5120, 3], b: [5921, 3] })
  })

  test('CLOCK-9 far from the measurement the quality is less, and in the end unknown', () => {
    const records = [saw('a', 0, 0, 0), measuredAt(10_000_000, 5), saw('b', 70_000_000, 0, 0)]
    expect(rowsAfter(records).times).toEqual({ a: [5, 1], b: [null, 0] })
  })

  test('CLOCK-9 another boot says nothing of this one', () => {
    const log = new WatchLog()
    log.records('boot2', [100, null, 0], 'watch.saw', { id: 'a' })
    log.records('boot1', [900, 5020, 3], 'clock.measured', measuredAt(900, 5020).body)
    using opened = openToyViews(watchKnown)
    for (const row of log.rows) opened.views.apply(row)
    expect(opened.views.rows(watch)['sights']?.all()).toMatchObject([{ id: 'a', ms: null }])
  })
})

const record = fc.oneof(
  fc
    .tuple(fc.nat(9), fc.nat(100), fc.nat(50), fc.constantFrom(0, 1, 2, 3))
    .map(([id, mono, offset, quality]) =>
      saw(`v${id} ${mono} ${offset} ${quality}`, mono, offset, quality as 0),
    ),
  fc
    .tuple(fc.nat(100), fc.nat(50), fc.boolean(), fc.integer({ min: 1, max: 300 }))
    .map(([mono, offset, wrong, within]) => measuredAt(mono, offset, wrong, within)),
)

test('CLOCK-10 in whatever order facts and measurements of a boot come, the rows are the same', () => {
  const shuffled = fc
    .uniqueArray(record, { maxLength: 25, selector: (each) => JSON.stringify(each) })
    .chain((records) =>
      fc.tuple(
        fc.constant(records),
        fc.shuffledSubarray(records, { minLength: records.length, maxLength: records.length }),
      ),
    )
  fc.assert(
    fc.property(shuffled, ([records, others]) => {
      const [one, other] = [rowsAfter(records), rowsAfter(others)]
      expect(other).toEqual(one)
      expect(one.skipped).toEqual([])
    }),
    { numRuns: 150 },
  )
})

test('CLOCK-10 of two measurements of one moment the same one stays, whichever came first', () => {
  const two = [measuredAt(96, 1, true, 6), measuredAt(96, 0, true, 6)]
  expect(rowsAfter(two.toReversed())).toEqual(rowsAfter(two))
})

test('CLOCK-10 a person who says the time retimes the keeper’s own boot', () => {
  const log = new WatchLog()
  log.opens('boot1')
  log.records('boot1', [100, null, 0], 'watch.saw', { id: 'a' })
  const body = { boot: 'boot1', mono: 200, offset: 5000, within: 3000, quality: 1, wrong: false }
  log.says([200, null, 0], { kind: 'clock.set', body })
  using opened = openToyViews(watchKnown)
  for (const row of log.rows) opened.views.apply(row)
  expect(opened.views.rows(watch)['sights']?.all()).toMatchObject([{ ms: 5100, quality: 1 }])
  expect(opened.views.kernel.boots.all()).toMatchObject([{ by: 'person', box: '', offset: 5000 }])
  expect(hashViews(opened.database, watchKnown)).toHaveLength(43)
})

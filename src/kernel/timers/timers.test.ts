import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WatchLog, watch, watchKnown } from '../clock/toy-watch.ts'
import type { Instant, Quality } from '../instant.ts'
import { seededRandom } from '../manual-machine.ts'
import type { Item } from '../site/sequencer.ts'
import { sequence } from '../site/sequencer.ts'
import { openToyViews } from '../site/toy-log.ts'
import { SiteViews } from '../site/views.ts'
import type { LogRow } from '../../store/truth.ts'
import { isOver, untilFirst } from './rules.ts'

const known = (mono: number, offset = 1_000_000): Instant => [mono, offset, 3]
const blind = (mono: number): Instant => [mono, 0, 0]

/** A keeper in boot1, over views that hold what `log` says. */
function keeperOf(log: WatchLog) {
  const opened = openToyViews(watchKnown)
  const written: LogRow[] = []
  const follow = (rows: readonly LogRow[]) => {
    for (const row of rows) opened.views.apply(row)
    opened.views.commit()
    written.push(...rows)
  }
  follow(log.rows)
  const step = (at: Instant, ...items: readonly Item[]) => {
    const done = sequence(opened.views, items, { at, random: seededRandom(1) })
    opened.views.commit()
    written.push(...done.rows)
    return done
  }
  const ring = (at: Instant, most = 100) => {
    const { outcomes } = step(at, { do: 'ring', most })
    const [outcome] = outcomes
    return outcome?.did === 'rang' ? outcome.rang : -1
  }
  const book = (at: Instant, body: unknown, key = JSON.stringify([at, body])) =>
    step(at, { do: 'act', action: 'watch.book', key, who: 'ada', input: body }).outcomes[0]
  const rings = () =>
    Object.fromEntries(
      (opened.views.rows(watch)['rings']?.all() ?? []).map(({ name, times }) => [name, times]),
    )
  const waiting = () => opened.views.kernel.timers.all().map(({ name }) => name)
  return { ...opened, follow, step, ring, book, rings, waiting, written }
}

function kept(boot = 'boot1') {
  const log = new WatchLog()
  log.opens(boot)
  return keeperOf(log)
}

describe('setting a timer', () => {
  test('TIMER-1 a moment or a while; setting it again replaces it, and cancelling ends it', () => {
    using keeper = kept()
    keeper.book(known(10), { name: 'a', after: 500 })
    keeper.book(known(20), { name: 'a', at: 1_000_900 })
    keeper.book(known(30), { name: 'b', after: 0 })
    expect(keeper.views.kernel.timers.all()).toMatchObject([
      { pack: 'watch', name: 'a', due: 1_000_900, mono: 900, after: null, n: 3 },
      { pack: 'watch', name: 'b', due: 1_000_030, mono: 30, after: 0, n: 4 },
    ])
    const log = new WatchLog()
    log.rows.push(...keeper.written)
    log.records('boot1', known(40), 'watch.stopped', { name: 'b' })
    keeper.follow(log.rows.slice(4))
    expect(keeper.waiting()).toEqual(['a'])
  })

  test.each([
    ['what is no decision of the pack', { name: 'a', after: 5, say: 'saw' }],
    ['what nobody declares', { name: 'a', after: 5, say: 'nothing' }],
    ['what holds a person', { name: 'a', after: 5, say: 'signed' }],
    ['without a name', { name: '', after: 5 }],
    ['in the past of itself', { name: 'a', after: -5 }],
    ['in 1000 years', { name: 'a', after: 1000 * 365 * 86_400_000 }],
    ['half a millisecond', { name: 'a', after: 1.5 }],
  ])('TIMER-1 a mistake of the pack is found where it is made: %s', (_, body) => {
    const log = new WatchLog()
    log.opens('boot1')
    log.records('boot1', known(10), 'watch.wound', body)
    using keeper = keeperOf(log)
    expect(keeper.waiting()).toEqual([])
    const { skipped, quarantine } = keeper.views.kernel
    expect(skipped.all().length + quarantine.all().length).toBe(1)
  })

  test('TIMER-1 nothing follows from a fact that may be hollow one day', () => {
    const log = new WatchLog()
    log.opens('boot1')
    log.records('boot1', known(10), 'watch.named', { name: 'a', after: 5 })
    using keeper = keeperOf(log)
    expect(keeper.waiting()).toEqual([])
    expect(keeper.views.kernel.quarantine.all()).toMatchObject([{ kind: 'watch.named' }])
  })
})

describe('ringing', () => {
  test('TIMER-2 it rings when it is over, in an entry of its own, and once', () => {
    using keeper = kept()
    keeper.book(known(10), { name: 'a', after: 500 })
    expect([keeper.ring(known(509)), keeper.ring(known(510)), keeper.ring(known(9999))]).toEqual([0, 1, 0])
    expect(keeper.rings()).toEqual({ a: 1 })
    const [row] = keeper.written.slice(-1)
    expect(row?.head).toBe('["k",[510,1000000,3],["timer.rang","watch.rang"]]')
    expect(row?.bodies).toBe('{"pack":"watch","name":"a","n":2,"i":0}\n{"name":"a"}')
  })

  test('TIMER-2 asked twice in one step it rings once, and undone it has not rung', () => {
    using keeper = kept()
    keeper.book(known(10), { name: 'a', after: 0 })
    const twice = sequence(
      keeper.views,
      [
        { do: 'ring', most: 9 },
        { do: 'ring', most: 9 },
      ],
      { at: known(10), random: seededRandom(1) },
    )
    expect(twice.rows).toHaveLength(1)
    keeper.views.rollback()
    expect(keeper.ring(known(11))).toBe(1)
  })

  test('TIMER-2 many go in batches, the earliest first', () => {
    using keeper = kept()
    for (let i = 0; i < 10; i++) keeper.book(known(10), { name: `t${i}`, after: 100 - i })
    expect(keeper.ring(known(1000), 4)).toBe(4)
    expect(Object.keys(keeper.rings()).toSorted()).toEqual(['t6', 't7', 't8', 't9'])
    expect([keeper.ring(known(1000), 4), keeper.ring(known(1000), 4)]).toEqual([4, 2])
  })

  test('TIMER-4 after a while in the keeper’s own boot, no clock is asked', () => {
    using keeper = kept()
    keeper.book(known(10), { name: 'a', after: 500 })
    expect(keeper.ring(known(400, 9e9))).toBe(0)
    expect(keeper.ring([520, -5e6, 3])).toBe(1)
  })

  test('TIMER-4 a moment goes by the site’s time, and on an unknown clock by the boot in which it was known', () => {
    using keeper = kept()
    keeper.book(known(10), { name: 'a', at: 1_000_500 })
    keeper.book(blind(10), { name: 'b', at: 1_000_500 })
    expect(keeper.ring(blind(499))).toBe(0)
    expect(keeper.ring(blind(500))).toBe(1)
    expect([keeper.rings(), keeper.ring(blind(9e9)), keeper.ring(known(500))]).toEqual([{ a: 1 }, 0, 1])
  })

  test('TIMER-4 what another boot waits for goes by the site’s time only', () => {
    const log = new WatchLog()
    log.opens('boot1')
    log.records('boot2', known(10), 'watch.wound', { name: 'a', after: 500 })
    log.records('boot3', blind(10), 'watch.wound', { name: 'b', after: 500 })
    using keeper = keeperOf(log)
    expect([keeper.ring(blind(9e6)), keeper.ring([5, 1_000_504, 1])]).toEqual([0, 0])
    expect(keeper.ring([5, 1_000_505, 1])).toBe(1)
    expect(keeper.waiting()).toEqual(['b'])
  })

  test('TIMER-3 a while after a fact of an unknown boot begins when more is known of it', () => {
    const log = new WatchLog()
    log.opens('boot1')
    log.records('boot2', blind(10), 'watch.wound', { name: 'b', after: 500 })
    const body = { boot: 'boot2', mono: 900, offset: 7000, within: 9, quality: 3, by: 'site', wrong: false }
    log.records('boot2', [900, 7000, 3], 'clock.measured', body)
    using keeper = keeperOf(log)
    expect(keeper.views.kernel.timers.all()).toMatchObject([{ due: 7510, mono: 510 }])
    expect([keeper.ring([0, 7509, 3]), keeper.ring([0, 7510, 3])]).toEqual([0, 1])
  })

  test('TIMER-5 what cannot be applied is skipped and marked, and rings no more', () => {
    const log = new WatchLog()
    log.opens('boot1')
    log.records('boot1', known(10), 'watch.wound', { name: 'a', after: 5, say: 'cursed' })
    using keeper = keeperOf(log)
    expect([keeper.ring(known(20)), keeper.ring(known(21))]).toEqual([1, 0])
    expect([keeper.rings(), keeper.waiting()]).toEqual([{}, []])
    expect(keeper.views.kernel.skipped.all()).toMatchObject([{ why: 'apply threw Error' }])
  })

  test('TIMER-5 it is so on a box that follows too, however it takes the entries', () => {
    const log = new WatchLog()
    log.opens('boot1')
    log.records('boot1', known(10), 'watch.wound', { name: 'a', after: 5, say: 'cursed' })
    using keeper = keeperOf(log)
    keeper.ring(known(20))
    using follower = openToyViews(watchKnown)
    follower.views.applyAll(keeper.written)
    follower.views.commit()
    expect(follower.hash()).toBe(keeper.hash())
  })

  test('TIMER-2 what was set again since does not count as rung', () => {
    using keeper = kept()
    keeper.book(known(10), { name: 'a', after: 5 })
    const stale = { pack: 'watch', name: 'a', n: 99, i: 0 }
    const log = new WatchLog()
    log.rows.push(...keeper.written)
    keeper.follow([log.says(known(11), { kind: 'timer.rang', body: stale })])
    expect(keeper.waiting()).toEqual(['a'])
  })
})

describe('another boot keeps', () => {
  test('TIMER-6 what counts from a boot of which nobody will know begins anew, and what is known stays', () => {
    using keeper = kept()
    keeper.book(blind(10), { name: 'a', after: 500 })
    keeper.book(known(20), { name: 'b', after: 500 })
    const log = new WatchLog()
    log.rows.push(...keeper.written)
    log.opens('boot2', [7, 2_000_000, 3])
    keeper.follow(log.rows.slice(keeper.written.length))
    expect(keeper.views.kernel.timers.all()).toMatchObject([
      { name: 'a', boot: 'boot2', mono: 507, due: 2_000_507 },
      { name: 'b', boot: 'boot1', due: 1_000_520 },
    ])
    expect([keeper.ring([100, 2_000_000, 3]), keeper.ring([507, 2_000_000, 3])]).toEqual([1, 1])
  })

  test('TIMER-2 views that are built again wait for the same', () => {
    using keeper = kept()
    keeper.book(known(10), { name: 'a', after: 500 })
    keeper.book(known(11), { name: 'b', after: 9 })
    keeper.ring(known(50))
    const again = new SiteViews(openToyViews(watchKnown).database, watchKnown)
    for (const row of keeper.written) again.apply(row)
    again.commit()
    expect(again.kernel.timers.all()).toEqual(keeper.views.kernel.timers.all())
    expect(again.timers.wake('boot1')).toEqual(keeper.views.timers.wake('boot1'))
  })
})

test('TIMER-4 what is read by SQL is what the rule says, and the wait ends when the first is over', () => {
  const wish = fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    by: fc.constantFrom('at', 'after'),
    ms: fc.nat(100),
    mono: fc.nat(100),
    boot: fc.constantFrom('boot1', 'boot2'),
    quality: fc.constantFrom<Quality>(0, 1, 3),
  })
  const now = fc.record({ mono: fc.nat(250), offset: fc.nat(100), quality: fc.constantFrom<Quality>(0, 2) })
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 12 }), now, (wishes, { mono, offset, quality }) => {
      const log = new WatchLog()
      log.opens('boot1')
      for (const { name, by, ms, mono: set, boot, quality: then } of wishes)
        log.records(boot, [set, 50, then], 'watch.wound', { name, [by]: ms })
      using keeper = keeperOf(log)
      const at: Instant = [mono, offset, quality]
      const all = keeper.views.kernel.timers.all()
      const over = all.filter((timer) => isOver(timer, at, 'boot1')).map(({ name }) => name)
      const read = keeper.views.timers.over(at, 'boot1', 100).map(({ name }) => name)
      expect(read.toSorted()).toEqual(over.toSorted())
      const wait = untilFirst(keeper.views.timers.wake('boot1'), at)
      expect(wait === 0).toBe(over.length > 0)
      if (wait === undefined || wait === 0) return
      const later = (ms: number): Instant => [mono + ms, offset, quality]
      expect(keeper.views.timers.over(later(wait - 1), 'boot1', 100)).toEqual([])
      expect(keeper.views.timers.over(later(wait), 'boot1', 100).length).toBeGreaterThan(0)
    }),
    { numRuns: 150 },
  )
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../manual-machine.ts'
import { order } from './order.ts'
import { pack } from '../pack/pack.ts'
import type { Instant } from '../instant.ts'
import { orphanAt } from '../site/orphans.ts'
import type { Item } from '../site/sequencer.ts'
import { sequence } from '../site/sequencer.ts'
import { openToyViews, toyRecord } from '../site/toy-log.ts'
import { z } from 'zod'

const boxes = ['boxb', 'boxc', 'boxd'] as const

/** A site of a keeper and three boxes, whose clock is moved by hand. */
function site() {
  const opened = openToyViews()
  const seqs = new Map<string, number>()
  let asked = 0
  let mono = 1_000
  const step = (...items: readonly Item[]) => {
    const at: Instant = [mono, null, 0]
    const { outcomes } = sequence(opened.views, items, { at, random: seededRandom(asked) })
    opened.views.commit()
    return outcomes[0]
  }
  const act = (action: string, input: unknown, who = 'ada') =>
    step({ do: 'act', action, key: `k${(asked += 1)}`, who, input })
  const hears = (box: string, kind: string, body: Record<string, unknown>) => {
    const seq = (seqs.get(box) ?? 0) + 1
    seqs.set(box, seq)
    const from = { box, stream: `stream-${box}`.replace('-', '') }
    const rows = [toyRecord(kind, body, seq, from)]
    return step({ do: 'records', ...from, rows })
  }
  step({ do: 'say', facts: [{ kind: 'site.keeper', body: { term: '1/boxa/1/proc', how: 'birth' } }] })
  for (const box of boxes) act('box.assign', { box, publicKey: 'k'.repeat(43), small: false })
  const { kernel } = opened.views
  return {
    ...opened,
    act,
    step,
    issue: (id: string, change: object = {}, who?: string) =>
      act('order.issue', { id, to: 'boxb', kind: 'toy.print', params: { pages: 1 }, ...change }, who),
    accepted: (box: string, id: string, attempt = 1) =>
      hears(box, 'order.accepted', { order: id, attempt, boot: 'boot' }),
    ended: (box: string, id: string, outcome: string) =>
      hears(box, 'order.ended', { order: id, outcome, result: { by: box }, error: null, ms: 5 }),
    keeperSays: (id: string, outcome: string) =>
      step({
        do: 'say',
        facts: [{ kind: 'order.ended', body: { order: id, outcome, result: null, error: null, ms: 0 } }],
      }),
    row: (id: string) => kernel.orders.get(id),
    kernel,
    pass: (ms: number) => (mono += ms),
  }
}

describe('issuing', () => {
  test('ORDER-1 an order has what its kind says, and what its issuer says', () => {
    using fair = site()
    expect(fair.issue('order-01', { priority: 2, lifeMs: 20_000 })).toMatchObject({
      answer: { orders: [{ order: 'order-01', to: 'boxb' }], left: [] },
    })
    expect(fair.row('order-01')).toMatchObject({
      kind: 'toy.print',
      mode: 'once',
      stops: true,
      lifeMs: 20_000,
      priority: 2,
      who: 'ada',
      open: true,
      outcome: null,
    })
  })

  test.each([
    ['unknown-order', { kind: 'toy.fly' }],
    ['malformed', { params: { pages: 'many' } }],
    ['not-assigned', { to: 'boxz' }],
    ['malformed', { lifeMs: 9_999 }],
    ['malformed', { priority: 10 }],
    ['malformed', { id: 'short' }],
  ])('ORDER-1 %s, of %j', (code, change) => {
    using fair = site()
    expect(fair.issue('order-01', change)).toMatchObject({ did: 'refused', code })
    expect(fair.kernel.orders.all()).toEqual([])
  })

  test('ORDER-2 an id is used once, by whomever', () => {
    using fair = site()
    fair.issue('order-01')
    expect(fair.issue('order-01', {}, 'ben')).toMatchObject({ code: 'order-exists' })
    fair.ended('boxb', 'order-01', 'done')
    expect(fair.issue('order-01', {}, 'ben')).toMatchObject({ code: 'order-exists' })
  })

  test('ORDER-12 ten in a minute from one person to one box; after it, again; another term counts anew', () => {
    using fair = site()
    for (let i = 0; i < 10; i += 1) expect(fair.issue(`order-0${i}`)).toMatchObject({ did: 'act' })
    expect(fair.issue('order-10')).toMatchObject({ code: 'too-many-orders' })
    expect(fair.issue('order-10', {}, 'ben')).toMatchObject({ did: 'act' })
    expect(fair.issue('order-11', { to: 'boxc' })).toMatchObject({ did: 'act' })
    fair.pass(60_000)
    expect(fair.issue('order-12')).toMatchObject({ did: 'act' })
    fair.step({ do: 'say', facts: [{ kind: 'site.keeper', body: { term: '1/boxa/2/proc', how: 'start' } }] })
    for (let i = 0; i < 10; i += 1) expect(fair.issue(`order-2${i}`)).toMatchObject({ did: 'act' })
  })

  test('ORDER-12 two hundred wait at a box, and no more', () => {
    using fair = site()
    for (let i = 0; i < 200; i += 1) fair.issue(`order-${100 + i}`, {}, `p${i % 20}`)
    expect(fair.issue('order-99', {}, 'ben')).toMatchObject({ code: 'orders-full' })
    fair.ended('boxb', 'order-100', 'done')
    expect(fair.issue('order-99', {}, 'ben')).toMatchObject({ did: 'act' })
  })

  test('ORDER-13 a newer order of a kind that supersedes cancels those that wait, not what was begun', () => {
    using fair = site()
    const restart = { kind: 'toy.restart', params: {} }
    fair.issue('restart-1', restart)
    fair.accepted('boxb', 'restart-1')
    fair.issue('restart-2', restart)
    fair.issue('restart-x', { ...restart, to: 'boxc' })
    fair.issue('restart-3', restart)
    const cancelled = fair.kernel.orders.all().filter((each) => each.cancelled !== null)
    expect(cancelled.map((each) => each.order)).toEqual(['restart-2'])
  })

  test('a kind of order that nobody may issue does not start', () => {
    const bare = { name: 'bare', rules: '1', tables: {}, facts: {}, apply: {}, actions: {} }
    const orders = { hush: order({ params: z.object({}), mode: 'once', allow: [] }) }
    expect(() => pack({ ...bare, orders })).toThrow('bare.hush: nobody may issue it')
    const never = { params: z.object({}), mode: 'once', allow: ['lead'] } as const
    expect(() => order({ ...never, runMs: 0 })).toThrow('runMs')
    expect(() => order({ ...never, lifeMs: 1 })).toThrow('10 seconds')
  })
})

describe('groups', () => {
  test('ORDER-14 a group is one order a box, and ends when all have', () => {
    using fair = site()
    fair.issue('group-01', { to: [...boxes, 'boxz'] })
    expect(fair.kernel.orderGroups.get('group-01')).toMatchObject({ total: 3, open: 3, done: 0 })
    fair.ended('boxb', 'group-01.boxb', 'done')
    fair.ended('boxc', 'group-01.boxc', 'failed')
    expect(fair.kernel.orderGroups.get('group-01')).toMatchObject({ open: 1, done: 1 })
    fair.keeperSays('group-01.boxd', 'expired')
    expect(fair.kernel.orderGroups.get('group-01')).toMatchObject({ open: 0, done: 1 })
  })

  test('ORDER-14 a retry goes to those that have not done it', () => {
    using fair = site()
    fair.issue('group-01', { to: [...boxes] })
    fair.ended('boxb', 'group-01.boxb', 'done')
    fair.ended('boxc', 'group-01.boxc', 'failed')
    expect(fair.act('order.retry', { order: 'group-01', id: 'group-02' })).toMatchObject({
      answer: { orders: [{ order: 'group-02.boxc', to: 'boxc' }] },
    })
    expect(fair.kernel.orderTexts.get('group-02.boxc')?.params).toEqual({ pages: 1 })
    const again = { order: 'group-01.boxb', id: 'order-again' }
    expect(fair.act('order.retry', again)).toMatchObject({ code: 'nothing-to-retry' })
    expect(fair.act('order.retry', { ...again, order: 'order-none' })).toMatchObject({ code: 'no-order' })
  })
})

describe('cancelling', () => {
  test('ORDER-13 what was not begun can be cancelled; what runs only if its kind stops', () => {
    using fair = site()
    fair.issue('order-01')
    fair.issue('order-02', { kind: 'toy.lamp', params: { on: true } })
    for (const id of ['order-01', 'order-02']) fair.accepted('boxb', id)
    expect(fair.act('order.cancel', { order: 'order-01' })).toMatchObject({
      answer: { cancelled: ['order-01'] },
    })
    expect(fair.act('order.cancel', { order: 'order-02' })).toMatchObject({ code: 'order-runs' })
    fair.ended('boxb', 'order-01', 'cancelled')
    expect(fair.act('order.cancel', { order: 'order-01' })).toMatchObject({ code: 'order-ended' })
    expect(fair.act('order.cancel', { order: 'order-zz' })).toMatchObject({ code: 'no-order' })
  })

  test('ORDER-13 of a group, all that can be', () => {
    using fair = site()
    fair.issue('group-01', { to: [...boxes] })
    fair.ended('boxb', 'group-01.boxb', 'done')
    expect(fair.act('order.cancel', { order: 'group-01' })).toMatchObject({
      answer: { cancelled: ['group-01.boxc', 'group-01.boxd'] },
    })
    for (const box of boxes) fair.ended(box, `group-01.${box}`, 'cancelled')
    expect(fair.act('order.cancel', { order: 'group-01' })).toMatchObject({ code: 'order-ended' })
  })
})

describe('ends', () => {
  test('ORDER-10 the first end in the log counts, later truth of the box stands beside it', () => {
    using fair = site()
    fair.issue('order-01')
    fair.keeperSays('order-01', 'unknown')
    fair.ended('boxb', 'order-01', 'done')
    fair.ended('boxb', 'order-01', 'failed')
    fair.keeperSays('order-01', 'expired')
    expect(fair.row('order-01')).toMatchObject({ outcome: 'unknown', by: 'keeper', learned: 'done' })
    expect(fair.kernel.orderTexts.get('order-01')).toMatchObject({ learned: { result: { by: 'boxb' } } })
  })

  test('ORDER-10 another box says nothing about it: that is in the quarantine', () => {
    using fair = site()
    fair.issue('order-01')
    fair.accepted('boxc', 'order-01')
    fair.ended('boxc', 'order-01', 'done')
    expect(fair.row('order-01')).toMatchObject({ open: true, accepted: 0 })
    expect(fair.kernel.quarantine.all()).toMatchObject([{ kind: 'order.accepted' }, { kind: 'order.ended' }])
  })

  test('ORDER-10 whatever comes before its order waits for it, and comes out the same', () => {
    const said = fc.constantFrom('accept', 'boxb done', 'boxb failed', 'boxc done')
    fc.assert(
      fc.property(fc.array(said, { maxLength: 5 }), fc.nat(5), (words, before) => {
        const rows = [before, 0].map((early) => {
          using fair = site()
          const say = (word: string) => {
            if (word === 'accept') fair.accepted('boxb', 'order-01')
            else fair.ended(word.slice(0, 4), 'order-01', word.slice(5))
          }
          for (const word of words.slice(0, early)) say(word)
          fair.issue('order-01')
          for (const word of words.slice(early)) say(word)
          const { open, outcome, accepted, learned } = fair.row('order-01') ?? {}
          expect(fair.kernel.orderNews.all()).toEqual([])
          return { open, outcome, accepted, learned, odd: fair.kernel.quarantine.all().length }
        })
        expect(rows[0]).toEqual(rows[1])
      }),
      { numRuns: 40 },
    )
  })

  test('ORDER-9 an order of a lost branch is not among the orders, and what came of it stands at the orphan', () => {
    using lost = site()
    lost.issue('order-01')
    const [entry] = [lost.row('order-01')]
    using fair = site()
    const head = JSON.stringify([
      'a',
      [1000, null, 0],
      ['order.issued'],
      'order.issue',
      'k-lost',
      'digest',
      'ada',
      { orders: [] },
    ])
    const { n, at, who, open, cancelled, accepted, outcome, by, endedAt, learned, ...issued } = entry ?? {}
    const bodies = JSON.stringify({ ...issued, params: { pages: 1 } })
    fair.step({ do: 'handIn', term: '1/boxz/1/proc', n: 7, head, bodies })
    expect([n, at, who, open, cancelled, accepted, outcome, by, endedAt, learned]).toHaveLength(10)
    expect(fair.row('order-01')).toBeUndefined()
    fair.ended('boxb', 'order-01', 'done')
    expect(orphanAt(fair.views, '1/boxz/1/proc', 7)?.news).toMatchObject([
      { order: 'order-01', kind: 'order.ended', body: { outcome: 'done' } },
    ])
  })
})

import { describe, expect, test } from 'vitest'
import { seededRandom } from '../manual-machine.ts'
import { orphanAt } from './orphans.ts'
import type { Item } from './sequencer.ts'
import { sequence } from './sequencer.ts'
import { ToyLog, at, hollowed, openToyViews } from './toy-log.ts'

const term = '1/boxb/1/streamb'
const act = (action: string, input: unknown, key = JSON.stringify([action, input])): Item => {
  return { do: 'act', action, key, who: 'lead', input }
}

function site() {
  const opened = openToyViews()
  const random = seededRandom(3)
  const step = (...items: readonly Item[]) => {
    const done = sequence(opened.views, items, { at, random })
    opened.views.commit()
    return done
  }
  return { ...opened, step }
}

/** A lost decision: Ada signed, and a cent moved. */
function lostDecision() {
  const log = new ToyLog()
  const row = log.decide(
    'key',
    { left: 1 },
    { kind: 'toy.signed', body: { tag: 'a', name: 'Ada' } },
    { kind: 'toy.moved', body: { from: 'bank', to: 'a', cents: 1 } },
  )
  return { do: 'handIn', term, n: 7, head: row.head, bodies: row.bodies } as const
}

describe('boxes of a site', () => {
  const member = { box: 'boxa', publicKey: 'k'.repeat(43), small: false }

  test('SITE-2 a box is assigned, and leaves', () => {
    using fair = site()
    const { outcomes } = fair.step(act('box.assign', member))
    expect(outcomes).toMatchObject([{ did: 'act', answer: { box: 'boxa' } }])
    expect(fair.views.kernel.boxes.all()).toEqual([{ ...member, n: 1 }])
    fair.step(act('box.unassign', { box: 'boxa' }))
    expect(fair.views.kernel.boxes.all()).toEqual([])
  })

  test('SITE-2 a box that is not assigned cannot leave', () => {
    using fair = site()
    expect(fair.step(act('box.unassign', { box: 'boxa' }))).toMatchObject({
      rows: [],
      outcomes: [{ code: 'not-assigned', detail: { box: 'boxa' } }],
    })
  })

  test('SITE-2 the keeper is not made small, nor given another key', () => {
    using fair = site()
    fair.step({ do: 'say', facts: [{ kind: 'site.keeper', body: { term: '1/boxa/1/abcd', how: 'birth' } }] })
    fair.step(act('box.assign', member))
    for (const change of [{ small: true }, { publicKey: 'x'.repeat(43) }])
      expect(fair.step(act('box.assign', { ...member, ...change })).outcomes).toMatchObject([
        { code: 'keeps' },
      ])
    expect(fair.step(act('box.assign', member)).outcomes).toMatchObject([{ did: 'act' }])
  })

  test('SITE-6 a box is assigned by a whole public key, or it could never link', () => {
    using fair = site()
    for (const publicKey of ['', 'AAA', '?'.repeat(43)])
      expect(fair.step(act('box.assign', { ...member, publicKey })).outcomes).toMatchObject([
        { code: 'malformed', detail: { field: 'publicKey' } },
      ])
  })

  test('a box without a proper name is refused', () => {
    using fair = site()
    const { outcomes } = fair.step(act('box.assign', { ...member, box: 'Box A' }))
    expect(outcomes).toMatchObject([{ code: 'malformed', detail: { field: 'box' } }])
  })
})

describe('a decision of a lost branch', () => {
  test('TERM-6 its pack sees what it had decided, for whom, and how it was settled', () => {
    using fair = site()
    fair.step(lostDecision())
    expect(orphanAt(fair.views, term, 7)).toEqual({
      term,
      n: 7,
      action: 'toy.pay',
      key: 'key',
      who: 'ada',
      settled: null,
      facts: [
        { kind: 'toy.signed', body: { tag: 'a', name: 'Ada' } },
        { kind: 'toy.moved', body: { from: 'bank', to: 'a', cents: 1 } },
      ],
      answer: { left: 1 },
      news: [],
    })
    expect(orphanAt(fair.views, term, 8)).toBeUndefined()
  })

  test('LOG-4 what was erased of it is no longer seen, the rest is', () => {
    using fair = site()
    fair.step(lostDecision())
    fair.step(act('facts.erase', { places: [{ n: 1, i: 1 }] }))
    expect(orphanAt(fair.views, term, 7)?.facts).toEqual([
      { kind: 'toy.signed', body: undefined },
      { kind: 'toy.moved', body: { from: 'bank', to: 'a', cents: 1 } },
    ])
  })

  test('LOG-4 a line that was hollow before it was handed in is seen as erased', () => {
    using fair = site()
    const { head, bodies, ...rest } = lostDecision()
    const row = hollowed({ n: 7, head, bodies, chain: '' }, [{ n: 7, i: 0 }])
    fair.step({ ...rest, head, bodies: row.bodies })
    expect(orphanAt(fair.views, term, 7)?.facts[0]).toEqual({ kind: 'toy.signed', body: undefined })
  })

  test('TERM-13 it is let go once, with a word why', () => {
    using fair = site()
    fair.step(lostDecision())
    const drop = (note: string) => act('orphan.drop', { term, n: 7, note })
    expect(fair.step(drop('')).outcomes).toMatchObject([{ code: 'malformed' }])
    expect(fair.step(drop('paid in cash')).outcomes).toMatchObject([{ answer: { settled: 'dropped' } }])
    expect(fair.views.kernel.orphans.get(term, 7)).toMatchObject({ settled: 'dropped', note: 'paid in cash' })
    expect(fair.views.kernel.orphans.count('bySettled', null)).toBe(0)
    expect(fair.step(drop('again')).outcomes).toMatchObject([
      { code: 'settled-already', detail: { how: 'dropped' } },
    ])
  })

  test('TERM-13 what is no orphan cannot be let go', () => {
    using fair = site()
    const { outcomes } = fair.step(act('orphan.drop', { term, n: 7, note: 'x' }))
    expect(outcomes).toMatchObject([{ code: 'no-orphan', detail: { term, n: 7 } }])
  })
})

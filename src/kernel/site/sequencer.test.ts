import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RecordRow } from '../../store/truth.ts'
import { canonical, sha256 } from '../digest.ts'
import { factsOf, headText, hollowLine, maxFactBytes, nextChain, parseHead, parseLine } from '../entry.ts'
import { entryLines, parseEntries } from '../link/lines.ts'
import { know } from '../pack/kinds.ts'
import { toy, toyKnown } from '../pack/toy-pack.ts'
import { hashViews } from '../views/hash.ts'
import { kernelPack } from './kernel-pack.ts'
import type { Item } from './sequencer.ts'
import { act, first, pay, records, seenRows, toyKeeper } from './toy-keeper.ts'
import { at, openToyViews, toyRecord } from './toy-log.ts'

describe('records', () => {
  test('LOG-9 each counts once, however often and in whatever pieces it comes', () => {
    const pieces = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat(6)), { minLength: 1 })
    fc.assert(
      fc.property(pieces, fc.array(fc.boolean()), (all, cuts) => {
        using box = toyKeeper()
        let reached = 0
        for (const [index, [from, length]] of all.entries()) {
          const rows = seenRows(from, from + length)
          if (from <= reached + 1) reached = Math.max(reached, from + length)
          expect(first(box.step(records(rows)))).toEqual({ did: 'records', upTo: reached })
          if (cuts[index]) box.views.commit()
        }
        expect(box.log.map(({ head }) => head)).toEqual(seenRows(1, reached).map(({ head }) => head))
        expect(box.rows['visits']?.get('a', 'north')?.['hits'] ?? 0).toBe(reached)
      }),
    )
  })

  test('LOG-9 behind a gap nothing is taken until the gap is filled', () => {
    using box = toyKeeper()
    expect(first(box.kept(records(seenRows(2, 3))))).toEqual({ did: 'records', upTo: 0 })
    expect(first(box.kept(records([...seenRows(1, 1), ...seenRows(3, 3)])))).toEqual({
      did: 'records',
      upTo: 1,
    })
    expect(first(box.kept(records(seenRows(2, 3))))).toEqual({ did: 'records', upTo: 3 })
    expect(box.log.map(({ n }) => n)).toEqual([1, 2, 3])
  })

  test('LOG-1 a record stands in the log in the bytes of the box that recorded it', () => {
    using box = toyKeeper()
    const record = toyRecord('toy.person', { tag: 'a', name: 'Ada' }, 1)
    const [row] = box.kept(records([record])).rows
    expect(row).toMatchObject({ n: 1, head: record.head, bodies: record.body })
    expect(row?.chain).toBe(nextChain('', { head: record.head, bodies: record.body }))
  })

  test('LOG-10 a record is not refused for its content', () => {
    using box = toyKeeper()
    const { head } = toyRecord('toy.seen', {}, 1)
    box.kept(records([{ seq: 1, head, body: '{"tag":7}' }]))
    expect(box.log.map((row) => parseHead(row.head).form)).toEqual(['r'])
    expect(box.views.kernel.quarantine.all()).toMatchObject([{ n: 1, kind: 'toy.seen' }])
    expect(box.views.position('stream1')).toBe(1)
  })

  const from = { box: 'box1', stream: 'stream1', seq: 1 }
  const said = toyRecord('toy.seen', {}, 1)
  const unreadable = /cannot be read as a record/
  const strange: [string, RecordRow, RegExp][] = [
    ['an unknown kind', toyRecord('toy.unheard', 1, 1), /does not know toy.unheard/],
    ['a decision', toyRecord('toy.moved', {}, 1), /only the keeper decides it/],
    ['the kernel’s decision', toyRecord('site.keeper', {}, 1), /only the keeper decides it/],
    ['another seq', { ...toyRecord('toy.seen', {}, 2), seq: 1 }, /names another place/],
    ['another box', toyRecord('toy.seen', {}, 1, { box: 'box2' }), /names another place/],
    ['another stream', toyRecord('toy.seen', {}, 1, { stream: 'stream2' }), /names another place/],
    ['no record', { seq: 1, head: headText({ form: 'k', at, kinds: [] }), body: '' }, unreadable],
    [
      'a quarantined one',
      { seq: 1, head: headText({ form: 'q', at, kind: 'toy.seen', from, why: '' }), body: '{}' },
      unreadable,
    ],
    ['no head', { seq: 1, head: 'hello', body: '{}' }, unreadable],
    ['a head in other bytes', { ...said, head: said.head.replace(',', ', ') }, unreadable],
    ['a head of two lines', { ...said, head: said.head.replace(',', ',\n') }, unreadable],
    ['a line that is no JSON', { ...said, body: '{{' }, unreadable],
    ['two lines', { ...said, body: '{\n}' }, unreadable],
    ['over 32 KiB', toyRecord('toy.seen', { tag: 'x'.repeat(maxFactBytes + 27) }, 1), /over 32 KiB/],
  ]
  test.each(strange)(
    'LOG-10 what cannot be judged is kept, in sight, and blocks nobody: %s',
    (_, record, why) => {
      using box = toyKeeper()
      expect(first(box.kept(records([record, ...seenRows(2, 3)])))).toEqual({ did: 'records', upTo: 3 })
      const [row] = box.log
      expect(parseHead(row?.head ?? '')).toMatchObject({ form: 'q', from, why: expect.stringMatching(why) })
      expect(parseLine(row?.bodies ?? '')).toEqual({
        body: { head: record.head, body: record.body.slice(0, 24 * 1024) },
        hollow: false,
      })
      expect(box.views.kernel.quarantine.all()).toMatchObject([{ n: 1, why: expect.stringMatching(why) }])
      expect(box.rows['visits']?.get('a', 'north')).toMatchObject({ hits: 2 })
      expect(parseEntries(entryLines(box.log).join('\n').split('\n'), 0, '')).toEqual(box.log)
    },
  )

  test('LOG-10 a record as long as its box may write it is judged, salt and all', () => {
    using box = toyKeeper()
    const person = (size: number) => toyRecord('toy.person', { tag: 'a', name: 'x'.repeat(size) }, 1)
    const { length } = person(0).body
    box.kept(records([person(maxFactBytes - length)]))
    expect(box.log.map((row) => parseHead(row.head).form)).toEqual(['r'])
  })

  test('LOG-16 a person in a record that could not be judged can be erased', () => {
    using box = toyKeeper(know(kernelPack, []))
    const [row] = box.kept(records([toyRecord('toy.person', { tag: 'a', name: 'Ada' }, 1)])).rows
    expect(row?.bodies).toMatch(/^\^[0-9a-z]{26}\{"head":.*Ada/)
    expect(hollowLine(row?.bodies ?? '')).toMatch(/^~[\w-]{43}$/)
  })
})

describe('actions', () => {
  test('LOG-12 the facts, the key and the answer stand in one entry', () => {
    using box = toyKeeper()
    const [outcome] = box.kept(pay('key')).outcomes
    expect(outcome).toEqual({ did: 'act', n: 1, answer: { left: -5 }, again: false })
    const input = { from: 'bank', to: 'a', cents: 5 }
    const digest = sha256(canonical(['toy.pay', input]))
    const [row] = box.log
    expect(parseHead(row?.head ?? '')).toEqual({
      form: 'a',
      at,
      kinds: ['toy.moved'],
      asked: { action: 'toy.pay', key: 'key', digest, who: 'ada', answer: { left: -5 } },
    })
    expect(JSON.parse(row?.bodies ?? '')).toEqual(input)
    expect(box.rows['accounts']?.get('a')).toMatchObject({ cents: 5 })
  })

  test('ACT-10 when its person did it is seen by who decides, stands in the entry, and is no part of the key', () => {
    using box = toyKeeper()
    const ask = { do: 'act', action: 'toy.when', key: 'later', who: 'ada', input: {} } as const
    const doneAt = { ms: 1_763_650_000_000, within: 51 }
    const told = { did: 'act', n: 1, answer: { doneAt }, again: false }
    expect(box.kept({ ...ask, doneAt }).outcomes).toEqual([told])
    expect(box.log[0]?.head).toMatch(/,\[1763650000000,51\]\]$/)
    const again = box.kept({ ...ask, doneAt: { ms: 1, within: null } }, ask)
    expect(again.outcomes).toEqual([
      { ...told, again: true },
      { ...told, again: true },
    ])
    expect(box.kept({ ...ask, key: 'now' }).outcomes).toMatchObject([{ answer: { doneAt: null } }])
    expect(parseHead(box.log[1]?.head ?? '')).toMatchObject({
      asked: { key: 'now', answer: { doneAt: null } },
    })
  })

  test('LOG-12 the same key asked again gets the same answer, and nothing happens', () => {
    using box = toyKeeper()
    box.kept(pay('key'))
    const again = { do: 'act' as const, action: 'toy.pay', key: 'key', who: 'bob' }
    const turned = { ...again, input: { cents: 5, to: 'a', from: 'bank' } }
    expect(box.kept(turned)).toEqual({
      rows: [],
      outcomes: [{ did: 'act', n: 1, answer: { left: -5 }, again: true }],
    })
    expect(box.rows['accounts']?.get('a')).toMatchObject({ cents: 5 })
  })

  test('LOG-12 twice in one batch is once', () => {
    using box = toyKeeper()
    const { rows, outcomes } = box.step(pay('key'), pay('key'), pay('key', 6))
    expect(rows).toHaveLength(1)
    expect(outcomes).toMatchObject([
      { did: 'act', n: 1, again: false },
      { did: 'act', n: 1, again: true },
      { did: 'refused', code: 'key-conflict' },
    ])
  })

  test('LOG-12 a box that followed the log gives the same answer', () => {
    using old = toyKeeper()
    old.kept(act('toy.sign', 'key', { tag: 'a', name: 'Ada' }))
    using box = toyKeeper()
    for (const row of old.log) box.views.apply(row)
    const [before] = old.step(act('toy.sign', 'key', { tag: 'a', name: 'Ada' })).outcomes
    expect(box.step(act('toy.sign', 'key', { tag: 'a', name: 'Ada' })).outcomes).toEqual([before])
    expect(before).toMatchObject({ again: true })
  })

  test('ACT-1 an ask with half of a character in its key is refused, and what is decided beside it is not', () => {
    using box = toyKeeper()
    const { outcomes } = box.step(pay('before'), pay('half \ud800'), pay('after'))
    const problem = { field: 'key', problem: 'half of a character' }
    expect(outcomes).toMatchObject([
      { did: 'act', n: 1 },
      { did: 'refused', code: 'malformed', detail: problem },
      { did: 'act', n: 2 },
    ])
  })

  test('LOG-12 the same key with another body, or for another action, is a conflict', () => {
    using box = toyKeeper()
    box.kept(pay('key'))
    const conflict = { did: 'refused', code: 'key-conflict', detail: { key: 'key' } }
    expect(first(box.kept(pay('key', 6)))).toEqual(conflict)
    expect(first(box.kept(act('toy.sign', 'key', { from: 'bank', to: 'a', cents: 5 })))).toEqual(conflict)
    expect(box.log).toHaveLength(1)
  })

  const nothing: [string, Item][] = [
    ['undefined', act('toy.hush', 'key')],
    ['null', { ...(pay('key') as Item & { do: 'act' }), action: 'toy.give' }],
  ]
  test.each(nothing)('LOG-12 an answer of %s is an answer: nothing, the second time too', (_, item) => {
    const give = { ...toy.actions['pay'], decide: () => ({ facts: [], answer: null }) }
    using box = toyKeeper(
      know(kernelPack, [{ ...toy, actions: { ...toy.actions, give } as typeof toy.actions }]),
    )
    const answer = { did: 'act', n: 1, answer: null }
    expect(first(box.kept(item))).toEqual({ ...answer, again: false })
    expect(box.kept(item)).toEqual({ rows: [], outcomes: [{ ...answer, again: true }] })
    expect(box.views.kernel.answers.get('key')).toMatchObject({ n: 1, answer: null })
    using follower = openToyViews(box.views.known)
    for (const row of box.log) follower.views.apply(row)
    expect(follower.hash()).toBe(box.hash())
  })

  test('ACT-5 a key that was answered is answered again by a keeper that no longer knows the action', () => {
    using old = toyKeeper()
    old.kept(pay('key'))
    using box = toyKeeper(know(kernelPack, [{ ...toy, actions: {} }]))
    for (const row of old.log) box.views.apply(row)
    expect(first(box.step(pay('key')))).toEqual({ did: 'act', n: 1, answer: { left: -5 }, again: true })
    expect(first(box.step(pay('key', 6)))).toMatchObject({ did: 'refused', code: 'key-conflict' })
    expect(first(box.step(pay('new')))).toMatchObject({ did: 'refused', code: 'unknown-action' })
  })

  const refusals: [string, Item, Record<string, unknown>][] = [
    ['by the pack', pay('k', 5, 'poor'), { code: 'insufficient', detail: { short: 5 } }],
    ['an unknown action', act('toy.fly'), { code: 'unknown-action', detail: { action: 'toy.fly' } }],
    ['a body that is not as declared', pay('k', -1), { code: 'malformed' }],
    ['no body', act('toy.pay', 'k', undefined), { code: 'malformed' }],
    ['a pack that throws', act('toy.trip'), { code: 'internal' }],
    ['facts that cannot be applied', act('toy.ruin'), { code: 'internal' }],
  ]
  test.each(refusals)('ACT-3 a refusal leaves nothing behind: %s', (_, item, refused) => {
    using box = toyKeeper()
    box.kept(pay('before'))
    const hash = box.hash()
    const { rows, outcomes } = box.step(item)
    expect(rows).toEqual([])
    expect(outcomes).toMatchObject([{ did: 'refused', ...refused }])
    expect(box.hash()).toBe(hash)
    expect(box.views.cursor.n).toBe(1)
  })

  test('LOG-22 an action is refused where one of its facts cannot be applied, also one that could be erased', () => {
    const rude = { ...toy, apply: { ...toy.apply } }
    rude.apply['signed'] = (rows, { n, i }) => {
      rows['people']?.put({ n, i, tag: 'half', name: 'half' })
      throw new Error('Ada cannot sign')
    }
    using box = toyKeeper(know(kernelPack, [rude]))
    box.kept(pay('before'))
    const hash = box.hash()
    const { rows, outcomes } = box.step(act('toy.sign', 'key', { tag: 'a', name: 'Ada' }), pay('after'))
    expect(outcomes).toMatchObject([
      { did: 'refused', code: 'internal', detail: { action: 'toy.sign' } },
      { did: 'act', n: 2 },
    ])
    expect(rows).toHaveLength(1)
    box.views.rollback()
    expect(box.step(act('toy.sign', 'key', { tag: 'a', name: 'Ada' })).rows).toEqual([])
    expect(box.hash()).toBe(hash)
  })

  test('ACT-7 a refusal harms nobody in its batch, and what was refused may be asked again', () => {
    using box = toyKeeper()
    const { rows, outcomes } = box.kept(
      pay('poor', 3, 'a'),
      act('toy.trip'),
      pay('one'),
      act('toy.ruin'),
      pay('poor', 3, 'a'),
    )
    expect(outcomes.map(({ did }) => did)).toEqual(['refused', 'refused', 'act', 'refused', 'act'])
    expect(rows.map(({ n }) => n)).toEqual([1, 2])
    using follower = openToyViews()
    for (const row of rows) follower.views.apply(row)
    expect(follower.hash()).toBe(box.hash())
  })

  test('ACT-3 the first field that is wrong is named', () => {
    using box = toyKeeper()
    expect(first(box.step(act('toy.pay', 'k', { from: 'bank', to: 7, cents: 5 })))).toMatchObject({
      detail: { field: 'to', problem: expect.stringMatching(/string/) },
    })
  })

  test('ACT-6 each is decided against what those before it in the batch have made', () => {
    using box = toyKeeper()
    const { outcomes } = box.step(
      pay('1', 5),
      pay('2', 3, 'a'),
      pay('3', 3, 'a'),
      pay('4', 1),
      pay('5', 3, 'a'),
    )
    expect(outcomes.map(({ did }) => did)).toEqual(['act', 'act', 'act', 'act', 'act'])
    expect(outcomes.map((each) => (each.did === 'act' ? each.answer : null))).toEqual([
      { left: -5 },
      { left: 2 },
      { left: 2 },
      { left: -6 },
      { left: 3 },
    ])
  })

  test('LOG-4 facts that hold a person get their salt, the others none', () => {
    using box = toyKeeper()
    const [row] = box.kept(act('toy.sign', 'key', { tag: 'a', name: 'Ada' })).rows
    const lines = row?.bodies.split('\n') ?? []
    expect(lines.map((line) => line[0])).toEqual(['^', '{', '^'])
    expect(lines[0]?.slice(0, 27)).not.toBe(lines[2]?.slice(0, 27))
    expect(factsOf(parseHead(row?.head ?? ''), row?.bodies ?? '')).toMatchObject([
      { kind: 'toy.signed', body: { name: 'Ada' } },
      { kind: 'toy.moved' },
      { kind: 'toy.signed', body: { name: 'Ada again' } },
    ])
  })

  test('LOG-19 a fact over 32 KiB is refused', () => {
    using box = toyKeeper()
    const sign = (size: number) => act('toy.sign', `k${size}`, { tag: 'a', name: 'x'.repeat(size) })
    expect(first(box.step(sign(maxFactBytes)))).toMatchObject({ did: 'refused', code: 'internal' })
    expect(first(box.step(sign(maxFactBytes - 100)))).toMatchObject({ did: 'act' })
  })

  test('LOG-19 a decision that could not travel as one frame is refused', () => {
    const facts = (count: number) =>
      Array.from({ length: count }, () => {
        return { kind: 'signed', body: { tag: 'a', name: 'x'.repeat(maxFactBytes - 100) } }
      })
    const flood = {
      ...toy.actions['sign'],
      decide: ({ tag }: { tag: string }) => ({ facts: facts(Number(tag)), answer: 'flooded' }),
    }
    using box = toyKeeper(
      know(kernelPack, [{ ...toy, actions: { ...toy.actions, flood } as typeof toy.actions }]),
    )
    const ask = (count: number) => act('toy.flood', `k${count}`, { tag: String(count), name: '' })
    expect(box.step(ask(40))).toEqual({
      rows: [],
      outcomes: [{ did: 'refused', code: 'too-large', detail: { action: 'toy.flood' } }],
    })
    expect(first(box.step(ask(20)))).toMatchObject({ did: 'act', n: 1 })
  })
})

describe('what the keeper says by itself', () => {
  test('TERM-14 a term that it opens is marked on its entry', () => {
    using box = toyKeeper()
    const term = '1/box1/1/stream1'
    const { rows, outcomes } = box.kept({
      do: 'say',
      facts: [
        { kind: 'site.keeper', body: { term, how: 'birth' } },
        { kind: 'box.assigned', body: { box: 'box1', publicKey: 'k', small: false } },
      ],
    })
    expect(outcomes).toEqual([{ did: 'said', n: 1 }])
    expect(rows[0]).toMatchObject({ term })
    expect(box.views.kernel.terms.all()).toMatchObject([{ n: 1, term, reign: 1, keeper: 'box1', start: 1 }])
    expect(box.views.kernel.boxes.all()).toHaveLength(1)
    expect(box.kept(pay('key')).rows[0]?.term).toBeUndefined()
  })

  test('LOG-15 a base says the rules and the hash of the views before it', () => {
    using box = toyKeeper()
    box.kept(pay('key'), records(seenRows(1, 2)))
    const views = box.hash()
    box.kept({ do: 'base' })
    expect(box.views.kernel.bases.all()).toEqual([{ n: 4, rules: toyKnown.rules, views }])
    expect(views).not.toBe(box.hash())
  })
})

describe('a step that is not made durable', () => {
  test('LOG-6 rollback undoes all of it: rows, keys, streams, place', () => {
    using box = toyKeeper()
    box.kept(pay('before'), records(seenRows(1, 1)))
    const hash = box.hash()
    const items = [pay('key'), records(seenRows(2, 4)), act('toy.sign', 's', { tag: 'a', name: 'Ada' })]
    const lost = box.step(...items)
    box.views.rollback()
    expect(box.hash()).toBe(hash)
    expect(box.views.position('stream1')).toBe(1)
    expect(box.views.cursor.n).toBe(2)
    const again = box.kept(...items)
    expect(again.rows.map(({ n }) => n)).toEqual(lost.rows.map(({ n }) => n))
    expect(again.outcomes[0]).toMatchObject({ again: false })
  })
})

test('VIEW-1 whoever follows what a keeper ordered has the same rows and the same hash', () => {
  const item: fc.Arbitrary<Item> = fc.oneof(
    fc
      .tuple(fc.nat(4), fc.integer({ min: 1, max: 9 }), fc.constantFrom('bank', 'a'))
      .map(([key, cents, from]) => pay(`k${key}`, cents, from)),
    fc
      .tuple(fc.integer({ min: 1, max: 8 }), fc.nat(3))
      .map(([from, more]) => records(seenRows(from, from + more))),
    fc.constantFrom(act('toy.trip'), act('toy.ruin'), act('toy.sign', 's', { tag: 'a', name: 'Ada' })),
    fc.constant({ do: 'base' } as const),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(item, fc.boolean()), { maxLength: 20 }), (all) => {
      using box = toyKeeper()
      for (const [each, fails] of all) {
        const { rows } = box.step(each)
        if (fails) {
          box.log.length -= rows.length
          box.views.rollback()
        } else box.views.commit()
      }
      using follower = openToyViews()
      for (const row of box.log) follower.views.apply(row)
      expect(follower.hash()).toBe(box.hash())
      expect(follower.views.cursor).toEqual(box.views.cursor)
      expect(hashViews(follower.database, toyKnown)).toBeTypeOf('string')
    }),
  )
})

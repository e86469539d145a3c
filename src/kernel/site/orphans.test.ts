import { describe, expect, test } from 'vitest'
import type { RecordRow } from '../../store/truth.ts'
import { bodyLine, headText, hollowLine, parseHead } from '../entry.ts'
import { seededRandom } from '../manual-machine.ts'
import { know } from '../pack/kinds.ts'
import { kernelPack } from './kernel-pack.ts'
import type { Item } from './sequencer.ts'
import { first, pay, records, seenRows, toyKeeper } from './toy-keeper.ts'
import { ToyLog, at, hollowed, toyRecord } from './toy-log.ts'

describe('entries that a branch hands in', () => {
  const term = '1/boxb/1/streamb'
  const handIn = ({ n, head, bodies }: { n: number; head: string; bodies: string }, under = term): Item => {
    return { do: 'handIn', term: under, n, head, bodies }
  }
  const branch = () => {
    const log = new ToyLog()
    log.say({ kind: 'site.keeper', body: { term, how: 'start' } })
    for (const record of seenRows(1, 2)) log.add(parseHead(record.head), record.body)
    log.decide('key', { left: 1 }, { kind: 'toy.moved', body: { from: 'bank', to: 'b', cents: 9 } })
    log.decide(
      'other',
      { left: 2 },
      { kind: 'toy.signed', body: { tag: 'b', name: 'Bob' } },
      { kind: 'toy.moved', body: { from: 'bank', to: 'b', cents: 1 } },
    )
    return log.rows
  }

  test('LOG-9 records take their place late, by identity', () => {
    using box = toyKeeper()
    box.kept(records(seenRows(1, 1)))
    box.kept(...branch().map((row) => handIn(row)))
    expect(box.views.position('stream1')).toBe(2)
    expect(box.rows['visits']?.get('a', 'north')).toMatchObject({ hits: 2 })
  })

  test('TERM-6 decisions become orphans, not applied; what the keeper said by itself does not', () => {
    using box = toyKeeper()
    const { outcomes } = box.kept(...branch().map((row) => handIn(row)))
    expect(outcomes).toEqual([0, 1, 2, 3, 4].map((n) => ({ did: 'handedIn', n })))
    expect(box.rows['accounts']?.all()).toEqual([])
    expect(box.views.kernel.terms.all()).toEqual([])
    expect(box.views.kernel.answers.all()).toEqual([])
    expect(box.views.kernel.orphans.all()).toMatchObject([
      { term, n: 4, keptAt: 3, action: 'toy.pay', key: 'key', who: 'ada', settled: null },
      { term, n: 5, keptAt: 4, key: 'other', settled: null },
    ])
    const lines = box.views.kernel.orphanLines.all()
    expect(lines).toMatchObject([
      { n: 4, i: 0 },
      { n: 5, i: 0, at: 4 },
      { n: 5, i: 1 },
    ])
    expect(lines.map(({ line }) => line)).toEqual(
      branch()
        .slice(3)
        .flatMap(({ bodies }) => bodies.split('\n')),
    )
  })

  test('TERM-6 handed in again, by anybody, nothing is added', () => {
    using box = toyKeeper()
    const items = branch().map((row) => handIn(row))
    const { rows } = box.kept(...items, ...items)
    expect(rows).toHaveLength(4)
    expect(box.kept(...items).rows).toEqual([])
    expect(first(box.kept(...items))).toEqual({ did: 'handedIn', n: 4 })
    expect(box.views.kernel.orphans.all()).toHaveLength(2)
  })

  test('TERM-6 a record behind a gap is not said to be safe', () => {
    using box = toyKeeper()
    const [, , second] = branch()
    const missing = { did: 'refused', code: 'records-missing', detail: { stream: 'stream1', seq: 2 } }
    expect(first(box.kept(handIn(second as never)))).toEqual(missing)
    expect(box.log).toEqual([])
    box.kept(records(seenRows(1, 1)))
    expect(first(box.kept(handIn(second as never)))).toEqual({ did: 'handedIn', n: 2 })
  })

  const [record] = seenRows(1, 1) as [RecordRow]
  const decided = headText({
    form: 'a',
    at,
    kinds: ['toy.moved'],
    asked: { action: 'toy.pay', key: 'k', digest: 'd', who: 'ada', answer: 1 },
  })
  const unwritten: [string, string, string][] = [
    ['nonsense', 'nonsense', ''],
    ['a head in other bytes', record.head.replace(',', ', '), record.body],
    ['a head of two lines', record.head.replace(',', ',\n'), record.body],
    ['a body of two lines', record.head, '{\n}'],
    ['a body that is no JSON', record.head, '{{'],
    ['a decision with a line too many', decided, '1\n2'],
    ['a decision whose line is no JSON', decided, '{{'],
    ['an instant that is none', record.head.replace(/\[\d+,\d+,\d+\]/, '7'), record.body],
  ]
  test.each(unwritten)(
    'TERM-6 what no keeper can have written is not taken, and harms nobody: %s',
    (_, head, bodies) => {
      using box = toyKeeper()
      const { rows, outcomes } = box.kept(handIn({ n: 4, head, bodies }), pay('key'))
      expect(outcomes).toMatchObject([
        { did: 'refused', code: 'unreadable', detail: { term, n: 4 } },
        { did: 'act', n: 1 },
      ])
      expect(rows).toHaveLength(1)
    },
  )

  test('TERM-6 the same place under another term is another decision', () => {
    using box = toyKeeper()
    const row = branch()[3] as { n: number; head: string; bodies: string }
    box.kept(handIn(row), handIn(row, '2/boxc/1/streamc'))
    expect(box.views.kernel.orphans.all()).toHaveLength(2)
  })

  test('TERM-6 orphans that the losing keeper was handed itself are handed on, once', () => {
    using middle = toyKeeper()
    middle.kept(...branch().map((row) => handIn(row)))
    using box = toyKeeper()
    box.kept(...middle.log.map((row) => handIn(row, '2/boxm/1/streamm')))
    expect(box.views.kernel.orphans.all()).toMatchObject([
      { term, n: 4, key: 'key' },
      { term, n: 5, key: 'other' },
    ])
    const lines = ({ views }: typeof box) =>
      views.kernel.orphanLines.all().map(({ at: _at, ...rest }) => rest)
    expect(lines(box)).toEqual(lines(middle))
    expect(
      box.kept(
        ...middle.log.map((row) => handIn(row, '3/boxn/1/streamn')),
        ...branch().map((row) => handIn(row)),
      ).rows,
    ).toEqual([])
  })

  test('TERM-6 a decision without facts is an orphan too', () => {
    using box = toyKeeper()
    const log = new ToyLog()
    log.decide('empty', 'nothing')
    box.kept(handIn(log.rows[0] as never))
    expect(box.views.kernel.orphans.all()).toMatchObject([{ n: 1, key: 'empty' }])
    expect(box.views.kernel.orphanLines.all()).toEqual([])
  })

  test('TERM-6 a record that its keeper could not judge is judged again by this one', () => {
    using box = toyKeeper()
    const known = toyRecord('toy.seen', { tag: 'a', gate: 'north', at: 1 }, 1)
    const log = new ToyLog()
    const from = { box: 'box1', stream: 'stream1', seq: 1 }
    log.add(
      { form: 'q', at, kind: 'unknown', from, why: 'the keeper does not know toy.seen' },
      bodyLine({ head: known.head, body: known.body }, seededRandom()),
    )
    box.kept(handIn(log.rows[0] as never))
    expect(box.log).toMatchObject([{ head: known.head, bodies: known.body }])
    expect(box.rows['visits']?.all()).toHaveLength(1)
  })

  test('LOG-16 a record that its keeper could not judge and that was erased since takes its place hollow', () => {
    using old = toyKeeper(know(kernelPack, []))
    old.kept(records([toyRecord('toy.person', { tag: 'a', name: 'Ada' }, 1)]))
    const hollow = hollowed(old.log[0] as never, [{ n: 1, i: 0 }])
    using box = toyKeeper()
    expect(first(box.kept(handIn(hollow)))).toEqual({ did: 'handedIn', n: 1 })
    expect(box.log).toMatchObject([{ head: hollow.head, bodies: hollow.bodies }])
    expect(box.views.position('stream1')).toBe(1)
    expect(first(box.kept(handIn(hollow)))).toEqual({ did: 'handedIn', n: 1 })
    expect(box.log).toHaveLength(1)
  })

  test('LOG-16 an orphan that is handed on without an erased line keeps its other lines at their places', () => {
    using middle = toyKeeper()
    const row = branch()[4] as { n: number; head: string; bodies: string }
    const [kept] = middle.kept(handIn(row)).rows
    using box = toyKeeper()
    box.kept(handIn(hollowed(kept as never, [{ n: 1, i: 1 }]), '2/boxm/1/streamm'))
    const [, moved] = row.bodies.split('\n')
    expect(box.views.kernel.orphanLines.all()).toMatchObject([{ term, n: 5, i: 1, line: moved }])
  })

  test('LOG-24 an orphan whose key was answered and erased here is kept without its persons', () => {
    const asked = branch()[4] as { n: number; head: string; bodies: string }
    const [, moved] = asked.bodies.split('\n')
    const erase = (n: number): Item => {
      const input = { places: [{ n, i: 0 }] }
      return { do: 'act', action: 'facts.erase', key: `erase ${n}`, who: 'owner', input }
    }
    using box = toyKeeper()
    for (const row of branch()) box.views.apply(row)
    box.kept(erase(5))
    box.kept(handIn(asked, '2/boxc/1/streamc'))
    const [signed, cents] = box.views.kernel.orphanLines.all()
    expect(signed).toMatchObject({ i: 0, line: hollowLine(asked.bodies.split('\n')[0] ?? '') })
    expect(cents).toMatchObject({ i: 1, line: moved })
    using whole = toyKeeper()
    for (const row of branch()) whole.views.apply(row)
    whole.kept(erase(4))
    whole.kept(handIn(asked, '2/boxc/1/streamc'))
    expect(whole.views.kernel.orphanLines.all().map(({ line }) => line)).toEqual(asked.bodies.split('\n'))
  })

  test('LOG-16 an orphan whose keeper’s word is hollow has nothing to hand on, and harms nobody', () => {
    using box = toyKeeper()
    const head = headText({ form: 'k', at, kinds: ['orphan.kept', 'orphan.line'] })
    const { rows, outcomes } = box.kept(handIn({ n: 4, head, bodies: '~\n~' }), pay('key'))
    expect(outcomes).toMatchObject([{ did: 'handedIn' }, { did: 'act', n: 1 }])
    expect(rows).toHaveLength(1)
  })
})

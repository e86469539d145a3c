import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openSqlite } from '../../store/sqlite.ts'
import type { Database } from '../../store/database.ts'
import { StoreError } from '../../store/truth.ts'
import type { LogRow } from '../../store/truth.ts'
import { bodyLine } from '../entry.ts'
import type { Head } from '../entry.ts'
import { seededRandom } from '../manual-machine.ts'
import { know } from '../pack/kinds.ts'
import type { Told } from '../pack/pack.ts'
import { toy, toyKnown } from '../pack/toy-pack.ts'
import { kernelPack } from './kernel-pack.ts'
import { ToyLog, at, hollowed, openToyViews } from './toy-log.ts'
import { SiteViews } from './views.ts'

const seen = (tag: string, time = 5) => ({ tag, gate: 'north', at: time })
const moved = (cents: number) => ({ kind: 'toy.moved', body: { from: 'bank', to: 'a', cents } })

function applied(rows: readonly LogRow[]) {
  const opened = openToyViews()
  for (const row of rows) opened.views.apply(row)
  opened.views.commit()
  return opened
}

describe('applying entries', () => {
  test('LOG-20 entries go in one by one, in order, from the first', () => {
    using toyViews = openToyViews()
    const log = new ToyLog()
    const [one, two] = [log.record('toy.seen', seen('a'), 1), log.record('toy.seen', seen('a', 9), 2)]
    expect(() => toyViews.views.apply(two)).toThrow('the views are at 0, not before 2')
    toyViews.views.apply(one)
    expect(() => toyViews.views.apply(one)).toThrow('the views are at 1, not before 1')
    toyViews.views.apply(two)
    expect(toyViews.views.cursor).toEqual({ n: 2, chain: log.chain })
    expect(toyViews.rows['visits']?.all()).toEqual([{ tag: 'a', gate: 'north', hits: 2, last: 9 }])
  })

  test('CLOCK-13 apply meets a fact with its place, who recorded it or who asked, when, and in which boot', () => {
    const met: unknown[] = []
    const spy = { ...toy, apply: { ...toy.apply } }
    const note = ({ at: when, n, i, from, who, boot }: Told<unknown>) =>
      met.push({ at: when, n, i, from, who, boot })
    spy.apply['seen'] = (_rows, told) => note(told)
    spy.apply['moved'] = (_rows, told) => note(told)
    using toyViews = openToyViews(know(kernelPack, [spy]))
    const log = new ToyLog()
    log.say({ kind: 'site.keeper', body: { term: '1/box1/1/strm', how: 'birth', boot: 'bootk' } })
    log.record('stream.opened', { boot: 'boot7', before: null, beforeSeq: 0 }, 1, 'stream1', 'box7')
    log.record('toy.seen', seen('a'), 2, 'stream1', 'box7')
    log.decide('key', 1, moved(1), moved(2))
    for (const row of log.rows) toyViews.views.apply(row)
    expect(met).toEqual([
      { at, n: 3, i: 0, from: { box: 'box7', stream: 'stream1', seq: 2 }, who: undefined, boot: 'boot7' },
      { at, n: 4, i: 0, from: undefined, who: 'ada', boot: 'bootk' },
      { at, n: 4, i: 1, from: undefined, who: 'ada', boot: 'bootk' },
    ])
  })

  test('LOG-12 the answer to a key stays, with the entry that gave it', () => {
    const log = new ToyLog()
    log.decide('key', { left: 4 }, moved(1))
    using toyViews = applied(log.rows)
    expect(toyViews.views.kernel.answers.get('key')).toEqual({
      key: 'key',
      digest: 'digest key',
      n: 1,
      answer: { left: 4 },
    })
  })

  test('LOG-12 an answer of nothing is kept like any other', () => {
    const log = new ToyLog()
    log.decide('key', null, moved(1))
    using toyViews = applied(log.rows)
    expect(toyViews.views.kernel.answers.get('key')).toMatchObject({ n: 1, answer: null })
    expect(toyViews.rows['accounts']?.get('a')).toMatchObject({ cents: 1 })
  })
})

describe('what cannot be used', () => {
  const hallOf = (...rows: readonly LogRow[]) => {
    const { views } = applied(rows)
    return { views, quarantine: views.kernel.quarantine.all(), skipped: views.kernel.skipped.all() }
  }

  test('VIEW-3 an entry whose apply throws is skipped whole, and marked', () => {
    const log = new ToyLog()
    const { views, skipped } = hallOf(
      log.record('toy.cursed', { tag: 'a' }, 1),
      log.decide('key', 'ok', moved(3), { kind: 'toy.broken', body: {} }),
      log.record('toy.seen', seen('b'), 2),
    )
    expect(skipped).toEqual([
      { n: 1, why: 'apply threw Error' },
      { n: 2, why: 'apply threw Error' },
    ])
    expect(views.rows(toy)['visits']?.all()).toMatchObject([{ tag: 'b' }])
    expect(views.rows(toy)['accounts']?.all()).toEqual([])
    expect(views.position('stream1')).toBe(2)
    expect(views.kernel.answers.get('key')?.answer).toBe('ok')
  })

  test('LOG-16 why an entry was skipped says nothing of what the error said: that may be a person’s', () => {
    const tell: [string, unknown][] = [
      ['apply threw RangeError', new RangeError('no room for Ada')],
      ['apply threw string', 'no room for Ada'],
    ]
    for (const [why, thrown] of tell) {
      const rude = { ...toy, apply: { ...toy.apply } }
      rude.apply['seen'] = () => {
        throw thrown
      }
      using toyViews = openToyViews(know(kernelPack, [rude]))
      toyViews.views.apply(new ToyLog().record('toy.seen', seen('Ada'), 1))
      expect(toyViews.views.kernel.skipped.all()).toEqual([{ n: 1, why }])
    }
  })

  test('LOG-16 a fact that may be erased fails alone, and the facts beside it stand', () => {
    const rude = { ...toy, apply: { ...toy.apply } }
    rude.apply['signed'] = (rows, { n, i }) => {
      rows['people']?.put({ n, i, tag: 'half', name: 'half' })
      throw new TypeError('Ada cannot sign')
    }
    const log = new ToyLog()
    const facts = [moved(1), { kind: 'toy.signed', body: { tag: 'a', name: 'Ada' } }, moved(2)]
    const row = log.decide('key', 1, ...facts)
    using toyViews = openToyViews(know(kernelPack, [rude]))
    toyViews.views.apply(row)
    expect(toyViews.views.rows(rude)['accounts']?.get('a')).toMatchObject({ cents: 3 })
    expect(toyViews.views.rows(rude)['people']?.all()).toEqual([])
    expect(toyViews.views.kernel.quarantine.all()).toMatchObject([
      { n: 1, i: 1, why: 'apply threw TypeError' },
    ])
    expect(toyViews.views.kernel.skipped.all()).toEqual([])
  })

  test('VIEW-3 a line that is no JSON, and lines that do not match the kinds, are skipped', () => {
    const log = new ToyLog()
    const { skipped } = hallOf(
      log.add({ form: 'r', at, kind: 'toy.seen', from: { box: 'b', stream: 's', seq: 1 } }, 'garbage'),
      log.add({ form: 'k', at, kinds: ['toy.moved', 'toy.moved'] }, '{}'),
    )
    expect(skipped.map(({ n }) => n)).toEqual([1, 2])
  })

  test('VIEW-3 what an action cannot apply is refused before it is in the log, and leaves no trace', () => {
    using toyViews = openToyViews()
    const log = new ToyLog()
    const before = toyViews.hash()
    const row = log.decide('key', 'ok', moved(3), { kind: 'toy.broken', body: {} })
    expect(() => toyViews.views.apply(row, 'or refuse')).toThrow('this decision cannot be applied')
    expect(toyViews.views.cursor.n).toBe(0)
    expect(toyViews.hash()).toBe(before)
    toyViews.views.apply(new ToyLog().record('toy.seen', seen('b'), 1), 'or refuse')
    expect(toyViews.views.cursor.n).toBe(1)
  })

  test('VIEW-7 a body that is not as declared is quarantined; the facts beside it stand', () => {
    const log = new ToyLog()
    const { quarantine, skipped, views } = hallOf(
      log.decide('key', 1, moved(1), { kind: 'toy.moved', body: { from: 'bank', to: 'a' } }, moved(2)),
    )
    expect(quarantine).toMatchObject([{ n: 1, i: 1, kind: 'toy.moved' }])
    expect(quarantine[0]?.why).toMatch(/^cents: /)
    expect(skipped).toEqual([])
    expect(views.rows(toy)['accounts']?.get('a')).toMatchObject({ cents: 3 })
  })

  test('VIEW-7 a kind that this build does not know is quarantined, and named among the unknown ones', () => {
    const log = new ToyLog()
    const { quarantine, views } = hallOf(
      log.record('toy.unheard', { a: 1 }, 1),
      log.record('other.seen', 1, 2),
    )
    expect(views.kernel.unknownKinds.all()).toEqual([
      { kind: 'other.seen', n: 2 },
      { kind: 'toy.unheard', n: 1 },
    ])
    expect(quarantine).toMatchObject([
      { n: 1, i: 0, kind: 'toy.unheard', why: 'this version does not know the kind' },
      { n: 2, i: 0, kind: 'other.seen' },
    ])
  })

  test('VIEW-7 a record that the keeper could not judge is quarantined with the keeper’s reason, and counts', () => {
    const log = new ToyLog()
    const from = { box: 'box1', stream: 'stream1', seq: 1 }
    const row = log.add({ form: 'q', at, kind: 'unknown', from, why: 'its reason' }, bodyLine({}, null))
    const { quarantine, views } = hallOf(row)
    expect(quarantine).toEqual([{ n: 1, i: 0, kind: 'unknown', why: 'its reason', head: null, line: null }])
    expect(views.kernel.unknownKinds.all()).toEqual([])
    expect(views.position('stream1')).toBe(1)
  })

  test('VIEW-3 a disk that fails under an entry is no reason to skip it', () => {
    const inner = openSqlite(':memory:', { durable: false })
    let broken = false
    const database: Database = {
      exec: (sql) => inner.exec(sql),
      close: () => inner.close(),
      prepare: (sql) => {
        const statement = inner.prepare(sql)
        if (!sql.startsWith('INSERT INTO "toy_visits"')) return statement
        return {
          run: (...values) => {
            if (broken) throw new StoreError('full', 'the disk is full')
            statement.run(...values)
          },
          get: (...values) => statement.get(...values),
          all: (...values) => statement.all(...values),
          iterate: (...values) => statement.iterate(...values),
        }
      },
    }
    const views = new SiteViews(database, toyKnown)
    const row = new ToyLog().record('toy.seen', seen('a'), 1)
    broken = true
    expect(() => views.apply(row)).toThrow(StoreError)
    views.rollback()
    broken = false
    views.apply(row)
    expect(views.kernel.skipped.all()).toEqual([])
    expect(views.rows(toy)['visits']?.all()).toHaveLength(1)
  })
})

describe('commit and rollback', () => {
  test('VIEW-9 rollback returns to the last commit: rows, place and streams', () => {
    using toyViews = openToyViews()
    const log = new ToyLog()
    toyViews.views.apply(log.record('toy.seen', seen('a'), 1))
    toyViews.views.commit()
    const before = { hash: toyViews.hash(), cursor: toyViews.views.cursor }
    toyViews.views.apply(log.record('toy.seen', seen('a'), 2))
    toyViews.views.apply(log.record('toy.seen', seen('b'), 1, 'stream2'))
    toyViews.views.rollback()
    expect({ hash: toyViews.hash(), cursor: toyViews.views.cursor }).toEqual(before)
    expect([toyViews.views.position('stream1'), toyViews.views.position('stream2')]).toEqual([1, 0])
  })

  test('VIEW-9 rollback to the beginning leaves empty views', () => {
    using toyViews = openToyViews()
    toyViews.views.apply(new ToyLog().record('toy.seen', seen('a'), 1))
    toyViews.views.rollback()
    expect(toyViews.views.cursor).toEqual({ n: 0, chain: '' })
    expect(toyViews.views.position('stream1')).toBe(0)
    toyViews.views.rollback()
    toyViews.views.commit()
    expect(toyViews.views.cursor.n).toBe(0)
  })

  test('LOG-9 stream positions survive commit, rollback and reopening, wherever they fall', () => {
    const acts = fc.array(fc.constantFrom('one', 'two', 'commit', 'rollback', 'reopen'), { maxLength: 25 })
    fc.assert(
      fc.property(acts, (all) => {
        const database = openSqlite(':memory:', { durable: false })
        let views = new SiteViews(database, toyKnown)
        let [now, kept] = [
          { one: 0, two: 0 },
          { one: 0, two: 0 },
        ]
        let [n, keptN] = [0, 0]
        for (const act of all) {
          if (act === 'one' || act === 'two') {
            now = { ...now, [act]: now[act] + 1 }
            n += 1
            const from = { stream: act, box: 'box1', seq: now[act] }
            const log = new ToyLog()
            views.apply({ ...log.record('toy.seen', seen('a'), from.seq, act), n })
          } else if (act === 'commit') {
            views.commit()
            ;[kept, keptN] = [now, n]
          } else {
            views.rollback()
            if (act === 'reopen') views = new SiteViews(database, toyKnown)
            ;[now, n] = [kept, keptN]
          }
          expect({ one: views.position('one'), two: views.position('two') }).toEqual(now)
          expect(views.cursor.n).toBe(n)
        }
        database.close()
      }),
    )
  })

  test('views opened again under the same rules stand where they stood', () => {
    const database = openSqlite(':memory:', { durable: false })
    const log = new ToyLog()
    log.record('toy.seen', seen('a'), 1)
    const before = new SiteViews(database, toyKnown)
    before.apply(log.rows[0] as LogRow)
    before.commit()
    const after = new SiteViews(database, toyKnown)
    expect(after.cursor).toEqual(before.cursor)
    expect(after.rows(toy)['visits']?.all()).toHaveLength(1)
    expect(after.position('stream1')).toBe(1)
  })

  test('VIEW-1 views opened under other rules are made anew, empty', () => {
    const database = openSqlite(':memory:', { durable: false })
    const before = new SiteViews(database, toyKnown)
    before.apply(new ToyLog().record('toy.seen', seen('a'), 1))
    before.commit()
    const rules = know(kernelPack, [{ ...toy, rules: 'toy-2' }])
    const after = new SiteViews(database, rules)
    expect(after.cursor).toEqual({ n: 0, chain: '' })
    expect(after.position('stream1')).toBe(0)
    expect(after.rows(rules.packs[1] as typeof toy)['visits']?.all()).toEqual([])
    after.apply(new ToyLog().record('toy.seen', seen('a'), 1))
    after.commit()
    expect(new SiteViews(database, rules).cursor.n).toBe(1)
  })

  test('VIEW-1 tables of a pack that is gone leave nothing behind', () => {
    const database = openSqlite(':memory:', { durable: false })
    expect(new SiteViews(database, toyKnown).cursor.n).toBe(0)
    expect(new SiteViews(database, know(kernelPack, [])).cursor.n).toBe(0)
    const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE name LIKE 'toy_%'`).all()
    expect(tables).toEqual([])
  })
})

describe('erasing a person', () => {
  /** A small log with persons in records and decisions, and places to erase in it. */
  const story = fc
    .array(fc.constantFrom('person', 'seen', 'signed', 'cursed', 'useless'), { minLength: 1, maxLength: 12 })
    .chain((kinds) => fc.tuple(fc.constant(kinds), fc.subarray(kinds.map((_, index) => index))))

  function written([kinds, chosen]: readonly [readonly string[], readonly number[]]) {
    const log = new ToyLog()
    let seq = 0
    for (const [index, kind] of kinds.entries()) {
      const name = { tag: `t${index % 3}`, name: `name ${index}` }
      if (kind === 'person') log.record('toy.person', name, ++seq)
      else if (kind === 'seen') log.record('toy.seen', seen(name.tag), ++seq)
      else if (kind === 'useless') log.record('toy.person', { tag: index }, ++seq)
      else if (kind === 'cursed') log.record('toy.cursed', name, ++seq)
      else log.decide(`key ${index}`, index, moved(index), { kind: 'toy.signed', body: name })
    }
    const places = chosen.map((index) => ({ n: index + 1, i: kinds[index] === 'signed' ? 1 : 0 }))
    return { rows: log.rows.slice(), places, erasure: log.erase(...places) }
  }

  test('LOG-4 the rows are the same whether the bodies were still there or not', () => {
    fc.assert(
      fc.property(story, (told) => {
        const { rows, places, erasure } = written(told)
        using whole = applied([...rows, erasure])
        using hollow = applied([...rows.map((row) => hollowed(row, places)), erasure])
        expect(hollow.hash()).toBe(whole.hash())
        expect(hollow.views.cursor).toEqual(whole.views.cursor)
      }),
    )
  })

  test('VIEW-3 the rows are the same whether entries went in together or one by one', () => {
    fc.assert(
      fc.property(story, fc.nat(12), (told, cut) => {
        const { rows, erasure } = written(told)
        const all = [...rows, erasure]
        using oneByOne = applied(all)
        using together = openToyViews()
        together.views.applyAll(all.slice(0, cut))
        together.views.applyAll(all.slice(cut))
        expect(together.hash()).toBe(oneByOne.hash())
        expect(together.views.cursor).toEqual(oneByOne.views.cursor)
      }),
    )
  })

  test('LOG-4 what was erased is gone, what was not stays', () => {
    const log = new ToyLog()
    log.record('toy.person', { tag: 'a', name: 'Ada' }, 1)
    log.record('toy.person', { tag: 'b', name: 'Bob' }, 2)
    log.decide('key', 1, moved(1), { kind: 'toy.signed', body: { tag: 'c', name: 'Cyd' } })
    log.erase({ n: 1, i: 0 }, { n: 3, i: 1 })
    using toyViews = applied(log.rows)
    expect(toyViews.rows['people']?.all()).toMatchObject([{ name: 'Bob' }])
    expect(toyViews.rows['accounts']?.get('a')).toMatchObject({ cents: 1 })
    expect(toyViews.views.kernel.erased.all()).toEqual([
      { n: 1, i: 0, by: 4 },
      { n: 3, i: 1, by: 4 },
    ])
  })

  test('LOG-4 a hollow fact is met by no apply', () => {
    const log = new ToyLog()
    const row = log.record('toy.person', { tag: 'a', name: 'Ada' }, 1)
    using toyViews = applied([hollowed(row, [{ n: 1, i: 0 }])])
    expect(toyViews.rows['people']?.all()).toEqual([])
    expect(toyViews.views.kernel.quarantine.all()).toEqual([])
    expect(toyViews.views.kernel.skipped.all()).toEqual([])
    expect(toyViews.views.position('stream1')).toBe(1)
  })
  const line = (body: unknown) => bodyLine(body, seededRandom())
  const from = { box: 'box1', stream: 'stream1', seq: 1 }
  const useless: [string, Head, string][] = [
    ['is not as declared', { form: 'r', at, kind: 'toy.person', from }, line({ tag: 7 })],
    ['is of an unknown kind', { form: 'r', at, kind: 'other.person', from }, line(1)],
    ['could not be judged', { form: 'q', at, kind: 'unknown', from, why: 'a reason' }, line({})],
  ]
  test.each(useless)('LOG-16 a fact that %s leaves the same rows once it is erased', (_, head, bodies) => {
    const log = new ToyLog()
    const row = log.add(head, bodies)
    const places = [{ n: 1, i: 0 }]
    const erasure = log.erase(...places)
    using whole = applied([row, erasure])
    using hollow = applied([hollowed(row, places), erasure])
    expect(hollow.hash()).toBe(whole.hash())
    expect(whole.views.kernel.quarantine.all()).toEqual([])
  })

  test('LOG-16 a fact whose apply throws leaves the same rows once it is erased', () => {
    const rude = { ...toy, apply: { ...toy.apply } }
    rude.apply['signed'] = () => {
      throw new Error('Ada cannot sign')
    }
    const known = know(kernelPack, [rude])
    const log = new ToyLog()
    const row = log.decide(
      'key',
      1,
      moved(1),
      { kind: 'toy.signed', body: { tag: 'a', name: 'Ada' } },
      moved(2),
    )
    const places = [{ n: 1, i: 1 }]
    const erasure = log.erase(...places)
    const hash = (...rows: readonly LogRow[]) => {
      using toyViews = openToyViews(known)
      for (const each of rows) toyViews.views.apply(each)
      return toyViews.hash()
    }
    expect(hash(hollowed(row, places), erasure)).toBe(hash(row, erasure))
  })

  test('LOG-16 views know whether they went past a hollow fact', () => {
    const log = new ToyLog()
    const row = log.record('toy.person', { tag: 'a', name: 'Ada' }, 1)
    using whole = applied([row])
    using hollow = applied([hollowed(row, [{ n: 1, i: 0 }])])
    expect([whole.views.sawHollow, hollow.views.sawHollow]).toEqual([false, true])
  })

  test('VIEW-11 hollow facts are remembered with the commit, until an entry erases them', () => {
    const places = [
      { n: 1, i: 0 },
      { n: 2, i: 0 },
    ]
    const log = new ToyLog()
    const from = { box: 'box1', stream: 'stream1', seq: 2 }
    const person = log.record('toy.person', { tag: 'a', name: 'Ada' }, 1)
    const rejected = log.add(
      { form: 'q', at, kind: 'unknown', from, why: 'a reason' },
      bodyLine({}, seededRandom()),
    )
    log.erase({ n: 1, i: 0 })
    log.erase({ n: 2, i: 0 })
    const rows = [hollowed(person, places), hollowed(rejected, places), ...log.rows.slice(2)]
    const database = openSqlite(':memory:', { durable: false })
    const views = new SiteViews(database, toyKnown)
    views.applyAll(rows.slice(0, 1))
    views.rollback()
    expect(views.sawHollow).toBe(false)
    views.applyAll(rows.slice(0, 2))
    views.commit()
    const again = new SiteViews(database, toyKnown)
    expect(again.sawHollow).toBe(true)
    again.applyAll(rows.slice(2, 3))
    expect(again.sawHollow).toBe(true)
    again.applyAll(rows.slice(3))
    expect(again.sawHollow).toBe(false)
    again.rollback()
    expect(new SiteViews(database, know(kernelPack, [])).sawHollow).toBe(false)
  })

  test('LOG-16 a place that is not in the log yet is not erased', () => {
    const log = new ToyLog()
    log.record('toy.seen', seen('a'), 1)
    log.erase({ n: 2, i: 0 }, { n: 3, i: 0 })
    log.record('toy.person', { tag: 'a', name: 'Ada' }, 2)
    using toyViews = applied(log.rows)
    expect(toyViews.views.kernel.erased.all()).toEqual([])
    expect(toyViews.rows['people']?.all()).toHaveLength(1)
  })
})

import { describe, expect, test } from 'vitest'
import { openSqlite } from '../../store/sqlite.ts'
import type { Database } from '../../store/database.ts'
import type { LogRow } from '../../store/truth.ts'
import { bodyLine } from '../entry.ts'
import type { Head } from '../entry.ts'
import { seededRandom } from '../manual-machine.ts'
import { toyKnown } from '../pack/toy-pack.ts'
import type { Item } from './sequencer.ts'
import { ToyLog, at, hollowed, toyRecord } from './toy-log.ts'
import { WriterCore } from './writer-core.ts'

/** A writer whose views outlive it, as files do. */
function writer() {
  const databases = new Map<string, Database>()
  const bases = new Map<number, Uint8Array>()
  const home = {
    open: (site: string) => {
      const database = databases.get(site) ?? openSqlite(':memory:', { durable: false })
      databases.set(site, database)
      const exec = (sql: string) => database.exec(sql)
      return { exec, prepare: (sql: string) => database.prepare(sql), close: () => {} }
    },
    drop: (site: string) => databases.delete(site),
    bases: {
      save: (_site: string, n: number, copy: Uint8Array) => void bases.set(n, copy),
      list: () => [...bases.keys()],
      load: (_site: string, n: number) => bases.get(n),
      drop: (_site: string, before: number) => {
        for (const n of bases.keys()) if (n < before) bases.delete(n)
      },
    },
  }
  const make = () => new WriterCore(toyKnown, home, seededRandom(5))
  const core = make()
  core.open('fair')
  return { core, bases, make }
}

const seenRecords = (from: number, to: number): Item => {
  const rows = Array.from({ length: to - from + 1 }, (_, index) =>
    toyRecord('toy.seen', { tag: `t${from + index}`, gate: 'north', at: 1 }, from + index),
  )
  return { do: 'records', box: 'box1', stream: 'stream1', rows }
}
/** Orders items as a keeper does, and keeps them. */
const ordered = (core: WriterCore, ...items: readonly Item[]): readonly LogRow[] => {
  const { rows } = core.step('fair', items, at)
  core.settle('fair', 'commit')
  return rows
}

describe('views that are opened', () => {
  test('stand where they stood, in the next process too', () => {
    const { core, make } = writer()
    const rows = ordered(core, seenRecords(1, 3))
    core.close()
    const again = make()
    expect(again.open('fair')).toEqual({
      cursor: { n: 3, chain: rows.at(-1)?.chain },
      rules: toyKnown.rules,
    })
    expect(again.position('fair', ['stream1', 'stream2'])).toEqual([3, 0])
  })

  test('VIEW-9 what was not settled is gone after the process', () => {
    const { core, make } = writer()
    core.step('fair', [seenRecords(1, 3)], at)
    core.close()
    expect(make().open('fair').cursor.n).toBe(0)
  })

  test('views that nobody opened are asked for in vain', () => {
    const { core } = writer()
    expect(() => core.hash('elsewhere')).toThrow('the views of elsewhere are not open')
    expect(() => core.query('fair', 'toy', 'nothing')).toThrow('no table toy.nothing')
  })
})

describe('following', () => {
  test('entries that cannot follow change nothing, and the right ones still can', () => {
    const keeper = writer()
    const { core } = writer()
    const rows = ordered(keeper.core, seenRecords(1, 4))
    expect(() => core.follow('fair', [rows[0], rows[2]] as LogRow[])).toThrow(
      'the views are at 1, not before 3',
    )
    expect(core.open('fair').cursor.n).toBe(0)
    const { cursor, parted } = core.follow('fair', rows)
    expect({ cursor, parted }).toEqual({ cursor: { n: 4, chain: rows.at(-1)?.chain }, parted: [] })
    expect(core.hash('fair')).toBe(keeper.core.hash('fair'))
  })

  test('entries that come a second time are passed over', () => {
    const keeper = writer()
    const { core } = writer()
    const rows = ordered(keeper.core, seenRecords(1, 4))
    core.follow('fair', rows.slice(0, 3))
    expect(core.follow('fair', rows.slice(1)).cursor.n).toBe(4)
    expect(core.follow('fair', rows).cursor.n).toBe(4)
    expect(core.hash('fair')).toBe(keeper.core.hash('fair'))
  })

  test('LOG-15 at a base each box keeps a copy of its views, and tells where they differ', () => {
    const keeper = writer()
    const rows = [...ordered(keeper.core, seenRecords(1, 2)), ...ordered(keeper.core, { do: 'base' })]
    const follower = writer()
    expect(follower.core.follow('fair', rows).parted).toEqual([])
    expect([...follower.bases.keys()]).toEqual([2])
    expect(follower.bases.get(2)).toEqual(keeper.bases.get(2))
    const other = writer()
    const log = new ToyLog()
    for (const each of ['x', 'y'])
      log.record('toy.seen', { tag: each, gate: 'north', at: 1 }, log.rows.length + 1)
    const strange = [...log.rows, { ...(rows[2] as LogRow), n: 3 }]
    expect(other.core.follow('fair', strange).parted).toEqual([3])
    expect([...other.bases.keys()]).toEqual([])
  })
})

describe('LIVE-4 those who read live are told what commits have touched', () => {
  const visits = { toy_visits: { byGate: [['north', 1]] } }

  test('by a step when it is settled, and not before, nor when it is undone', () => {
    const { core } = writer()
    core.step('fair', [seenRecords(1, 1)], at)
    expect(core.settle('fair', 'rollback').tables).toEqual({})
    core.step('fair', [seenRecords(1, 2)], at)
    expect(core.settle('fair', 'commit')).toEqual({ n: 2, tables: visits })
    expect(core.settle('fair', 'commit').tables).toEqual({})
  })

  test('by entries that are followed, those of a chunk that was applied one by one included', () => {
    const keeper = writer()
    const { core } = writer()
    const cursed = toyRecord('toy.cursed', { tag: 'x' }, 3)
    const cursedItem: Item = { do: 'records', box: 'box1', stream: 'stream1', rows: [cursed] }
    const rows = ordered(keeper.core, seenRecords(1, 2), cursedItem)
    expect(core.follow('fair', rows).touched).toMatchObject({ n: 3 })
    expect(core.follow('fair', rows).touched.tables).toEqual({})
  })

  test('by entries that were undone, with the next that are kept', () => {
    const keeper = writer()
    const { core } = writer()
    const rows = ordered(keeper.core, seenRecords(1, 4))
    expect(() => core.follow('fair', [rows[0], rows[2]] as LogRow[])).toThrow('the views are at 1')
    expect(core.follow('fair', rows).touched).toEqual({ n: 4, tables: visits })
  })
})

describe('a base and an erased fact', () => {
  test('VIEW-11 a base from before an erasure is no difference to mind where the person never was', () => {
    const keeper = writer()
    const person = toyRecord('toy.person', { tag: 'a', name: 'Ada' }, 1)
    const rows = [
      ...ordered(keeper.core, { do: 'records', box: 'box1', stream: 'stream1', rows: [person] }),
      ...ordered(keeper.core, { do: 'base' }),
    ]
    const late = writer()
    const hollow = rows.map((row) => hollowed(row, [{ n: 1, i: 0 }]))
    expect(late.core.follow('fair', hollow).parted).toEqual([])
    expect([...late.bases.keys()]).toEqual([])
  })

  /** A person, a base, the erasure, a base: as they are, and as they come to a box that follows later. */
  function erasedBetweenBases() {
    const keeper = writer()
    const person = toyRecord('toy.person', { tag: 'a', name: 'Ada' }, 1)
    const input = { places: [{ n: 1, i: 0 }] }
    const rows = [
      ...ordered(keeper.core, { do: 'records', box: 'box1', stream: 'stream1', rows: [person] }),
      ...ordered(keeper.core, { do: 'base' }),
      ...ordered(keeper.core, { do: 'act', action: 'facts.erase', key: 'k', who: 'owner', input }),
      ...ordered(keeper.core, { do: 'base' }),
    ]
    return { keeper, rows: rows.map((row) => hollowed(row, input.places)) }
  }

  test('VIEW-11 the person that was never there is remembered over a restart', () => {
    const { rows } = erasedBetweenBases()
    const late = writer()
    late.core.follow('fair', rows.slice(0, 1))
    late.core.close()
    const again = late.make()
    again.open('fair')
    expect(again.follow('fair', rows.slice(1, 2)).parted).toEqual([])
    expect([...late.bases.keys()]).toEqual([])
  })

  test('VIEW-11 after the erasing entry the views compare with bases again, and keep copies', () => {
    const { keeper, rows } = erasedBetweenBases()
    const late = writer()
    expect(late.core.follow('fair', rows).parted).toEqual([])
    expect([...late.bases.keys()]).toEqual([3])
    expect(late.bases.get(3)).toEqual(keeper.bases.get(3))
    const strange = writer()
    const base = { ...(rows[3] as LogRow), bodies: JSON.stringify({ rules: toyKnown.rules, views: 'other' }) }
    expect(strange.core.follow('fair', [...rows.slice(0, 3), base]).parted).toEqual([4])
  })

  test('LOG-15 a keeper lays no base over a fact that is hollow and that no entry erases', () => {
    const { rows } = erasedBetweenBases()
    const { core, bases } = writer()
    core.follow('fair', rows.slice(0, 1))
    expect(ordered(core, { do: 'base' })).toEqual([])
    expect([...bases.keys()]).toEqual([])
    ordered(core, {
      do: 'act',
      action: 'facts.erase',
      key: 'k',
      who: 'owner',
      input: { places: [{ n: 1, i: 0 }] },
    })
    expect(ordered(core, { do: 'base' })).toMatchObject([{ n: 3 }])
  })
})

describe('starting anew', () => {
  function based() {
    const site = writer()
    const rows = [
      ...ordered(site.core, seenRecords(1, 2)),
      ...ordered(site.core, { do: 'base' }),
      ...ordered(site.core, seenRecords(3, 4)),
      ...ordered(site.core, { do: 'base' }),
    ]
    return { ...site, rows, hash: site.core.hash('fair') }
  }

  test('LOG-15 views begin at the newest base at or below the place, and the rest gives the same rows', () => {
    const { core, rows, hash } = based()
    const { cursor } = core.reset('fair', 5)
    expect(cursor).toEqual({ n: 5, chain: rows[4]?.chain })
    core.follow('fair', rows.slice(5))
    expect(core.hash('fair')).toBe(hash)
    expect(core.reset('fair', 4).cursor.n).toBe(2)
    core.follow('fair', rows.slice(2))
    expect(core.hash('fair')).toBe(hash)
  })

  test('VIEW-12 below every base they begin at nothing', () => {
    const { core, rows, hash } = based()
    expect(core.reset('fair', 1).cursor).toEqual({ n: 0, chain: '' })
    core.follow('fair', rows)
    expect(core.hash('fair')).toBe(hash)
  })

  test('VIEW-12 a base that is damaged is passed over for the one before it', () => {
    const { core, bases } = based()
    bases.set(5, Buffer.from('damaged'))
    expect(core.reset('fair', 99).cursor.n).toBe(2)
  })

  test('LOG-15 bases before an erasure go', () => {
    const { core, bases } = based()
    core.dropBases('fair', 4)
    expect([...bases.keys()]).toEqual([5])
  })
})

describe('what the box needs to know', () => {
  test('who is assigned, the last hand-over, the newest base, and what waits for a person', () => {
    const { core } = writer()
    const log = new ToyLog()
    const assigned = { box: 'boxa', publicKey: 'k'.repeat(43), small: false }
    log.say(
      { kind: 'box.assigned', body: assigned },
      { kind: 'site.handedOver', body: { to: 'boxb', reign: 2 } },
    )
    log.record('toy.unheard', 1, 1)
    log.record('toy.unheard', 2, 2)
    log.record('toy.seen', { tag: 7 }, 3)
    core.follow('fair', log.rows)
    expect(core.state('fair')).toMatchObject({
      boxes: [assigned],
      handover: { n: 1, to: 'boxb', reign: 2 },
      base: 0,
      unknownKinds: ['toy.unheard'],
      orphans: 0,
      quarantine: 3,
      clones: 0,
    })
    ordered(core, { do: 'base' })
    expect(core.state('fair').base).toBe(5)
  })

  test('TERM-12 a kind that was erased everywhere is still unknown; a record in quarantine is not', () => {
    const { core } = writer()
    const log = new ToyLog()
    const from = { box: 'box1', stream: 'stream1', seq: 1 }
    const person = { form: 'r', at, kind: 'other.person', from } as const
    const judged = { form: 'q', at, kind: 'unknown', from: { ...from, seq: 2 }, why: 'this version does not' }
    log.add(person, bodyLine({ name: 'Ada' }, seededRandom()))
    log.add(judged as Head, bodyLine({}, seededRandom()))
    log.erase({ n: 1, i: 0 })
    const places = [{ n: 1, i: 0 }]
    core.follow(
      'fair',
      log.rows.map((row) => hollowed(row, places)),
    )
    expect(core.state('fair')).toMatchObject({ unknownKinds: ['other.person'], quarantine: 1 })
  })

  test('LOG-4 the places that entries from a place on have erased', () => {
    const { core } = writer()
    const log = new ToyLog()
    log.record('toy.person', { tag: 'a', name: 'Ada' }, 1)
    log.record('toy.person', { tag: 'b', name: 'Bob' }, 2)
    log.erase({ n: 1, i: 0 })
    log.erase({ n: 2, i: 0 })
    core.follow(
      'fair',
      log.rows.map((row) => hollowed(row, [])),
    )
    expect(core.erased('fair', 0)).toEqual([
      { n: 1, i: 0, by: 3 },
      { n: 2, i: 0, by: 4 },
    ])
    expect(core.erased('fair', 4)).toEqual([{ n: 2, i: 0, by: 4 }])
    expect(core.query('fair', 'toy', 'people')).toEqual([])
  })
})

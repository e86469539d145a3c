import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openSqlite } from '../../store/sqlite.ts'
import type { Database } from '../../store/database.ts'
import { flag, integer, json, optional, real, table, text } from '../pack/table.ts'
import type { Table } from '../pack/table.ts'
import { createTable, tableName } from './ddl.ts'
import { openRows } from './rows.ts'

const wares = table(
  {
    id: integer(),
    name: text(),
    price: real(),
    sold: flag(),
    about: json<unknown>(),
    room: optional(text()),
    shelf: optional(integer()),
    tags: optional(json<readonly string[]>()),
    fresh: optional(flag()),
  },
  { key: ['id'], indexes: { byRoom: ['room', 'shelf'], byFresh: ['fresh'] } },
)
const ware = {
  name: 'cup',
  price: 1.5,
  sold: false,
  about: {},
  room: null,
  shelf: null,
  tags: null,
  fresh: null,
}
const laps = table(
  { race: text(), lap: integer(), runner: text(), ms: integer() },
  { key: ['race', 'lap', 'runner'], indexes: { byRunner: ['runner', 'ms'] } },
)

function opened<T extends Table>(declared: T, name = 'shop_things') {
  const database = openSqlite(':memory:', { durable: false })
  database.exec(createTable(name, declared))
  return { database, rows: openRows(database, name, declared), [Symbol.dispose]: () => database.close() }
}

/** How SQLite will find the rows of a query. */
const plan = (database: Database, sql: string) =>
  database
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map(({ detail }) => String(detail))
    .join('\n')

describe('rows by key', () => {
  test('VIEW-6 what was put comes back, column by column', () => {
    using shop = opened(wares)
    const full = {
      id: 7,
      name: 'é "quoted" 🏁\nline',
      price: -0.25,
      sold: true,
      about: [{ deep: null }, 'x'],
      room: 'hall',
      shelf: -3,
      tags: ['a'],
      fresh: false,
    }
    shop.rows.put(full)
    shop.rows.put({ id: 8, ...ware })
    expect(shop.rows.get(7)).toEqual(full)
    expect(shop.rows.get(8)).toEqual({ id: 8, ...ware })
    expect(shop.rows.get(9)).toBeUndefined()
  })

  test('any text, number and document that a fact can hold comes back as it was', () => {
    using shop = opened(wares)
    const documents = fc.json({ maxDepth: 2 }).filter((text) => text !== 'null')
    const prices = fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((price) => !Object.is(price, -0))
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        prices,
        fc.maxSafeInteger(),
        documents,
        (name, price, id, document) => {
          shop.rows.put({ ...ware, id, name, price, about: JSON.parse(document) as unknown })
          const found = shop.rows.get(id)
          expect([found?.name, found?.price, found?.id]).toEqual([name, price, id])
          expect(JSON.stringify(found?.about)).toBe(JSON.stringify(JSON.parse(document)))
        },
      ),
      { numRuns: 40 },
    )
  })

  test('putting a key again replaces the whole row', () => {
    using shop = opened(wares)
    shop.rows.put({ id: 1, ...ware, room: 'hall' })
    shop.rows.put({ id: 1, ...ware, name: 'bowl' })
    expect(shop.rows.all()).toEqual([{ id: 1, ...ware, name: 'bowl' }])
  })

  test('a table that is all key takes the same row twice', () => {
    using set = opened(table({ a: text(), b: text() }, { key: ['a', 'b'] }))
    set.rows.put({ a: 'x', b: 'y' })
    set.rows.put({ a: 'x', b: 'y' })
    expect(set.rows.all()).toEqual([{ a: 'x', b: 'y' }])
  })

  test('a composite key names one row by all of its parts, in the declared order', () => {
    using race = opened(laps)
    race.rows.put({ race: 'a', lap: 2, runner: 'x', ms: 1 })
    race.rows.put({ race: 'a', lap: 10, runner: 'x', ms: 2 })
    race.rows.put({ race: 'a', lap: 2, runner: 'y', ms: 3 })
    expect(race.rows.get('a', 2, 'y')?.ms).toBe(3)
    expect(race.rows.get('a', 3, 'y')).toBeUndefined()
    race.rows.remove('a', 2, 'x')
    race.rows.remove('a', 2, 'x')
    expect(race.rows.all().map(({ ms }) => ms)).toEqual([3, 2])
  })

  test('all rows come in the order of the key: numbers as numbers, texts by their bytes', () => {
    using shop = opened(wares)
    for (const id of [10, -1, 2]) shop.rows.put({ id, ...ware })
    expect(shop.rows.all().map(({ id }) => id)).toEqual([-1, 2, 10])
    using names = opened(table({ name: text() }, { key: ['name'] }))
    for (const name of ['b', 'é', 'B', '🏁', 'a', '\uffff']) names.rows.put({ name })
    expect(names.rows.all().map(({ name }) => name)).toEqual(['B', 'a', 'b', 'é', '\uffff', '🏁'])
  })
})

describe('rows by index', () => {
  test('a list goes by any beginning of the index, and comes in its order, then the key’s', () => {
    using race = opened(laps)
    const put = (race_: string, lap: number, runner: string, ms: number) =>
      race.rows.put({ race: race_, lap, runner, ms })
    put('b', 1, 'x', 50)
    put('a', 2, 'x', 50)
    put('a', 1, 'x', 40)
    put('a', 1, 'y', 10)
    const found = (by: readonly { race: string; lap: number }[]) =>
      by.map(({ race: name, lap }) => `${name}${lap}`)
    expect(found(race.rows.list('byRunner', 'x'))).toEqual(['a1', 'a2', 'b1'])
    expect(found(race.rows.list('byRunner', 'x', 50))).toEqual(['a2', 'b1'])
    expect(found(race.rows.list('byRunner'))).toEqual(['a1', 'a2', 'b1', 'a1'])
    expect(race.rows.list('byRunner', 'z')).toEqual([])
  })

  test('count says how long the list is', () => {
    using race = opened(laps)
    const lap = fc.tuple(fc.constantFrom('a', 'b'), fc.nat(3), fc.constantFrom('x', 'y'), fc.nat(2))
    fc.assert(
      fc.property(fc.array(lap), (all) => {
        for (const [name, at, runner, ms] of all) race.rows.put({ race: name, lap: at, runner, ms })
        expect(race.rows.count('byRunner')).toBe(race.rows.all().length)
        expect(race.rows.count('byRunner', 'x')).toBe(race.rows.list('byRunner', 'x').length)
        expect(race.rows.list('byRunner', 'x', 1)).toEqual(
          race.rows.list('byRunner', 'x').filter(({ ms }) => ms === 1),
        )
      }),
    )
  })

  test('rows without a value are found by null, at any place of the index', () => {
    using shop = opened(wares)
    shop.rows.put({ id: 1, ...ware })
    shop.rows.put({ id: 2, ...ware, room: 'hall' })
    shop.rows.put({ id: 3, ...ware, room: 'hall', shelf: 4 })
    shop.rows.put({ id: 4, ...ware, shelf: 4, fresh: true })
    const ids = (rows: readonly { id: number }[]) => rows.map(({ id }) => id)
    expect(ids(shop.rows.list('byRoom', null))).toEqual([1, 4])
    expect(ids(shop.rows.list('byRoom', null, 4))).toEqual([4])
    expect(ids(shop.rows.list('byRoom', 'hall', null))).toEqual([2])
    expect(shop.rows.count('byRoom', null, null)).toBe(1)
    expect(ids(shop.rows.list('byFresh', true))).toEqual([4])
    expect(shop.rows.count('byFresh', null)).toBe(3)
  })

  test('a list by index is searched by it, not read through, nulls included', () => {
    using shop = opened(wares)
    const where = `SELECT * FROM "shop_things" WHERE "room" IS ? ORDER BY "room", "shelf", "id"`
    expect(plan(shop.database, where.replace('?', `'hall'`))).toMatch(
      /SEARCH .* USING INDEX shop_things_byRoom/,
    )
    expect(plan(shop.database, where.replace('?', `'hall'`))).not.toContain('TEMP B-TREE')
  })
})

describe('what does not fit its column throws, and nothing is stored', () => {
  const bad: [string, Record<string, unknown>][] = [
    ['a number as text', { name: 7 }],
    ['a text as a number', { id: '7' }],
    ['half a cent', { id: 1.5 }],
    ['a number that is not exact', { id: 2 ** 53 }],
    ['not a number', { price: Number.NaN }],
    ['without end', { price: Number.POSITIVE_INFINITY }],
    ['a number as a flag', { sold: 1 }],
    ['nothing where something must be', { name: null }],
    ['a missing column', { name: undefined }],
    ['no document', { about: null }],
    ['half a character', { name: '\ud800' }],
    ['a flag as an optional number', { shelf: true }],
    ['what is no document', { about: () => 1 }],
  ]
  test.each(bad)('%s', (_, change) => {
    using shop = opened(wares)
    expect(() => shop.rows.put({ id: 1, ...ware, ...change })).toThrow(TypeError)
    expect(shop.rows.all()).toEqual([])
  })

  test('VIEW-6 a key or an index asked with the wrong type, or with too little', () => {
    using shop = opened(wares)
    using race = opened(laps)
    expect(() => shop.rows.get('7' as never)).toThrow(/does not fit a column of integer/)
    expect(() => shop.rows.remove(undefined as never)).toThrow(/a value is missing/)
    expect(() => race.rows.get('a', 1, undefined as never)).toThrow(/a value is missing/)
    expect(() => race.rows.list('byRunner', 7 as never)).toThrow(TypeError)
  })

  test('VIEW-6 the message names the table and the column', () => {
    using shop = opened(wares)
    expect(() => shop.rows.put({ id: 1, ...ware, name: 7 } as never)).toThrow(/^shop_things.name: number/)
  })
})

describe('tables as SQL', () => {
  test('a key of one whole number is SQLite’s own row id, any other key is the table', () => {
    expect(createTable('a_b', wares)).toContain('"id" INTEGER NOT NULL')
    expect(createTable('a_b', wares)).toMatch(/PRIMARY KEY \("id"\)\) STRICT;/)
    expect(createTable('a_b', laps)).toMatch(
      /PRIMARY KEY \("race", "lap", "runner"\)\) STRICT, WITHOUT ROWID;/,
    )
    const byName = createTable('a_b', table({ name: text() }, { key: ['name'] }))
    expect(byName).toContain('WITHOUT ROWID')
  })

  test('VIEW-6 only optional columns take nothing', () => {
    const sql = createTable('a_b', wares)
    expect(sql).toContain('"room" TEXT,')
    expect(sql).toContain('"sold" INTEGER NOT NULL,')
    expect(sql).toContain('"about" TEXT NOT NULL,')
    expect(sql).toContain('"price" REAL NOT NULL,')
  })

  test('each index has its name and columns', () => {
    const indexes = createTable('a_b', wares).split('\n').slice(1)
    expect(indexes).toEqual([
      'CREATE INDEX "a_b_byRoom" ON "a_b" ("room", "shelf");',
      'CREATE INDEX "a_b_byFresh" ON "a_b" ("fresh");',
    ])
  })

  test('columns named like SQL’s own words are columns', () => {
    using odd = opened(
      table({ order: text(), group: integer() }, { key: ['order'], indexes: { select: ['group'] } }),
      tableName({ name: 'odd' }, 'table'),
    )
    odd.rows.put({ order: 'a', group: 1 })
    expect(odd.rows.list('select', 1)).toEqual([{ order: 'a', group: 1 }])
  })
})

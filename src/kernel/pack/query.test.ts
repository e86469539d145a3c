import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openSqlite } from '../../store/sqlite.ts'
import { guarded, guardedSql } from '../live/reads.ts'
import { kernelPack } from '../site/kernel-pack.ts'
import { createTable } from '../views/ddl.ts'
import { openRowsRead } from '../views/rows.ts'
import { know } from './kinds.ts'
import type { KnownQuery } from './known-queries.ts'
import { pack } from './pack.ts'
import { queriesOf } from './query.ts'
import type { QueryAny } from './query.ts'
import { integer, table, text } from './table.ts'
import type { Table } from './table.ts'
import { toy, toyKnown } from './toy-pack.ts'

const tables = {
  stalls: table(
    { name: text(), row: integer(), cents: integer() },
    { key: ['name'], indexes: { byRow: ['row'] } },
  ),
  doors: table({ name: text() }, { key: ['name'] }),
}
const query = queriesOf<typeof tables>()
const plain = { input: z.object({ row: z.int() }), allow: ['viewer'] } as const

const packWith = (queries: Readonly<Record<string, unknown>>) =>
  pack({
    name: 'x',
    rules: 'x',
    facts: {},
    tables,
    apply: {},
    actions: {},
    queries: queries as Record<string, never>,
  })

const good = query({ ...plain, reads: { stalls: 'all' }, key: ['name'], run: (rows) => rows.stalls.all() })

describe('LIVE-1 a query', () => {
  test('LIVE-1 that nobody may ask does not start', () => {
    expect(() => packWith({ stalls: { ...good, allow: [] } })).toThrow('x.stalls: nobody may ask for it')
  })

  test.each([
    ['reads a table that the pack does not have', { reads: { boats: 'all' } }, 'reads boats'],
    ['reads by an index that is none', { reads: { stalls: { by: 'byName', from: () => [] } } }, 'by byName'],
    ['has rows that nothing tells apart', { key: [] }, 'name the fields'],
  ])('that %s is found at the start', (_, wrong, why) => {
    expect(() => know(kernelPack, [packWith({ stalls: { ...good, ...wrong } })])).toThrow(why)
  })

  test('is known by its full name, the kernel by its own', () => {
    expect([...toyKnown.queries.keys()]).toEqual(
      expect.arrayContaining(['boxes', 'quarantine', 'orphans', 'toy.accounts', 'toy.sum']),
    )
  })

  test('changes no rules: views are not made anew for it', () => {
    expect(know(kernelPack, [packWith({ stalls: good })]).rules).toBe(know(kernelPack, [packWith({})]).rules)
  })

  test('is checked by its types: what it reads, its key, its prefix', () => {
    query({
      ...plain,
      reads: { stalls: 'all' },
      // @ts-expect-error: no field of an answer is called so
      key: ['nothing'],
      run: (rows) => rows.stalls.all(),
    })
    query({
      ...plain,
      reads: { stalls: { by: 'byRow', from: ({ row }) => [row] } },
      key: ['name'],
      // @ts-expect-error: it does not say that it reads doors
      run: (rows) => rows.doors.all(),
    })
    // @ts-expect-error: a row is a number
    query({ ...good, ...plain, reads: { stalls: { by: 'byRow', from: () => ['a'] } } })
    expect(true).toBe(true)
  })
})

test('LIVE-4 what is watched is what queries read, by the indexes that they read it by', () => {
  expect(toyKnown.watched.get('toy_accounts')).toEqual(['key'])
  expect(toyKnown.watched.get('toy_visits')).toEqual(['byGate'])
  expect(toyKnown.watched.get('kernel_boxes')).toEqual([])
  expect(toyKnown.watched.has('toy_people')).toBe(false)
})

describe('LIVE-5 a query reads what it declares', () => {
  const database = openSqlite(':memory:', { durable: false })
  database.exec(createTable('x_stalls', tables.stalls))
  database.exec(`INSERT INTO x_stalls VALUES ('crepes', 1, 5), ('soup', 2, 7)`)
  const rows = openRowsRead(database, 'x_stalls', tables.stalls as Table)
  const named = { by: 'key', from: ['crepes'] }
  const inRow = { by: 'byRow', from: [2] }
  const loose = (narrow: typeof named | typeof inRow) =>
    guarded(rows, 'stalls', narrow) as unknown as Record<string, (...values: unknown[]) => unknown>

  test('and finds it', () => {
    expect(loose(named)['get']?.('crepes')).toMatchObject({ cents: 5 })
    expect(loose(inRow)['list']?.('byRow', 2)).toHaveLength(1)
    expect(loose(inRow)['count']?.('byRow', 2)).toBe(1)
    expect(guarded(rows, 'stalls', undefined).all()).toHaveLength(2)
  })

  test.each([
    ['another key', () => loose(named)['get']?.('soup')],
    ['all rows', () => loose(named)['all']?.()],
    ['a list', () => loose(named)['list']?.('byRow', 1)],
    ['another value of the index', () => loose(inRow)['list']?.('byRow', 1)],
    ['the whole index', () => loose(inRow)['count']?.('byRow')],
    ['a row by key', () => loose(inRow)['get']?.('soup')],
  ])('and not %s', (_, read) => {
    expect(read).toThrow(/it reads .* of stalls, and declares only/)
  })

  describe('by SQL too', () => {
    const known = (reads: QueryAny['reads']): KnownQuery => {
      const query = { ...(toy.queries?.['sum'] as QueryAny), reads }
      return { pack: toy, name: 'toy.q', query, allow: query.allow }
    }
    const base = openSqlite(':memory:', { durable: false })
    base.exec(createTable('toy_accounts', toy.tables['accounts'] as never))
    const sql = (reads: QueryAny['reads']) => guardedSql(base, known(reads), ['toy_accounts', 'regie_cursor'])

    test('tables that it reads whole, in braces, with values', () => {
      expect(sql({ accounts: 'all' })('SELECT count(*) AS n FROM {accounts} WHERE cents > ?', 1)).toEqual([
        { n: 0 },
      ])
    })

    test.each([
      ['one that it does not read', {}, 'SELECT * FROM {accounts}', 'does not declare all of it'],
      [
        'one of which it reads a part',
        { accounts: { by: 'key', from: () => [] } },
        'SELECT * FROM {accounts}',
        'all',
      ],
      ['a bare name', { accounts: 'all' }, 'SELECT * FROM toy_accounts', 'write {name}'],
      ['the cursor', { accounts: 'all' }, 'SELECT n FROM "regie_cursor"', 'write {name}'],
    ] as const)('and not %s', (_, reads, statement, why) => {
      expect(() => sql(reads as QueryAny['reads'])(statement)).toThrow(why)
    })
  })
})

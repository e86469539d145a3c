import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openSqlite } from '../../store/sqlite.ts'
import { integer, optional, table, text } from '../pack/table.ts'
import { createTable } from './ddl.ts'
import { openRows } from './rows.ts'
import { TableTouches, touches } from './touched.ts'
import type { Read } from './touched.ts'

const seats = table(
  { hall: text(), seat: integer(), guest: optional(text()), tier: integer() },
  { key: ['hall', 'seat'], indexes: { byHall: ['hall', 'tier'], byGuest: ['guest', 'tier'] } },
)

function opened(watched: readonly string[]) {
  const database = openSqlite(':memory:', { durable: false })
  database.exec(createTable('t_seats', seats))
  const collected = new TableTouches(seats, watched)
  const rows = openRows(database, 't_seats', seats, collected)
  const take = () => {
    const touched = collected.take()
    return { n: 1, tables: touched ? { t_seats: touched } : {} }
  }
  return { rows, take, collected }
}

const reading = (by?: string, ...from: readonly unknown[]): Read => {
  return { table: 't_seats', narrow: by === undefined ? undefined : { by, from } }
}

const hall = fc.constantFrom('red', 'blue')
const seat = fc.integer({ min: 1, max: 3 })
const guest = fc.constantFrom('ada', 'bob', null)
const tier = fc.integer({ min: 0, max: 2 })
const operation = fc.oneof(
  fc.record({ do: fc.constant('put' as const), row: fc.record({ hall, seat, guest, tier }) }),
  fc.record({ do: fc.constant('remove' as const), hall, seat }),
)

test('LIVE-4 whatever happens to rows, a read whose answer changes is touched', () => {
  const { rows, take } = opened(['key', 'byHall', 'byGuest'])
  const reads = [
    { read: reading(), now: () => rows.all() },
    { read: reading('key', 'red', 1), now: () => rows.get('red', 1) },
    { read: reading('byHall', 'blue'), now: () => rows.list('byHall', 'blue') },
    { read: reading('byHall', 'red', 1), now: () => rows.list('byHall', 'red', 1) },
    { read: reading('byGuest', 'ada'), now: () => rows.list('byGuest', 'ada') },
    { read: reading('byGuest', null), now: () => rows.list('byGuest', null) },
    { read: reading('byGuest', 'bob', 2), now: () => rows.count('byGuest', 'bob', 2) },
  ]
  fc.assert(
    fc.property(
      fc.array(fc.array(operation, { minLength: 1, maxLength: 3 }), { maxLength: 30 }),
      (commits) => {
        for (const commit of commits) {
          const before = reads.map(({ now }) => JSON.stringify(now()))
          for (const each of commit) {
            if (each.do === 'put') rows.put(each.row)
            else rows.remove(each.hall, each.seat)
          }
          const touched = take()
          reads.forEach(({ read, now }, index) => {
            const changed = JSON.stringify(now()) !== before[index]
            expect(touches([read], touched) || !changed).toBe(true)
          })
        }
      },
    ),
    { numRuns: 200 },
  )
})

describe('LIVE-4 what is not touched is not read again', () => {
  test('another key, another index value, another table', () => {
    const { rows, take } = opened(['key', 'byGuest'])
    rows.put({ hall: 'red', seat: 1, guest: 'ada', tier: 1 })
    const touched = take()
    expect(touches([reading('key', 'red', 1)], touched)).toBe(true)
    expect(touches([reading('key', 'red', 2)], touched)).toBe(false)
    expect(touches([reading('key', 'red')], touched)).toBe(true)
    expect(touches([reading('byGuest', 'bob')], touched)).toBe(false)
    expect(touches([{ table: 't_other', narrow: undefined }], touched)).toBe(false)
    expect(touches([], touched)).toBe(false)
  })

  test('a row that leaves an index value touches both', () => {
    const { rows, take } = opened(['byGuest'])
    rows.put({ hall: 'red', seat: 1, guest: 'ada', tier: 1 })
    take()
    rows.put({ hall: 'red', seat: 1, guest: 'bob', tier: 1 })
    const touched = take()
    expect(touches([reading('byGuest', 'ada')], touched)).toBe(true)
    expect(touches([reading('byGuest', 'bob')], touched)).toBe(true)
    expect(touches([reading('byGuest', null)], touched)).toBe(false)
  })

  test('nothing touched is nothing told', () => {
    const { rows, take } = opened(['key'])
    rows.all()
    expect(take()).toEqual({ n: 1, tables: {} })
  })
})

test('many rows are told as many, and then it begins anew', () => {
  const { rows, take, collected } = opened(['key'])
  for (let each = 0; each < 65; each += 1) rows.put({ hall: 'red', seat: each, guest: null, tier: 0 })
  expect(collected.isFull).toBe(true)
  expect(take().tables).toEqual({ t_seats: 'many' })
  rows.put({ hall: 'red', seat: 9, guest: null, tier: 1 })
  rows.put({ hall: 'red', seat: 9, guest: null, tier: 2 })
  expect(take().tables).toEqual({ t_seats: { key: [['red', 9]] } })
})

test('a table that is read whole only tells that it was touched', () => {
  const { rows, take } = opened([])
  rows.put({ hall: 'red', seat: 1, guest: null, tier: 0 })
  expect(take().tables).toEqual({ t_seats: 'many' })
})

test('what could not be put touches no more than it must', () => {
  const { rows, take } = opened(['key'])
  expect(() => rows.put({ hall: 'red', seat: 1.5, guest: null, tier: 0 })).toThrow('does not fit')
  expect(take().tables).toEqual({})
})

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Database, Value } from '../../store/database.ts'
import { toyKnown } from '../pack/toy-pack.ts'
import { ToyLog, openToyViews } from '../site/toy-log.ts'
import { allTables, hashViews, rowText, tableRows } from './hash.ts'

/** Views that have something in many tables. */
function filled() {
  const toy = openToyViews()
  const log = new ToyLog()
  log.say({ kind: 'site.keeper', body: { term: '1/box1/1/stream1', how: 'birth' } })
  log.record('toy.seen', { tag: 'a', gate: 'north', at: 5 }, 1)
  log.record('toy.seen', { tag: 'b', gate: 'north', at: 6 }, 2)
  log.record('toy.person', { tag: 'a', name: 'Ada' }, 3)
  log.record('toy.seen', { tag: 'without a gate' }, 4)
  log.record('toy.cursed', { tag: 'a' }, 5)
  log.decide('key', { left: 4 }, { kind: 'toy.moved', body: { from: 'bank', to: 'a', cents: 4 } })
  for (const row of log.rows) toy.views.apply(row)
  toy.views.commit()
  return { ...toy, log }
}

/** Gives one value of a row another value of its type. */
function alter(database: Database, table: string, column: string): void {
  const was = database.prepare(`SELECT "${column}" AS was FROM "${table}" LIMIT 1`).get()?.['was'] as Value
  const becomes = typeof was === 'number' ? was + 1 : `${String(was)} `
  database.prepare(`UPDATE "${table}" SET "${column}" = ? WHERE "${column}" IS ?`).run(becomes, was)
}

describe('the hash of the views', () => {
  test('VIEW-2 the same log gives the same hash on every box', () => {
    using one = filled()
    using two = filled()
    expect(one.hash()).toBe(two.hash())
  })

  test('VIEW-2 commits at other places give the same hash', () => {
    using one = filled()
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }), (commits) => {
        using other = openToyViews()
        for (const [index, row] of one.log.rows.entries()) {
          other.views.apply(row)
          if (commits[index]) other.views.commit()
        }
        expect(other.hash()).toBe(one.hash())
      }),
    )
  })

  test('VIEW-2 any value of any row altered by hand changes it', () => {
    const columns = allTables(toyKnown).flatMap((named) =>
      Object.keys(named.table.columns).map((column) => [named.name, column] as const),
    )
    let altered = 0
    for (const [table, column] of columns) {
      using toy = filled()
      const before = toy.hash()
      if (!toy.database.prepare(`SELECT 1 FROM "${table}"`).get()) continue
      alter(toy.database, table, column)
      expect([table, column, toy.hash() === before]).toEqual([table, column, false])
      altered += 1
    }
    expect(altered).toBeGreaterThan(30)
  })

  test('VIEW-2 a row more or a row less changes it', () => {
    using toy = filled()
    const before = toy.hash()
    toy.database.exec(`DELETE FROM toy_visits WHERE tag = 'b'`)
    const less = toy.hash()
    expect(less).not.toBe(before)
    toy.database.exec(`INSERT INTO toy_visits VALUES ('b', 'north', 1, 6)`)
    expect(toy.hash()).toBe(before)
  })

  test('VIEW-2 a row in one table is not the same row in another', () => {
    using one = openToyViews()
    using two = openToyViews()
    one.database.exec(`INSERT INTO kernel_skipped VALUES (7, 'why')`)
    two.database.exec(`INSERT INTO toy_accounts VALUES ('why', 7)`)
    expect(one.hash()).not.toBe(two.hash())
  })

  test('VIEW-2 it is SHA-256 over all tables by name: a line with the name, then a line a row', () => {
    using toy = filled()
    const lines = allTables(toyKnown).flatMap((named) => [
      `# ${named.name}\n`,
      ...[...tableRows(toy.database, named)].map((row) => `${rowText(named, row)}\n`),
    ])
    expect(hashViews(toy.database, toyKnown)).toBe(
      createHash('sha256').update(lines.join('')).digest('base64url'),
    )
    expect(lines).toContain('["a","north",1,5]\n')
    expect(lines).toContain('["bank",-4]\n')
  })

  test('VIEW-2 tables go by their full names, rows by their keys', () => {
    const names = allTables(toyKnown).map(({ name }) => name)
    expect(names).toEqual(names.toSorted())
    expect(names).toContain('toy_visits')
    expect(names).toContain('kernel_streams')
    using toy = openToyViews()
    for (const [tag, gate] of [
      ['b', 'x'],
      ['a', 'y'],
      ['a', 'x'],
    ] as const)
      toy.rows['visits']?.put({ tag, gate, hits: 1, last: 1 })
    const visits = allTables(toyKnown).find(({ name }) => name === 'toy_visits')
    expect(visits && [...tableRows(toy.database, visits)].map(({ tag, gate }) => [tag, gate])).toEqual([
      ['a', 'x'],
      ['a', 'y'],
      ['b', 'x'],
    ])
  })
})

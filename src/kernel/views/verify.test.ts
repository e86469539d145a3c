import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openSqlite } from '../../store/sqlite.ts'
import type { LogRow } from '../../store/truth.ts'
import { toyKnown } from '../pack/toy-pack.ts'
import { ToyLog, openToyViews } from '../site/toy-log.ts'
import { Verification, firstParting } from './verify.ts'

function meeting() {
  const log = new ToyLog()
  for (let seq = 1; seq <= 5; seq++) log.record('toy.seen', { tag: `t${seq}`, gate: 'north', at: seq }, seq)
  const toy = openToyViews()
  for (const row of log.rows) toy.views.apply(row)
  toy.views.commit()
  return { ...toy, log: log.rows }
}

function verified(log: readonly LogRow[], database: ReturnType<typeof meeting>['database']) {
  const verification = new Verification(openSqlite(':memory:', { durable: false }), toyKnown)
  verification.feed(log.slice(0, 2))
  verification.feed(log.slice(2))
  expect(verification.n).toBe(log.length)
  return verification.compare(database)
}

describe('holding views against their log', () => {
  test('views that follow from the log have no findings', () => {
    using site = meeting()
    expect(verified(site.log, site.database)).toEqual([])
  })

  test('an altered row, a row too many and a lost row are named', () => {
    using site = meeting()
    site.database.exec(`UPDATE toy_visits SET hits = 9 WHERE tag = 't1'`)
    site.database.exec(`INSERT INTO toy_visits VALUES ('x', 'north', 1, 1)`)
    site.database.exec(`DELETE FROM toy_visits WHERE tag = 't3'`)
    const row = { is: 'row', table: 'toy_visits' }
    expect(verified(site.log, site.database)).toEqual([
      { ...row, key: 't1 north', have: '["t1","north",9,1]', want: '["t1","north",1,1]' },
      { ...row, key: 'x north', have: '["x","north",1,1]', want: null },
      { ...row, key: 't3 north', have: null, want: '["t3","north",1,3]' },
    ])
  })

  test('LOG-3 an entry whose text was altered is found: the first one', () => {
    using site = meeting()
    const log = site.log.map((row) => (row.n >= 3 ? { ...row, bodies: `${row.bodies} ` } : row))
    expect(verified(log, site.database)).toEqual([{ is: 'altered entry', n: 3 }])
  })

  test('LOG-3 a running hash that was altered is found where it no longer fits', () => {
    using site = meeting()
    const log = site.log.map((row) => (row.n === 4 ? { ...row, chain: 'x' } : row))
    expect(verified(log, site.database)).toEqual([{ is: 'altered entry', n: 4 }])
  })

  test('VIEW-4 an entry that is missing is a gap, and nothing behind it is looked at', () => {
    using site = meeting()
    const verification = new Verification(openSqlite(':memory:', { durable: false }), toyKnown)
    verification.feed(site.log.filter(({ n }) => n !== 3))
    expect(verification.findings).toEqual([{ is: 'gap', n: 3 }])
    expect(verification.n).toBe(2)
    expect(verification.compare(site.database)[0]).toEqual({ is: 'gap', n: 3 })
  })

  test('thousands of wrong rows are not all named', () => {
    using site = meeting()
    for (let i = 0; i < 100; i++)
      site.database.prepare('INSERT INTO toy_accounts VALUES (?, ?)').run(`account ${i}`, i)
    expect(verified(site.log, site.database)).toHaveLength(20)
  })
})

describe('finding the first entry in which two logs differ', () => {
  test('it is found by their running hashes, whatever their lengths', () => {
    const lengths = fc.tuple(fc.nat(40), fc.nat(40), fc.nat(40))
    fc.assert(
      fc.property(lengths, ([shared, mine, theirs]) => {
        const chain = (side: string, own: number) => (n: number) =>
          n <= shared ? `c${n}` : n <= shared + own ? `${side}${n}` : ''
        const length = shared + Math.min(mine, theirs)
        const parted = firstParting(chain('a', mine), chain('b', theirs), length)
        expect(parted).toBe(mine > 0 && theirs > 0 ? shared + 1 : undefined)
      }),
    )
  })
})

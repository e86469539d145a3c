import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Database } from '../../store/database.ts'
import { openSqlite } from '../../store/sqlite.ts'
import { StoreError } from '../../store/truth.ts'
import { know } from '../pack/kinds.ts'
import { toy, toyKnown } from '../pack/toy-pack.ts'
import { kernelPack } from '../site/kernel-pack.ts'
import { ToyLog, openToyViews } from '../site/toy-log.ts'
import { SiteViews } from '../site/views.ts'
import { loadBase, saveBase } from './base.ts'

const facts = fc.array(
  fc.oneof(
    fc.tuple(fc.constant('toy.seen'), fc.record({ tag: fc.string(), gate: fc.string(), at: fc.nat() })),
    fc.tuple(fc.constant('toy.person'), fc.record({ tag: fc.string(), name: fc.string({ unit: 'binary' }) })),
    fc.tuple(fc.constant('toy.cursed'), fc.record({ tag: fc.string() })),
    fc.tuple(fc.constant('toy.unheard'), fc.jsonValue()),
  ),
  { maxLength: 8 },
)

function logOf(all: readonly (readonly [string, unknown])[]): ToyLog {
  const log = new ToyLog()
  for (const [index, [kind, body]] of all.entries()) log.record(kind, body, index + 1)
  log.decide('key', { left: 4 }, { kind: 'toy.moved', body: { from: 'bank', to: 'a', cents: 4 } })
  return log
}

function viewsOf(log: ToyLog) {
  const opened = openToyViews()
  for (const row of log.rows) opened.views.apply(row)
  opened.views.commit()
  return opened
}

const small = () => viewsOf(logOf([['toy.seen', { tag: 'a', gate: 'north', at: 5 }]]))
const packed = (text: string) => zstdCompressSync(text)
const textOf = (copy: Uint8Array) => zstdDecompressSync(copy).toString()

describe('a base', () => {
  test('VIEW-10 loaded into empty views it gives the same rows, the same place and the same hash', () => {
    fc.assert(
      fc.property(facts, (all) => {
        using from = viewsOf(logOf(all))
        using to = openToyViews()
        expect(loadBase(to.views, saveBase(from.views))).toBe(true)
        expect(to.hash()).toBe(from.hash())
        expect(to.views.cursor).toEqual(from.views.cursor)
        expect(to.views.position('stream1')).toBe(all.length)
      }),
      { numRuns: 40 },
    )
  })

  test('VIEW-10 the log goes on behind it as if it had been followed from the start', () => {
    const log = logOf([['toy.seen', { tag: 'a', gate: 'north', at: 5 }]])
    using from = viewsOf(log)
    using to = openToyViews()
    loadBase(to.views, saveBase(from.views))
    const next = log.record('toy.seen', { tag: 'a', gate: 'north', at: 9 }, 2)
    for (const { views } of [from, to]) views.apply(next)
    expect(to.rows['visits']?.get('a', 'north')).toMatchObject({ hits: 2, last: 9 })
    expect(to.hash()).toBe(from.hash())
  })

  test('what was not committed yet is in it', () => {
    const log = logOf([['toy.seen', { tag: 'a', gate: 'north', at: 5 }]])
    using from = openToyViews()
    using to = openToyViews()
    for (const row of log.rows) from.views.apply(row)
    expect(loadBase(to.views, saveBase(from.views))).toBe(true)
    expect(to.views.position('stream1')).toBe(1)
  })
})

describe('a base that cannot be used leaves the views empty', () => {
  const refused = (copy: Uint8Array) => {
    using to = openToyViews()
    using empty = openToyViews()
    const loaded = loadBase(to.views, copy)
    expect(to.views.cursor).toEqual({ n: 0, chain: '' })
    expect(to.hash()).toBe(empty.hash())
    return !loaded
  }

  test('it was made under other rules', () => {
    using from = small()
    using other = openToyViews(know(kernelPack, [{ ...toy, rules: 'toy-2' }]))
    expect(loadBase(other.views, saveBase(from.views))).toBe(false)
    expect(other.views.cursor.n).toBe(0)
    expect(toyKnown.rules).not.toBe(other.views.known.rules)
  })

  test('it is no base at all', () => {
    expect(refused(Buffer.from('nonsense'))).toBe(true)
    expect(refused(Buffer.alloc(0))).toBe(true)
  })

  test('its file was cut off', () => {
    using from = small()
    const copy = saveBase(from.views)
    for (const length of [1, copy.length >> 1, copy.length - 1])
      expect(refused(copy.subarray(0, length))).toBe(true)
  })

  test('a row was altered, left out or moved to another table', () => {
    using from = small()
    const text = textOf(saveBase(from.views))
    expect(refused(packed(text.replace('["a","north",1,5]', '["a","north",2,5]')))).toBe(true)
    expect(refused(packed(text.replace('\n["a","north",1,5]', '')))).toBe(true)
    expect(refused(packed(text.replace('["bank",-4]', '["bank",-3]')))).toBe(true)
  })

  test('its text is damaged: a row that is no JSON, too short, twice, or no header', () => {
    using from = small()
    const text = textOf(saveBase(from.views))
    const row = '["a","north",1,5]'
    for (const damaged of ['["a","north",1,5', '["a","north",1]', `${row}\n${row}`, '[{}]', 'null'])
      expect(refused(packed(text.replace(row, damaged)))).toBe(true)
    expect(refused(packed(text.replace('{', '')))).toBe(true)
    expect(refused(packed(text.replace(/^.*/, 'null')))).toBe(true)
  })

  test('a disk that is full is no damage', () => {
    using from = small()
    const inner = openSqlite(':memory:', { durable: false })
    let full = false
    const database: Database = {
      exec: (sql) => inner.exec(sql),
      close: () => inner.close(),
      prepare: (sql) => {
        if (full && sql.startsWith('INSERT')) throw new StoreError('full', 'the disk is full')
        return inner.prepare(sql)
      },
    }
    const views = new SiteViews(database, toyKnown)
    full = true
    expect(() => loadBase(views, saveBase(from.views))).toThrow('the disk is full')
    views.rollback()
    full = false
    expect(loadBase(views, saveBase(from.views))).toBe(true)
  })

  test('VIEW-10 it says another hash than its rows have', () => {
    using from = small()
    expect(refused(packed(textOf(saveBase(from.views)).replace(from.hash(), 'x'.repeat(43))))).toBe(true)
  })
})

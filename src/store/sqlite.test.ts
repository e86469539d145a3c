import { mkdtempDisposableSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { Database, Value } from './database.ts'
import { assertSafety } from './sqlite-safety.ts'
import { openSqlite } from './sqlite.ts'

describe('what is bound', () => {
  test('values come back as they were', () => {
    using db = opened()
    db.exec('CREATE TABLE t (a ANY) STRICT')
    const values: readonly Value[] = [
      '',
      'é🏁',
      'nul \0 inside',
      0,
      -1,
      2 ** 53 - 1,
      1.5,
      null,
      new Uint8Array([0, 255]),
    ]
    for (const value of values) db.prepare('INSERT INTO t VALUES (?)').run(value)
    expect(
      db
        .prepare('SELECT a FROM t')
        .all()
        .map(({ a }) => a),
    ).toEqual(values)
  })

  for (const [what, value] of [
    ['a date', new Date(0)],
    ['an object', { a: 1 }],
    ['undefined', undefined],
    ['a boolean', true],
    ['a bigint', 1n],
    ['NaN', Number.NaN],
    ['infinity', Infinity],
    ['half a character', '\ud83c'],
  ] as const) {
    test(`${what} is refused, and nothing is stored`, () => {
      using db = opened()
      db.exec('CREATE TABLE t (a ANY) STRICT')
      const values = [value] as unknown as readonly Value[]
      expect(() => db.prepare('INSERT INTO t VALUES (?)').run(...values)).toThrow(TypeError)
      expect(db.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 0 })
    })
  }

  test('too few and too many values are refused; a ? within quotes is text', () => {
    using db = opened()
    const statement = db.prepare(`SELECT ? AS a, '?' AS "b?" -- why?`)
    expect(() => statement.get()).toThrow('0 values for 1 places')
    expect(() => statement.all(1, 2)).toThrow('2 values for 1 places')
    expect([...statement.iterate('x')]).toEqual([{ a: 'x', 'b?': '?' }])
  })

  test('the same text gives the same statement', () => {
    using db = opened()
    expect(db.prepare('SELECT 1 AS a')).toBe(db.prepare('SELECT 1 AS a'))
  })

  test('an error in our own SQL stays what it is', () => {
    using db = opened()
    expect(() => db.prepare('SELECT nothing')).toThrow(expect.objectContaining({ code: 'ERR_SQLITE_ERROR' }))
  })
})

describe('what a connection promises about power cuts', () => {
  test('STORE-17 truth waits for the disk, views do not; both are read back', () => {
    using folder = newFolder()
    const path = join(folder.path, 'a.db')
    for (const [durable, level] of [
      [true, 2],
      [false, 1],
    ] as const) {
      using db = opened(path, durable)
      expect(db.prepare('SELECT * FROM pragma_synchronous').get()).toEqual({ synchronous: level })
      expect(db.prepare('SELECT * FROM pragma_journal_mode').get()).toEqual({ journal_mode: 'wal' })
    }
  })

  test('a connection on which somebody changed it is refused in words', () => {
    using folder = newFolder()
    using db = opened(join(folder.path, 'a.db'))
    expect(() => assertSafety(db, true)).not.toThrow()
    db.exec('PRAGMA synchronous = OFF')
    expect(() => assertSafety(db, true)).toThrow(
      /a\.db: SQLite runs with synchronous 0 instead of 2, so a power cut/,
    )
    db.exec('PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE')
    expect(() => assertSafety(db, true)).toThrow(/journal_mode delete instead of wal/)
  })

  test('a reader of a file that is not in WAL is refused in words', () => {
    using folder = newFolder()
    const path = join(folder.path, 'a.db')
    const other = new DatabaseSync(path)
    other.exec('CREATE TABLE t (a)')
    expect(() => openSqlite(path, { durable: true, readOnly: true })).toThrow(
      /journal_mode delete instead of wal/,
    )
    other.close()
  })
})

describe('what the disk refuses', () => {
  test('a reader may not write', () => {
    using folder = newFolder()
    const path = join(folder.path, 'a.db')
    using writer = opened(path)
    writer.exec('CREATE TABLE t (a ANY) STRICT')
    const reader = openSqlite(path, { durable: true, readOnly: true })
    expect(() => reader.exec('INSERT INTO t VALUES (1)')).toThrow(refusal('io', /may not be written/))
    reader.close()
  })

  test('a second writer waits, then says who is in the way', () => {
    using folder = newFolder()
    const path = join(folder.path, 'a.db')
    using first = opened(path)
    const second = openSqlite(path, { durable: true, busyMs: 10 })
    first.exec('BEGIN IMMEDIATE')
    expect(() => second.exec('BEGIN IMMEDIATE')).toThrow(refusal('io', /another program holds the file/))
    second.close()
  })

  test('a file cut short beneath an open connection', () => {
    using folder = newFolder()
    const path = join(folder.path, 'a.db')
    using db = opened(path)
    db.exec(`CREATE TABLE t (a TEXT) STRICT; WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 5000)
      INSERT INTO t SELECT printf('%0200d', n) FROM c; PRAGMA wal_checkpoint(TRUNCATE)`)
    using reader = opened(path)
    truncateSync(path, 40_960)
    expect(() => [...reader.prepare('SELECT * FROM t').iterate()]).toThrow(
      refusal('io', /damaged|failed to read/),
    )
  })
})

function refusal(reason: string, words: RegExp): unknown {
  return expect.objectContaining({ name: 'StoreError', reason, message: expect.stringMatching(words) })
}

function opened(path = ':memory:', durable = true): Database & Disposable {
  const db = openSqlite(path, { durable })
  return Object.assign(db, { [Symbol.dispose]: () => db.close() })
}

function newFolder() {
  return mkdtempDisposableSync(join(tmpdir(), 'regie-store-'))
}

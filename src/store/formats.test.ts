import { existsSync, mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Database } from './database.ts'
import { expectFormat, takeFormat, type Format } from './formats.ts'
import { openSqlite } from './sqlite.ts'

const one: Format = { tables: 'CREATE TABLE t (a TEXT) STRICT', steps: [] }
const three: Format = {
  tables: 'CREATE TABLE t (a TEXT, b TEXT, c TEXT) STRICT',
  steps: [
    (db) => db.exec(`ALTER TABLE t ADD COLUMN b TEXT; UPDATE t SET b = a || '!'`),
    (db) => db.exec('ALTER TABLE t ADD COLUMN c TEXT; UPDATE t SET c = b || b'),
  ],
}

test('STORE-17 an empty file gets the newest tables, and no copy', () => {
  using place = newPlace()
  takeFormat(place.db, place.path, three)
  expect(formatOf(place.db)).toBe(3)
  takeFormat(place.db, place.path, three)
  expect(existsSync(`${place.path}.format-0`)).toBe(false)
})

test('STORE-17 an older file is copied, then led through every step', () => {
  using place = older()
  // What a copy left behind that was cut short.
  writeFileSync(`${place.path}.format-1.part`, 'half a copy')
  takeFormat(place.db, place.path, three)
  expect(place.db.prepare('SELECT * FROM t').all()).toEqual([{ a: 'x', b: 'x!', c: 'x!x!' }])
  expect(formatOf(place.db)).toBe(3)
  const copy = openSqlite(`${place.path}.format-1`, { durable: true })
  expect([formatOf(copy), copy.prepare('SELECT * FROM t').all()]).toEqual([1, [{ a: 'x' }]])
  copy.close()
  expect(existsSync(`${place.path}.format-1.part`)).toBe(false)
})

test('STORE-17 a step that fails leaves the file as it was', () => {
  using place = older()
  const broken: Format = {
    ...three,
    steps: [...three.steps.slice(0, 1), () => fail('no such luck')],
  }
  expect(() => takeFormat(place.db, place.path, broken)).toThrow('no such luck')
  expect([formatOf(place.db), place.db.prepare('SELECT * FROM t').all()]).toEqual([1, [{ a: 'x' }]])
  takeFormat(place.db, place.path, three)
  expect(formatOf(place.db)).toBe(3)
})

test('STORE-17 a newer file is refused in words and not touched', () => {
  using place = newPlace()
  takeFormat(place.db, place.path, three)
  const words = /a newer Regie wrote this file \(format 3\); this one reads up to 1/
  expect(() => takeFormat(place.db, place.path, one)).toThrow(words)
  expect(() => expectFormat(place.db, place.path, one)).toThrow(words)
  expect(formatOf(place.db)).toBe(3)
})

test('STORE-17 a reader refuses a file that was not migrated yet', () => {
  using place = older()
  expect(() => expectFormat(place.db, place.path, three)).toThrow(/must be opened for writing first/)
})

test('STORE-17 a database of another program is refused in words and not touched', () => {
  using place = newPlace()
  place.db.exec('CREATE TABLE theirs (a TEXT)')
  expect(() => takeFormat(place.db, place.path, one)).toThrow(/another program made it/)
})

function older() {
  const place = newPlace()
  takeFormat(place.db, place.path, one)
  place.db.exec(`INSERT INTO t VALUES ('x')`)
  return place
}

function newPlace() {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'regie-store-'))
  const path = join(folder.path, 'a.db')
  const db = openSqlite(path, { durable: true })
  const dispose = () => {
    db.close()
    folder.remove()
  }
  return { db, path, [Symbol.dispose]: dispose }
}

function formatOf(db: Database): unknown {
  return db.prepare('SELECT user_version FROM pragma_user_version').get()?.user_version
}

function fail(words: string): never {
  throw new Error(words)
}

// What holds the fuzz's box to its word must itself be able to say no.
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { logSpan } from '../../src/store/truth-tables.ts'
import { acksIn } from './fuzz/acks-in-log.ts'
import { smallest } from './fuzz/tally.ts'
import { Acked } from './fuzz/target.ts'

test('what was acknowledged and is not in the log is found', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'regie-acks-'))
  const path = join(folder.path, 'truth.db')
  const db = new DatabaseSync(path)
  db.exec('CREATE TABLE sites (site, id); CREATE TABLE log (id, head, bodies)')
  db.exec(`INSERT INTO sites VALUES ('fair', 1)`)
  const add = db.prepare('INSERT INTO log VALUES (?, ?, ?)')
  add.run(logSpan + 1, '["a",0,["fair.moved"],0,"ada/k1"]', '{}')
  add.run(logSpan + 2, '["r",0,"fair.seen"]', '{"gate":"g","hits":1}')
  db.close()
  const acked = new Acked()
  acked.decided('fair', 1, 'k1')
  acked.recorded('g 1')
  expect(acksIn(path, acked)).toEqual([])
  acked.decided('fair', 2, 'k2')
  acked.recorded('g 2')
  expect(acksIn(path, acked)).toHaveLength(2)
})

test('a failure is shown by the parts that it needs', async () => {
  const isWrong = async (parts: readonly number[]) => parts.includes(3) && parts.includes(5)
  expect(await smallest([1, 2, 3, 4, 5, 6], isWrong)).toEqual([3, 5])
})

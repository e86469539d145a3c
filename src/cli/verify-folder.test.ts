import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { know } from '../kernel/pack/kinds.ts'
import { kernelPack } from '../kernel/site/kernel-pack.ts'
import { openSqlite } from '../store/sqlite.ts'
import { fair } from '../world/fair/pack.ts'
import { fairFolder as makeFair, fairKnown as known } from './fair-folder.example.ts'
import { verifyFolder } from './verify-folder.ts'

const nothing = () => {}
let path = ''

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'regie-verify-test-'))
})
afterEach(() => rmSync(path, { recursive: true }))

const fairFolder = (name: string, last?: string) => makeFair(join(path, `${name}.db`), join(path, name), last)

test('VIEW-4 views that are as the log says have nothing to name', () => {
  const folder = fairFolder('fine')
  expect(verifyFolder(folder, known, nothing)).toEqual([{ site: 'fair', n: 202, views: 202, findings: [] }])
})

test('VIEW-4 one row altered by SQL is named, with what it should be', () => {
  const folder = fairFolder('altered')
  const views = openSqlite(join(folder.views, 'fair.views'), { durable: false })
  views.exec(`UPDATE fair_accounts SET cents = 9999 WHERE account = 'wallet:v1'`)
  views.close()
  const [report] = verifyFolder(folder, known, nothing)
  expect(report?.findings).toEqual([
    {
      is: 'row',
      table: 'fair_accounts',
      key: 'wallet:v1',
      have: '["wallet:v1",9999,1]',
      want: '["wallet:v1",500,1]',
    },
  ])
})

test('VIEW-4 a row too many and a row too few are named', () => {
  const folder = fairFolder('rows')
  const views = openSqlite(join(folder.views, 'fair.views'), { durable: false })
  views.exec(`DELETE FROM fair_visits WHERE tag = 'v3'`)
  views.exec(`INSERT INTO fair_stalls VALUES ('ghost', 1)`)
  views.close()
  const findings = verifyFolder(folder, known, nothing)[0]?.findings ?? []
  expect(findings).toContainEqual(expect.objectContaining({ table: 'fair_stalls', key: 'ghost', want: null }))
  expect(findings).toContainEqual(
    expect.objectContaining({ table: 'fair_visits', key: 'v3 north', have: null }),
  )
})

test('LOG-3 an entry altered by SQL is named', () => {
  const folder = fairFolder('log')
  const truth = openSqlite(folder.truth, { durable: true })
  truth.exec(
    `UPDATE log SET bodies = replace(bodies, '"hits":57}', '"hits":58}') WHERE bodies LIKE '%"hits":57}'`,
  )
  truth.close()
  expect(verifyFolder(folder, known, nothing)[0]?.findings[0]).toEqual({ is: 'altered entry', n: 58 })
})

test('LOG-3 two logs that part are compared to the first entry that differs', () => {
  const [mine, theirs] = [fairFolder('mine'), fairFolder('theirs', 'somebody else')]
  expect(verifyFolder(mine, known, nothing, theirs.truth)[0]?.parts).toBe(151)
  expect(verifyFolder(mine, known, nothing, mine.truth)[0]?.parts).toBeUndefined()
})

test('views of another version are not compared, and said so', () => {
  const folder = fairFolder('other')
  const other = know(kernelPack, [{ ...fair, rules: 'another' }])
  expect(verifyFolder(folder, other, nothing)[0]).toMatchObject({ unread: 'other rules', findings: [] })
})

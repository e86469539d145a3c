import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { headText } from '../kernel/entry.ts'
import { know } from '../kernel/pack/kinds.ts'
import { kernelPack } from '../kernel/site/kernel-pack.ts'
import type { Item } from '../kernel/site/sequencer.ts'
import { viewsFolder } from '../kernel/site/views-folder.ts'
import { WriterCore } from '../kernel/site/writer-core.ts'
import { openSqlite } from '../store/sqlite.ts'
import { SqliteTruth } from '../store/truth-sqlite.ts'
import { openTruthFile } from '../store/truth-tables.ts'
import { fair } from '../world/fair/pack.ts'
import { verifyFolder } from './verify-folder.ts'

const known = know(kernelPack, [fair])
const at = [1, 1_800_000_000_000, 2] as const
const nothing = () => {}
let path = ''

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'regie-verify-test-'))
})
afterEach(() => rmSync(path, { recursive: true }))

/** A box's folder with a day of the fair in it. */
function fairFolder(name: string, last = 'v9') {
  const folder = { truth: join(path, `${name}.db`), views: join(path, name) }
  const truthFile = openTruthFile(folder.truth)
  const truth = new SqliteTruth(truthFile)
  const writer = new WriterCore(known, viewsFolder(folder.views), { bytes: (size) => new Uint8Array(size) })
  const stream = 'stream0000000001'
  const rows = Array.from({ length: 200 }, (_, index) => {
    const seq = index + 1
    const head = headText({ form: 'r', at, kind: 'fair.seen', from: { box: 'box1', stream, seq } })
    const tag = seq === 150 ? last : `v${seq % 9}`
    return { seq, head, body: JSON.stringify({ tag, gate: 'north', at: seq, hits: seq }) }
  })
  const items: Item[] = [
    { do: 'say', facts: [{ kind: 'site.keeper', body: { term: `1/box1/1/${stream}`, how: 'birth' } }] },
    { do: 'records', box: 'box1', stream, rows },
    { do: 'act', action: 'fair.grant', key: 'k1', who: 'tester', input: { tag: 'v1', cents: 500 } },
  ]
  writer.open('fair')
  const step = writer.step('fair', items, at)
  truth.commitGroup([[{ do: 'entries', site: 'fair', rows: step.rows }]])
  writer.settle('fair', 'commit')
  writer.close()
  truthFile.close()
  return folder
}

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

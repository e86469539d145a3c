import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqlite } from '../store/sqlite.ts'
import type { EntryJson } from './entry-words.ts'
import { Altered, cell, exportSite } from './export-site.ts'
import { fairData, fairKnown } from './fair-folder.example.ts'
import { readFolder, siteIn } from './read-folder.ts'

let path = ''
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'regie-export-test-'))
})
afterEach(() => rmSync(path, { recursive: true }))

function exported(): string {
  const target = join(path, 'out')
  mkdirSync(target)
  using reading = readFolder(path, 'frozen')
  const parts = {
    truth: reading.truth,
    known: fairKnown,
    scratch: join(path, 'scratch'),
    about: {},
    readme: 'x',
  }
  exportSite({ ...parts, progress: () => {} }, siteIn(reading, undefined), target)
  return target
}

const lines = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')

test('an export holds every entry and every row, and sums that hold', () => {
  fairData(path)
  const out = exported()
  const entries = lines(out, 'log.jsonl').map((line) => JSON.parse(line) as EntryJson)
  expect(entries.map(({ n }) => n)).toEqual(Array.from({ length: 202 }, (_, index) => index + 1))
  expect(entries[150]).toMatchObject({
    form: 'record',
    at: { time: '2027-01-15T08:00:00.001Z', quality: 2, mono: 1 },
    from: { box: 'box1', seq: 150 },
    facts: [{ kind: 'fair.seen', body: { tag: 'v9', hits: 150 } }],
  })
  expect(entries[201]).toMatchObject({ form: 'decision', asked: { action: 'fair.grant', who: 'tester' } })
  expect(lines(out, 'tables/fair_accounts.csv')[0]).toContain('account,cents')
  expect(lines(out, 'tables/fair_accounts.jsonl')).toContain('{"account":"wallet:v1","cents":500,"moves":1}')
  for (const line of lines(out, 'SHA256SUMS')) {
    const [sum, name = ''] = line.split('  ')
    expect(
      createHash('sha256')
        .update(readFileSync(join(out, name)))
        .digest('hex'),
    ).toBe(sum)
  }
})

test('LOG-3 the running hash can be computed from an export alone', () => {
  fairData(path)
  const out = exported()
  let chain = ''
  const texts = lines(out, 'entries.txt')
  for (let at = 0; at < texts.length;) {
    const head = texts[at] as string
    const parts = JSON.parse(head) as unknown[]
    const count = parts[0] === 'r' || parts[0] === 'q' ? 1 : (parts[2] as string[]).length
    const bodies = texts
      .slice(at + 1, at + 1 + count)
      .map((line) =>
        line.startsWith('^') ? `~${createHash('sha256').update(line).digest('base64url')}` : line,
      )
    chain = createHash('sha256')
      .update([chain, head, bodies.join('\n')].join('\n'))
      .digest('base64url')
    at += 1 + count
  }
  const site = JSON.parse(readFileSync(join(out, 'site.json'), 'utf8')) as { n: number; chain: string }
  expect(site).toMatchObject({ n: 202, chain })
})

test('a log that was altered is not exported as if it were what happened', () => {
  const { truth } = fairData(path)
  const database = openSqlite(truth, { durable: true })
  database.exec(
    `UPDATE log SET bodies = replace(bodies, '"hits":57}', '"hits":58}') WHERE bodies LIKE '%"hits":57}'`,
  )
  database.close()
  expect(exported).toThrow(new Altered(58))
})

test('a text that a spreadsheet would take for a formula does not become one', () => {
  expect(['=1+1', '+33', '-x', '@a', 'a;b', 'a"b', 'fine', 3, true, null, { a: 1 }].map(cell)).toEqual([
    "'=1+1",
    "'+33",
    "'-x",
    "'@a",
    '"a;b"',
    '"a""b"',
    'fine',
    '3',
    'true',
    '',
    '"{""a"":1}"',
  ])
})

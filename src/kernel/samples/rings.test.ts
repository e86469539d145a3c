import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sampleRings } from './rings.ts'

const days = 24 * 3_600_000

test('SAMPLE-4 the rings are those of the page, each with its rows, bytes and days', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/spec/samples.md'), 'utf8')
  const rows = [...page.matchAll(/^\| `(\w+)` \|[^|]*\| ([\d ]+) \| (\d+) \| (\d+) \|$/gm)]
  const told = rows.map(([, name, count, mega, age]) => [
    name,
    Number(count?.replaceAll(' ', '')),
    Number(mega) * 1e6,
    Number(age) * days,
  ])
  expect(told).toEqual(
    Object.entries(sampleRings).map(([name, { keepRows, keepBytes, keepMs }]) => [
      name,
      keepRows,
      keepBytes,
      keepMs,
    ]),
  )
})

test('SAMPLE-4 what a box keeps of itself is at most 200 MB of lines', () => {
  expect(sampleRings.logs.keepBytes + sampleRings.drivers.keepBytes).toBeLessThanOrEqual(200e6)
})

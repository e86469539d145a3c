import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { seededRandom } from '../manual-machine.ts'
import { toyKnown } from '../pack/toy-pack.ts'
import { openSqlite } from '../../store/sqlite.ts'
import { ToyLog } from './toy-log.ts'
import { viewsFolder } from './views-folder.ts'
import { WriterCore } from './writer-core.ts'

const folder = mkdtempSync(join(tmpdir(), 'regie-views-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** How often a text stands in the bytes of the files here. */
function standing(text: string): number {
  const bytes = readdirSync(folder).map((name) => readFileSync(join(folder, name)))
  return bytes.reduce((count, each) => count + each.toString('latin1').split(text).length - 1, 0)
}

test('LOG-16 names that were erased are in no page of the views that fell free, and not in the log beside them', () => {
  const core = new WriterCore(toyKnown, viewsFolder(folder), seededRandom(1))
  core.open('fair')
  const log = new ToyLog()
  // So many that whole pages fall free.
  const people = Array.from({ length: 400 }, (_, index) => ({
    tag: `t${index}`,
    name: `Unverwechselbar ${index}`,
  }))
  for (const body of people) log.say({ kind: 'toy.signed', body })
  core.follow('fair', log.rows)
  const reader = openSqlite(join(folder, 'fair.views'), { durable: false, readOnly: true })
  reader.prepare('SELECT count(*) FROM regie_cursor').get()
  expect(standing('Unverwechselbar')).toBeGreaterThanOrEqual(people.length)

  const erasure = log.erase(...people.slice(1).map((_, index) => ({ n: index + 2, i: 0 })))
  core.follow('fair', [erasure])
  core.dropBases('fair', erasure.n)
  expect(standing('Unverwechselbar 0')).toBe(1)
  expect(standing('Unverwechselbar')).toBe(1)
  reader.close()
  core.close()
})

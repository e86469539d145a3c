import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LogRow } from '../../store/truth.ts'
import { seededRandom } from '../manual-machine.ts'
import { toyKnown } from '../pack/toy-pack.ts'
import { at } from '../site/toy-log.ts'
import { act, pay, records, seenRows } from '../site/toy-keeper.ts'
import type { Item } from '../site/sequencer.ts'
import { WriterCore } from '../site/writer-core.ts'
import type { ViewsHome } from '../site/writer-core.ts'
import type { Ran, Runner } from './runner.ts'

export type RunnerPlace = {
  readonly home: ViewsHome
  readonly runner: Runner
  readonly end: () => Promise<void>
  /** Reads what was committed before while a writer is in the middle; else it says that it is away. */
  readonly readsBeside: boolean
}

/** What every Runner does, in whatever thread, on whatever card. */
export function runnerContract(name: string, open: () => RunnerPlace): void {
  describe(`a runner ${name}`, () => {
    let place: RunnerPlace
    let writer: WriterCore

    beforeEach(() => {
      place = open()
      writer = new WriterCore(toyKnown, place.home, seededRandom(5))
      writer.open('fair')
    })
    afterEach(async () => {
      await place.end()
      writer.close()
    })

    const step = (...items: readonly Item[]): readonly LogRow[] => writer.step('fair', items, at).rows
    const kept = (...items: readonly Item[]) => {
      const rows = step(...items)
      writer.settle('fair', 'commit')
      return rows
    }
    const run = (query: string, input: unknown = {}, known: string | null = null) =>
      place.runner.run('fair', query, JSON.stringify(input), known)
    const lines = (ran: Ran) => ('lines' in ran && ran.lines !== '' ? ran.lines.split('\n') : [])

    test('LIVE-3 answers from what is committed, and says where that stands', async () => {
      kept(pay('k1'))
      step(pay('k2'))
      const during = await run('toy.accounts', { least: 0 })
      expect(during).toMatchObject(place.readsBeside ? { is: 'rows', n: 1 } : { is: 'away' })
      writer.settle('fair', 'rollback')
      expect(await run('toy.accounts', { least: 0 })).toMatchObject({ is: 'rows', n: 1, rows: 1 })
      kept(pay('k2'))
      const ran = await run('toy.accounts', { least: 0 })
      expect(ran).toMatchObject({ is: 'rows', n: 2, rows: 1 })
      expect(lines(ran)).toEqual(['["a"]', '{"account":"a","cents":10}'])
      expect((await run('toy.even')).is).toBe('rows')
    })

    test('LIVE-2 equal answers have equal hashes, and are not carried twice', async () => {
      kept(pay('k1'))
      const first = await run('toy.account', { account: 'a' })
      kept(pay('k2', 1, 'a'))
      kept(act('toy.pay', 'k3', { from: 'bank', to: 'b', cents: 1 }))
      const hash = 'hash' in first ? first.hash : ''
      expect(await run('toy.account', { account: 'bank' }, hash)).toMatchObject({ is: 'rows', n: 3 })
      const again = await run('toy.account', { account: 'a' }, hash)
      expect(again).toMatchObject({ is: 'same', n: 3, rows: 1, hash })
    })

    test('an answer without rows is an answer', async () => {
      const ran = await run('toy.account', { account: 'nobody' })
      expect(ran).toMatchObject({ is: 'rows', n: 0, rows: 0, lines: '' })
    })

    test('LIVE-5 a part of a table by its index, and SQL over the whole', async () => {
      kept(records(seenRows(1, 3)), pay('k1'))
      expect(lines(await run('toy.gate', { gate: 'north' }))).toHaveLength(2)
      expect(lines(await run('toy.gate', { gate: 'north', last: 2 }))).toHaveLength(0)
      expect(lines(await run('toy.sum'))).toEqual(['["sum"]', '{"what":"sum","cents":0}'])
    })

    test('LIVE-12 a query that throws says why, and the next goes on', async () => {
      kept(pay('k1'))
      expect(await run('toy.even')).toMatchObject({ is: 'failed', why: 'a is odd' })
      expect(await run('toy.nothing')).toMatchObject({ is: 'failed' })
      expect(await run('toy.accounts', { least: 0 })).toMatchObject({ is: 'rows', n: 1 })
    })

    test('a site without views is away', async () => {
      expect(await place.runner.run('elsewhere', 'toy.accounts', '{}', null)).toMatchObject({ is: 'away' })
    })

    test('LIVE-11 views that were made anew are read, not those that were before', async () => {
      kept(pay('k1'), pay('k2'))
      expect(await run('toy.accounts', { least: 0 })).toMatchObject({ n: 2 })
      writer.reset('fair', 0)
      expect(await run('toy.accounts', { least: 0 })).toMatchObject({ is: 'rows', n: 0, rows: 0 })
      kept(pay('k1'))
      expect(await run('toy.accounts', { least: 0 })).toMatchObject({ is: 'rows', n: 1, rows: 1 })
    })

    test('many runs at once are all answered, in their order', async () => {
      kept(pay('k1'))
      const all = await Promise.all(Array.from({ length: 50 }, () => run('toy.accounts', { least: 0 })))
      expect(all.every((ran) => ran.is === 'rows' && ran.n === 1)).toBe(true)
    })
  })
}

import { expect, test } from 'vitest'
import type { LogRow, Truth, Write } from '../../store/truth.ts'
import { bodyLine, hollowLine, nextChain } from '../entry.ts'
import { seededRandom } from '../manual-machine.ts'
import { ToyLog, at, toyRecord } from '../site/toy-log.ts'
import type { Erased, Writer } from '../site/writer.ts'
import { eraseFromDisk } from './erasure.ts'

/** A disk with one log on it, and views that know of these erasures. */
function disk(rows: readonly LogRow[], erased: readonly Erased[]) {
  const log = new Map(rows.map((row) => [row.n, row]))
  const commits: Write[][] = []
  const dropped: number[] = []
  const truth = {
    entries: async (_site: string, after: number) => [log.get(after + 1)].flatMap((row) => row ?? []),
    commit: async (writes: Write[]) => {
      commits.push(writes)
      for (const write of writes) {
        const row = write.do === 'hollow' ? log.get(write.n) : undefined
        if (row && write.do === 'hollow') log.set(row.n, { ...row, bodies: write.bodies })
      }
    },
  } as unknown as Truth
  const writer = {
    erased: async (_site: string, from: number) => erased.filter(({ by }) => by >= from),
    dropBases: async (_site: string, before: number) => void dropped.push(before),
  } as unknown as Writer
  return { log, commits, dropped, erase: (from = 0) => eraseFromDisk(truth, writer, 'fair', from) }
}

function story() {
  const log = new ToyLog()
  log.record('toy.person', { tag: 'a', name: 'Ada' }, 1, 'strm1', 'boxa')
  log.decide(
    'key',
    1,
    { kind: 'toy.moved', body: { from: 'bank', to: 'a', cents: 1 } },
    { kind: 'toy.signed', body: { tag: 'b', name: 'Bob' } },
    { kind: 'toy.signed', body: { tag: 'c', name: 'Cyd' } },
  )
  return log.rows
}

test('LOG-4 the bodies leave the log and the journal, the running hash stays', async () => {
  const rows = story()
  const { log, commits, erase } = disk(rows, [
    { n: 1, i: 0, by: 3 },
    { n: 2, i: 1, by: 3 },
  ])
  await erase()
  const kept = [...log.values()]
  expect(JSON.stringify(kept)).not.toMatch(/Ada|Bob/)
  expect(JSON.stringify(kept)).toContain('Cyd')
  expect(nextChain(nextChain('', kept[0] as LogRow), kept[1] as LogRow)).toBe(rows[1]?.chain)
  expect(commits.flat()).toMatchObject([
    { do: 'hollow', n: 1 },
    { do: 'hollowRecord', box: 'boxa', stream: 'strm1', seq: 1, body: kept[0]?.bodies },
    { do: 'hollow', n: 2 },
  ])
})

const rejected: [string, string, (line: string) => string][] = [
  ['with its salt there', 'toy.person', hollowLine],
  ['without a salt, whole', 'toy.seen', () => '~'],
]
test.each(rejected)(
  'LOG-16 a record that could not be judged leaves the journal too: %s',
  async (_, kind, left) => {
    const record = toyRecord(kind, { tag: 'a', name: 'Ada' }, 1)
    const from = { box: 'boxa', stream: 'strm1', seq: 1 }
    const log = new ToyLog()
    const kept = { head: record.head, body: record.body }
    log.add({ form: 'q', at, kind: 'unknown', from, why: 'a reason' }, bodyLine(kept, seededRandom()))
    const { log: disked, commits, erase } = disk(log.rows, [{ n: 1, i: 0, by: 2 }])
    await erase()
    expect(commits.flat()).toMatchObject([
      { do: 'hollow', n: 1 },
      { do: 'hollowRecord', ...from, body: left(record.body) },
    ])
    expect(JSON.stringify([...disked.values(), commits])).not.toContain('Ada')
    await erase()
    expect(commits).toHaveLength(1)
  },
)

test('LOG-4 done twice, the second time writes nothing to the log; bases that show the person go each time', async () => {
  const { commits, dropped, erase } = disk(story(), [{ n: 1, i: 0, by: 3 }])
  await erase()
  await erase()
  expect(commits).toHaveLength(1)
  expect(dropped).toEqual([3, 3])
})

test('LOG-4 only erasures from a place on are looked at', async () => {
  const { commits, dropped, erase } = disk(story(), [{ n: 1, i: 0, by: 3 }])
  await erase(4)
  expect([commits, dropped]).toEqual([[], []])
})

test('LOG-4 a place that is not there, or holds nobody, is passed over', async () => {
  const { commits, erase } = disk(story(), [
    { n: 2, i: 0, by: 3 },
    { n: 9, i: 0, by: 3 },
    { n: 2, i: 7, by: 3 },
  ])
  await erase()
  expect(commits).toEqual([])
})

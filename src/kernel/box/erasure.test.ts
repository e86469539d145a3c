import { expect, test } from 'vitest'
import { manualTime } from '../../store/manual-time.ts'
import { openSqlite } from '../../store/sqlite.ts'
import { TruthFront, answerRead } from '../../store/truth-front.ts'
import { SqliteTruth } from '../../store/truth-sqlite.ts'
import { openTruthFile } from '../../store/truth-tables.ts'
import type { LogRow, RecordRow, Write } from '../../store/truth.ts'
import { bodyLine, hollowLine, nextChain, parseHead } from '../entry.ts'
import { seededRandom } from '../manual-machine.ts'
import { toyKnown } from '../pack/toy-pack.ts'
import { ToyLog, at, hollowed, toyRecord } from '../site/toy-log.ts'
import { WriterCore } from '../site/writer-core.ts'
import type { Writer } from '../site/writer.ts'
import { eraseFromDisk } from './erasure.ts'

const site = 'fair'
const from = { box: 'boxa', stream: 'strm1' }

/** A disk with one log and one journal on it, views that follow the log, and a base before its end. */
async function disk(
  rows: readonly LogRow[],
  journal: readonly RecordRow[] = [],
  lost: readonly LogRow[] = [],
) {
  const engine = new SqliteTruth(openTruthFile(':memory:'))
  const commits: (readonly Write[])[] = []
  const truth = new TruthFront(
    {
      read: async (name, ...values) => answerRead(engine.reads, name, values),
      write: async (calls) => {
        commits.push(...calls)
        return engine.commitGroup(calls)
      },
      close: async () => {},
    },
    manualTime(),
  )
  await truth.commit([
    { do: 'entries', site, rows: lost },
    { do: 'giveUp', site, keep: 0 },
    { do: 'entries', site, rows },
    { do: 'records', site, ...from, rows: journal },
  ])
  const bases = new Map([1, 99].map((n) => [n, new Uint8Array()]))
  const core = viewsOver(bases)
  core.open(site)
  core.follow(site, rows)
  const writer = {
    erased: async (of: string, since: number) => core.erased(of, since),
    dropBases: async (of: string, before: number) => core.dropBases(of, before),
  } as Partial<Writer> as Writer
  commits.length = 0
  return {
    commits,
    bases,
    erase: (since = 0) => eraseFromDisk(truth, writer, site, since),
    log: () => truth.entries(site, 0, 1e6),
    journal: () => truth.records({ site, ...from }, 0, 1e6),
    salvage: () => truth.salvage(site, 1e6),
  }
}

function viewsOver(bases: Map<number, Uint8Array>): WriterCore {
  return new WriterCore(
    toyKnown,
    {
      open: () => openSqlite(':memory:', { durable: false }),
      drop: () => {},
      bases: {
        save: (_site, n, copy) => void bases.set(n, copy),
        list: () => [...bases.keys()],
        load: (_site, n) => bases.get(n),
        drop: (_site, before) => {
          for (const n of bases.keys()) if (n < before) bases.delete(n)
        },
      },
    },
    seededRandom(),
  )
}

const person = toyRecord('toy.person', { tag: 'a', name: 'Ada' }, 1, from)

function story(...places: readonly { n: number; i: number }[]) {
  const log = new ToyLog()
  log.add(parseHead(person.head), person.body)
  log.decide(
    'key',
    1,
    { kind: 'toy.moved', body: { from: 'bank', to: 'a', cents: 1 } },
    { kind: 'toy.signed', body: { tag: 'b', name: 'Bob' } },
    { kind: 'toy.signed', body: { tag: 'c', name: 'Cyd' } },
  )
  log.erase(...places)
  return log.rows
}

test('LOG-4 the bodies leave the log and the journal, the running hash stays', async () => {
  const rows = story({ n: 1, i: 0 }, { n: 2, i: 1 })
  const box = await disk(rows, [person])
  await box.erase()
  const log = await box.log()
  const left = JSON.stringify([log, await box.journal()])
  expect(left).not.toMatch(/Ada|Bob/)
  expect(left).toContain('Cyd')
  expect(nextChain(nextChain('', log[0] as LogRow), log[1] as LogRow)).toBe(rows[1]?.chain)
  expect(await box.journal()).toEqual([{ ...person, body: log[0]?.bodies }])
})

test('LOG-16 an entry that came hollow is made hollow in the journal, where the record still stands', async () => {
  const places = [{ n: 1, i: 0 }]
  const box = await disk(
    story(...places).map((row) => hollowed(row, places)),
    [person],
  )
  await box.erase()
  expect(await box.journal()).toEqual([{ ...person, body: hollowLine(person.body) }])
  expect(box.commits).toHaveLength(1)
  await box.erase()
  expect(box.commits).toHaveLength(1)
})

const rejected: [string, string, (line: string) => string][] = [
  ['with its salt there', 'toy.person', hollowLine],
  ['without a salt, whole', 'toy.seen', () => '~'],
]
test.each(
  rejected.flatMap(([what, ...rest]) => [
    [what, false, ...rest] as const,
    [`${what}, its entry came hollow`, true, ...rest] as const,
  ]),
)(
  'LOG-16 a record that could not be judged leaves the journal too: %s',
  async (_, cameHollow, kind, left) => {
    const record = toyRecord(kind, { tag: 'a', name: 'Ada' }, 1, from)
    const log = new ToyLog()
    const kept = bodyLine({ head: record.head, body: record.body }, seededRandom())
    log.add({ form: 'q', at, kind: 'unknown', from: { ...from, seq: 1 }, why: 'a reason' }, kept)
    const places = [{ n: 1, i: 0 }]
    log.erase(...places)
    const box = await disk(cameHollow ? log.rows.map((row) => hollowed(row, places)) : log.rows, [record])
    await box.erase()
    expect(await box.journal()).toEqual([{ ...record, body: left(record.body) }])
    expect(JSON.stringify([await box.log(), box.commits])).not.toContain('Ada')
    await box.erase()
    expect(box.commits).toHaveLength(1)
  },
)

test('LOG-24 what a lost branch has of an erased person goes from the salvage, and the box is told so', async () => {
  const branch = new ToyLog()
  branch.decide('other', 1)
  branch.add(parseHead(person.head), person.body)
  const box = await disk(story({ n: 1, i: 0 }), [], branch.rows)
  expect(await box.erase()).toBe(true)
  const [other, record] = await box.salvage()
  expect(other).toMatchObject({ n: 1, bodies: '' })
  expect(record).toMatchObject({ n: 2, head: person.head, bodies: hollowLine(person.body) })
  expect(await box.erase()).toBe(false)
})

test('LOG-16 other records of the stream, and a journal without the record, are left alone', async () => {
  const other = toyRecord('toy.person', { tag: 'b', name: 'Bob' }, 2, from)
  const box = await disk(story({ n: 1, i: 0 }), [other])
  await box.erase()
  expect(await box.journal()).toEqual([other])
})

test('LOG-4 done twice, the second time writes nothing to the log; bases that show the person go each time', async () => {
  const { commits, bases, erase } = await disk(story({ n: 1, i: 0 }))
  await erase()
  expect([...bases.keys()]).toEqual([99])
  bases.set(2, new Uint8Array())
  await erase()
  expect(commits).toHaveLength(1)
  expect([...bases.keys()]).toEqual([99])
})

test('LOG-4 only erasures from a place on are looked at', async () => {
  const { commits, bases, erase } = await disk(story({ n: 1, i: 0 }))
  await erase(4)
  expect(commits).toEqual([])
  expect([...bases.keys()]).toEqual([1, 99])
})

test('LOG-4 a place that is not there, or holds nobody, is passed over', async () => {
  const { commits, erase } = await disk(story({ n: 2, i: 0 }, { n: 9, i: 0 }, { n: 2, i: 7 }))
  await erase()
  expect(commits).toEqual([])
})

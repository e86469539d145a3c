import { describe, expect, test } from 'vitest'
import type { LogRow } from '../../store/truth.ts'
import { bodyLine, headText } from '../entry.ts'
import { seededRandom } from '../manual-machine.ts'
import { ToyLog, at, hollowed, openToyViews } from './toy-log.ts'

const tables = (rows: readonly LogRow[]) => {
  const { views } = openToyViews()
  for (const row of rows) views.apply(row)
  views.commit()
  expect(views.kernel.skipped.all()).toEqual([])
  return views.kernel
}
const opened = (before: string | null, beforeSeq: number, boot = 'boot1') => ({ boot, before, beforeSeq })

describe('streams', () => {
  test('LOG-5 a stream names the one before it, its box and its boot', () => {
    const log = new ToyLog()
    log.record('stream.opened', opened(null, 0), 1, 'strm1')
    log.record('toy.seen', {}, 2, 'strm1')
    log.record('stream.opened', opened('strm1', 2, 'boot2'), 1, 'strm2')
    const { streams, clones } = tables(log.rows)
    expect(streams.all()).toEqual([
      { stream: 'strm1', box: 'box1', seq: 2, before: null, beforeSeq: 0, boot: 'boot1' },
      { stream: 'strm2', box: 'box1', seq: 1, before: 'strm1', beforeSeq: 2, boot: 'boot2' },
    ])
    expect(clones.all()).toEqual([])
  })

  test('VIEW-8 two streams that follow one are a cloned card: an alarm, and both are kept', () => {
    const log = new ToyLog()
    log.record('stream.opened', opened(null, 0), 1, 'strm1')
    log.record('stream.opened', opened('strm1', 1), 1, 'strm2')
    log.record('stream.opened', opened('strm1', 1), 1, 'strm3')
    const { streams, clones } = tables(log.rows)
    expect(clones.all()).toEqual([
      { stream: 'strm3', other: 'strm2', box: 'box1', how: 'two streams follow one', n: 3 },
    ])
    expect(streams.all()).toHaveLength(3)
  })

  test('VIEW-8 a stream whose predecessor had come further comes from a card that was put back', () => {
    const log = new ToyLog()
    for (let seq = 1; seq <= 5; seq++) log.record('toy.seen', {}, seq, 'strm1')
    log.record('stream.opened', opened('strm1', 3), 1, 'strm2')
    expect(tables(log.rows).clones.all()).toMatchObject([
      { stream: 'strm2', other: 'strm1', how: 'the stream before it had come further' },
    ])
  })

  test('VIEW-8 a box that begins twice without a predecessor is a cloned card too', () => {
    const log = new ToyLog()
    log.record('stream.opened', opened(null, 0), 1, 'strm1')
    log.record('stream.opened', opened(null, 0), 1, 'strm2')
    expect(tables(log.rows).clones.all()).toMatchObject([
      { stream: 'strm2', other: 'strm1', how: 'two streams follow one' },
    ])
  })

  test('VIEW-8 a stream that said nothing of what it follows is no clone of one that follows none', () => {
    const log = new ToyLog()
    log.record('toy.seen', {}, 1, 'strm1')
    log.record('stream.opened', opened(null, 0), 1, 'strm2')
    expect(tables(log.rows).clones.all()).toEqual([])
  })

  test('VIEW-8 streams of other boxes are no clones, whatever they follow', () => {
    const log = new ToyLog()
    for (const before of [null, 'strm9']) {
      log.record('stream.opened', opened(before, 0), 1, `${before} a`, 'boxa')
      log.record('stream.opened', opened(before, 0), 1, `${before} b`, 'boxb')
    }
    expect(tables(log.rows).clones.all()).toEqual([])
  })
})

describe('boxes and terms', () => {
  test('SITE-2 boxes come and go, the last word counts', () => {
    const log = new ToyLog()
    const assigned = (box: string, small: boolean) => {
      return { kind: 'box.assigned', body: { box, publicKey: `key of ${box}`, small } }
    }
    log.say(assigned('boxa', false), assigned('boxb', false))
    log.say(assigned('boxb', true), { kind: 'box.unassigned', body: { box: 'boxa' } })
    expect(tables(log.rows).boxes.all()).toEqual([
      { box: 'boxb', publicKey: 'key of boxb', small: true, n: 2 },
    ])
  })

  test('TERM-4 terms and hand-overs stand at their entries', () => {
    const log = new ToyLog()
    log.say({ kind: 'site.keeper', body: { term: '1/boxa/1/strm1', how: 'birth' } })
    log.say({ kind: 'site.handedOver', body: { to: 'boxb', reign: 2 } })
    log.say({ kind: 'site.keeper', body: { term: '2/boxb/1/strm2', how: 'handover' } })
    const { terms, handovers } = tables(log.rows)
    expect(terms.all()).toMatchObject([
      { n: 1, reign: 1, keeper: 'boxa', start: 1, how: 'birth' },
      { n: 3, reign: 2, keeper: 'boxb', start: 1, how: 'handover' },
    ])
    expect(handovers.all()).toEqual([{ n: 2, to: 'boxb', reign: 2 }])
  })
})

describe('orphans', () => {
  const term = '1/boxa/1/strm1'
  const asked = { action: 'toy.pay', key: 'key', digest: 'd', who: 'ada', answer: 1 }
  const head = headText({ form: 'a', at, kinds: ['toy.signed', 'toy.moved'], asked })
  const lines = [bodyLine({ name: 'Ada' }, seededRandom(1)), '{"cents":1}']
  const kept = (n: number) => [
    { kind: 'orphan.kept', body: { term, n, head, kinds: 2 } },
    ...lines.map((line, i) => ({ kind: 'orphan.line', body: { term, n, i, line } })),
  ]

  test('TERM-13 an orphan waits until a person settles it; the first word stands', () => {
    const log = new ToyLog()
    log.say(...kept(4))
    log.say({ kind: 'orphan.settled', body: { term, n: 4, how: 'paid', note: 'in cash' } })
    log.say({ kind: 'orphan.settled', body: { term, n: 4, how: 'dropped', note: '' } })
    log.say({ kind: 'orphan.settled', body: { term, n: 9, how: 'dropped', note: '' } })
    expect(tables(log.rows).orphans.all()).toMatchObject([
      { term, n: 4, keptAt: 1, action: 'toy.pay', key: 'key', who: 'ada', settled: 'paid', note: 'in cash' },
    ])
  })

  test('LOG-4 a line of an orphan that held a person is erased by its place; the rows agree with a hollow log', () => {
    const log = new ToyLog()
    log.say(...kept(4))
    log.say(...kept(5))
    const places = [{ n: 1, i: 1 }]
    const erasure = log.erase(...places)
    const rows = [...log.rows.slice(0, 2), erasure]
    const [whole, hollow] = [tables(rows), tables(rows.map((row) => hollowed(row, places)))]
    expect(whole.orphanLines.all().map(({ n, i }) => [n, i])).toEqual([
      [4, 1],
      [5, 0],
      [5, 1],
    ])
    expect(hollow.orphanLines.all()).toEqual(whole.orphanLines.all())
    expect(hollow.orphans.all()).toEqual(whole.orphans.all())
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LogRow } from '../../store/truth.ts'
import { hollowLine } from '../entry.ts'
import { ToyLog, at, toyRecord } from '../site/toy-log.ts'
import { entryLines, openedTerm, parseEntries, parseRecords, recordLines } from './lines.ts'

const said = fc.array(
  fc.constantFrom(
    { kind: 'toy.moved', body: { from: 'bank', to: 'line\nbreak', cents: 1 } },
    { kind: 'toy.signed', body: { tag: 'a', name: 'Ada' } },
    { kind: 'site.keeper', body: { term: '2/boxb/1/stream2', how: 'takeover' } },
  ),
  { maxLength: 4 },
)
const logs = fc.array(fc.tuple(fc.constantFrom('record', 'say', 'decide'), said, fc.boolean())).map((all) => {
  const log = new ToyLog()
  for (const [index, [form, facts]] of all.entries()) {
    if (form === 'record') log.record('toy.person', { tag: 'a', name: `é ${index}` }, index + 1)
    else if (form === 'say') log.say(...facts)
    else log.decide(`key ${index}`, { index }, ...facts)
  }
  return log.rows.map((row, index) => {
    const { n, head, chain } = row
    const erased = all[index]?.[2]
    const bodies = erased ? row.bodies.split('\n').map(hollowLine).join('\n') : row.bodies
    return { n, head, bodies, chain, term: openedTerm(head, bodies) }
  })
})
/** What the other side reads: a frame's lines, split where lines end. */
const carried = (lines: readonly string[]) => (lines.length === 0 ? [] : lines.join('\n').split('\n'))

describe('entries on a link', () => {
  test('LOG-1 they arrive as the same bytes, under the same running hash, hollow or not', () => {
    fc.assert(
      fc.property(logs, fc.nat(), (rows, cut) => {
        const after = rows.length === 0 ? 0 : cut % rows.length
        const chain = rows[after - 1]?.chain ?? ''
        const sent = rows.slice(after)
        expect(parseEntries(carried(entryLines(sent)), after, chain)).toEqual(sent)
      }),
    )
  })

  test('LOG-3 after another beginning the running hash comes out different', () => {
    const log = new ToyLog()
    log.decide('key', 1)
    const [row] = parseEntries(carried(entryLines(log.rows)), 0, 'another')
    expect(row?.chain).not.toBe(log.chain)
  })

  test('cut off anywhere inside an entry, they throw', () => {
    fc.assert(
      fc.property(logs, fc.nat(), (rows, cut) => {
        const lines = carried(entryLines(rows))
        const whole = [0, ...rows.map((_, index) => carried(entryLines(rows.slice(0, index + 1))).length)]
        const length = cut % (lines.length + 1)
        const read = () => parseEntries(lines.slice(0, length), 0, '').length
        const outcome = (): unknown => {
          try {
            return read()
          } catch {
            return 'throws'
          }
        }
        expect(outcome()).toBe(whole.includes(length) ? whole.indexOf(length) : 'throws')
      }),
    )
  })

  test('a line lost in the middle throws: bodies are no heads', () => {
    const log = new ToyLog()
    log.record('toy.seen', { tag: 'a' }, 1)
    log.record('toy.seen', { tag: 'b' }, 2)
    const lines = carried(entryLines(log.rows))
    expect(() => parseEntries(lines.slice(1), 0, '')).toThrow(Error)
    expect(() => parseEntries(lines.toSpliced(1, 1), 0, '')).toThrow(Error)
    expect(() => parseEntries(['hello'], 0, '')).toThrow(Error)
  })
})

describe('the term that an entry opens', () => {
  const log = new ToyLog()
  const opens = (row: LogRow) => openedTerm(row.head, row.bodies)

  test('TERM-14 is read from its fact, wherever it stands in the entry', () => {
    const keeper = { kind: 'site.keeper', body: { term: '2/boxb/1/stream2', how: 'takeover' } }
    const other = { kind: 'box.unassigned', body: { box: 'boxc' } }
    expect(opens(log.say(keeper))).toBe('2/boxb/1/stream2')
    expect(opens(log.say(other, keeper))).toBe('2/boxb/1/stream2')
    expect(opens(log.say(other))).toBeUndefined()
    expect(opens(log.say())).toBeUndefined()
  })

  test('TERM-14 is none where an action or a record says so', () => {
    const keeper = { kind: 'site.keeper', body: { term: '2/boxb/1/stream2', how: 'takeover' } }
    expect(opens(log.decide('key', 1, keeper))).toBeUndefined()
    expect(opens(log.record('site.keeper', keeper.body, 1))).toBeUndefined()
  })

  test('a keeper that names no term is not believed', () => {
    expect(() => opens(log.say({ kind: 'site.keeper', body: { term: 'mine', how: 'birth' } }))).toThrow(
      /not a term/,
    )
    expect(() => opens(log.add({ form: 'k', at, kinds: ['site.keeper'] }, 'garbage'))).toThrow(Error)
  })
})

describe('records on a link', () => {
  test('they arrive as the same bytes, numbered from where they begin', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.array(fc.jsonValue()), (from, bodies) => {
        const rows = bodies.map((body, index) => toyRecord('toy.person', { body }, from + index))
        expect(parseRecords(carried(recordLines(rows)), from)).toEqual(rows)
      }),
    )
  })

  test('cut off, they throw', () => {
    const lines = carried(recordLines([toyRecord('toy.seen', {}, 1), toyRecord('toy.seen', {}, 2)]))
    expect(() => parseRecords(lines.slice(0, 3), 1)).toThrow('a record is cut off')
    expect(parseRecords(lines.slice(0, 2), 1)).toHaveLength(1)
  })
})

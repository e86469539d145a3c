import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Term } from '../term.ts'
import { termText } from '../term.ts'
import type { Act, ModelLog } from './branches.ts'
import { BranchModel, historyOf, sharedLength } from './branches.ts'
import type { History } from './history.ts'
import { emptyHistory, lastTerm, relate, termAt } from './history.ts'

const acts: readonly Act[] = [
  'write',
  'write',
  'restart',
  'takeOver',
  'handOver',
  'backUp',
  'restore',
  'meet',
  'meetHalf',
]
const steps = fc.array(
  fc.record(
    { act: fc.constantFrom(...acts), box: fc.nat(2), other: fc.nat(2), count: fc.nat(3) },
    { noNullPrototype: true },
  ),
  { minLength: 4, maxLength: 40 },
)
const mirrored = { mine: 'theirs', theirs: 'mine', same: 'same', corrupt: 'corrupt' } as const

/** Every different log that came to be while three boxes kept, died, came back and met. */
const grown = steps.map((all) => {
  const model = new BranchModel(['boxa', 'boxb', 'boxc'])
  for (const step of all) model.run(step)
  return [...new Map(model.seen.map((log) => [log.at(-1)?.chain ?? '', log])).values()]
})

function pairs<T>(all: readonly T[]): [T, T][] {
  return all.flatMap((a) => all.map((b) => [a, b] satisfies [T, T]))
}
const beats = (a: ModelLog, b: ModelLog) => relate(historyOf(a), historyOf(b)).wins === 'mine'

describe('over whatever logs keepers, take-overs and backups can grow', () => {
  test('LOG-8 the boundaries alone show where two logs part', () => {
    fc.assert(
      fc.property(grown, (logs) => {
        for (const [a, b] of pairs(logs))
          expect(relate(historyOf(a), historyOf(b)).common).toBe(sharedLength(a, b))
      }),
    )
  })

  test('LOG-8 both sides come to the same verdict, and only equal logs are the same', () => {
    fc.assert(
      fc.property(grown, (logs) => {
        for (const [a, b] of pairs(logs)) {
          const [mine, theirs] = [relate(historyOf(a), historyOf(b)), relate(historyOf(b), historyOf(a))]
          expect(theirs.wins).toBe(mirrored[mine.wins])
          expect(mine.wins === 'same').toBe(a.at(-1)?.chain === b.at(-1)?.chain)
        }
      }),
    )
  })

  test('LOG-8 nobody is called corrupt, and a longer log stands above its own beginning', () => {
    fc.assert(
      fc.property(grown, (logs) => {
        for (const [a, b] of pairs(logs)) {
          const { common, wins } = relate(historyOf(a), historyOf(b))
          const longer = common === b.length && a.length > common
          expect(longer ? ['mine'] : ['mine', 'theirs', 'same']).toContain(wins)
        }
      }),
    )
  })

  test('LOG-8 there is one winner among any three', () => {
    fc.assert(
      fc.property(grown, (logs) => {
        const wins = pairs(logs).filter(([a, b]) => beats(a, b))
        const chained = wins.flatMap(([a, b]) => logs.filter((c) => beats(b, c)).map((c) => [a, c] as const))
        expect(chained.filter(([a, c]) => !beats(a, c))).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  test('TERM-10 a term and a place name one entry for ever', () => {
    fc.assert(
      fc.property(grown, (logs) => {
        const named = new Map<string, string>()
        for (const log of logs) {
          const history = historyOf(log)
          for (const [index, { chain }] of log.entries()) {
            const term = termAt(history, index + 1)
            const name = `${term && termText(term)} ${index + 1}`
            expect(named.get(name) ?? chain).toBe(chain)
            named.set(name, chain)
          }
        }
      }),
    )
  })

  test('LOG-8 boxes that all meet come to hold one log', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const model = new BranchModel(['boxa', 'boxb', 'boxc'])
        for (const step of all) model.run(step)
        for (const [box, other] of pairs([0, 1, 2])) model.run({ act: 'meet', box, other, count: 0 })
        expect(new Set(model.boxes.map(({ log }) => log.at(-1)?.chain)).size).toBe(1)
      }),
    )
  })
})

const term = (reign: number, keeper: string, start: number, stream = 'aaaa'): Term => {
  return { reign, keeper, start, stream }
}
/** A log by its boundaries: `[n, term, what its first entry is]`. */
const log = (n: number, chain: string, ...terms: [number, Term, string][]): History => {
  return { n, chain, terms: terms.map(([at, each, its]) => ({ n: at, term: each, chain: its })) }
}
const born: [number, Term, string] = [1, term(1, 'boxa', 1), 'c1']

describe('two logs, by example', () => {
  test('LOG-8 a new box follows whoever has anything', () => {
    expect(relate(emptyHistory, log(9, 'c9', born))).toEqual({ common: 0, wins: 'theirs' })
    expect(relate(emptyHistory, emptyHistory)).toEqual({ common: 0, wins: 'same' })
  })

  test('LOG-7 the higher reign wins, however short its branch', () => {
    const long = log(900, 'x', born)
    const short = log(11, 'y', born, [11, term(2, 'boxb', 1), 'y'])
    expect(relate(long, short)).toEqual({ common: 10, wins: 'theirs' })
  })

  test('LOG-8 two reigns of the same number: the higher keeper wins', () => {
    const one = log(20, 'x', born, [11, term(2, 'boxb', 1), 'x11'])
    const two = log(15, 'y', born, [13, term(2, 'boxc', 1), 'y13'])
    expect(relate(one, two)).toEqual({ common: 10, wins: 'theirs' })
  })

  test('LOG-8 a keeper put back to a backup: the start that others may have stands', () => {
    const lost = log(20, 'x', born)
    const restored = log(30, 'y', born, [11, term(1, 'boxa', 2), 'y11'])
    expect(relate(lost, restored)).toEqual({ common: 10, wins: 'mine' })
    const both = log(21, 'z', born, [11, term(1, 'boxa', 2, 'aaaa'), 'z11'])
    const twice = log(21, 'y', born, [11, term(1, 'boxa', 2, 'bbbb'), 'y11'])
    expect(relate(both, twice)).toEqual({ common: 10, wins: 'mine' })
  })

  test('LOG-8 equal places under one process that hold different entries were altered', () => {
    expect(relate(log(9, 'c9', born), log(9, 'other', born))).toEqual({ common: 9, wins: 'corrupt' })
  })

  test('LOG-8 one term that begins at one place with different entries was altered from there on', () => {
    const altered = log(9, 'd9', [1, term(1, 'boxa', 1), 'd1'])
    expect(relate(log(9, 'c9', born), altered)).toEqual({ common: 0, wins: 'corrupt' })
  })

  test('LOG-8 two logs of other sites have nothing in common', () => {
    const other = log(5, 'z', [1, term(1, 'boxb', 1), 'z1'])
    expect(relate(log(9, 'c9', born), other)).toEqual({ common: 0, wins: 'theirs' })
  })

  test('LOG-20 the term of an entry is the one that began last before it', () => {
    const history = log(30, 'x', born, [11, term(1, 'boxa', 2), 'x11'])
    expect(termAt(history, 10)).toEqual(term(1, 'boxa', 1))
    expect(termAt(history, 11)).toEqual(term(1, 'boxa', 2))
    expect(termAt(emptyHistory, 1)).toBeUndefined()
    expect(lastTerm(history)).toEqual(term(1, 'boxa', 2))
  })
})

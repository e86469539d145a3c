import { describe, expect, test } from 'vitest'
import type { Term } from '../term.ts'
import type { Known } from './duty.ts'
import { dutyOf, takeOverTerm } from './duty.ts'
import type { History } from './history.ts'
import { emptyHistory } from './history.ts'

const term = (reign: number, keeper: string, start: number, stream: string): Term => {
  return { reign, keeper, start, stream }
}
const after = (...terms: [number, Term][]): History => {
  return { n: 99, chain: 'x', terms: terms.map(([n, each]) => ({ n, term: each, chain: `c${n}` })) }
}
const first = term(1, 'boxa', 1, 'old1')

/** What a box knows: nothing but its name and its stream, unless said. */
const knows = (box: string, stream: string, more: Partial<Known> = {}): Known => {
  return { handover: null, met: null, box, stream, ...more }
}

describe('what a box has to do', () => {
  test('a site without entries is followed', () => {
    expect(dutyOf(emptyHistory, knows('boxa', 'new1'))).toEqual({ is: 'follow' })
  })

  test('another box keeps: follow', () => {
    expect(dutyOf(after([1, first]), knows('boxb', 'new1'))).toEqual({ is: 'follow' })
  })

  test('the process that opened the last term keeps', () => {
    expect(dutyOf(after([1, first]), knows('boxa', 'old1'))).toEqual({ is: 'keep', term: first })
  })

  test('TERM-2 a new process of the keeper opens a start above all starts of its reign', () => {
    const opens = { is: 'open', how: 'start' }
    expect(dutyOf(after([1, first]), knows('boxa', 'new1'))).toEqual({
      ...opens,
      term: term(1, 'boxa', 2, 'new1'),
    })
    const branched = after([1, first], [5, term(1, 'boxa', 7, 'old2')], [8, term(1, 'boxa', 3, 'old3')])
    expect(dutyOf(branched, knows('boxa', 'new1'))).toEqual({ ...opens, term: term(1, 'boxa', 8, 'new1') })
  })

  test('TERM-2 starts of earlier reigns and other keepers do not count', () => {
    const history = after([1, term(1, 'boxa', 9, 'old1')], [5, term(2, 'boxa', 1, 'old2')])
    expect(dutyOf(history, knows('boxa', 'new1'))).toMatchObject({ term: term(2, 'boxa', 2, 'new1') })
  })

  test('TERM-4 a hand-over to this box: it opens the promised reign', () => {
    const handover = { n: 9, to: 'boxb', reign: 2 }
    expect(dutyOf(after([1, first]), knows('boxb', 'new1', { handover }))).toEqual({
      is: 'open',
      how: 'handover',
      term: term(2, 'boxb', 1, 'new1'),
    })
  })

  test('TERM-4 a keeper that handed over follows, also after a restart', () => {
    const handover = { n: 9, to: 'boxb', reign: 2 }
    const history = after([1, first])
    expect(dutyOf(history, knows('boxa', 'old1', { handover }))).toEqual({ is: 'follow' })
    expect(dutyOf(history, knows('boxa', 'new1', { handover }))).toEqual({ is: 'follow' })
    expect(dutyOf(history, knows('boxc', 'new1', { handover }))).toEqual({ is: 'follow' })
  })

  test('TERM-4 a hand-over that a later term answered is over', () => {
    const second = term(2, 'boxb', 1, 'old2')
    const handover = { n: 9, to: 'boxb', reign: 2 }
    const history = after([1, first], [10, second])
    expect(dutyOf(history, knows('boxb', 'old2', { handover }))).toEqual({ is: 'keep', term: second })
    expect(dutyOf(history, knows('boxb', 'new1', { handover }))).toMatchObject({ is: 'open', how: 'start' })
    expect(dutyOf(history, knows('boxa', 'old1', { handover }))).toEqual({ is: 'follow' })
  })
})

describe('a term met elsewhere', () => {
  const history = after([1, first])
  const [theirs, ours] = [term(2, 'boxb', 1, 'old2'), term(1, 'boxa', 4, 'old2')]

  test('TERM-1 another keeper’s higher term: follow, before its entries have come, and after a restart', () => {
    expect(dutyOf(history, knows('boxa', 'old1', { met: theirs }))).toEqual({ is: 'follow' })
    expect(dutyOf(history, knows('boxa', 'new1', { met: theirs }))).toEqual({ is: 'follow' })
  })

  test('TERM-4 a hand-over in a log that no longer stands is not answered', () => {
    const handover = { n: 9, to: 'boxa', reign: 2 }
    expect(dutyOf(history, knows('boxa', 'new1', { handover, met: theirs }))).toEqual({ is: 'follow' })
  })

  test('once this box’s own log has a term as high, what was met matters no more', () => {
    const taken = term(3, 'boxa', 1, 'old1')
    const keeps = { is: 'keep', term: taken }
    expect(dutyOf(after([1, first], [5, taken]), knows('boxa', 'old1', { met: theirs }))).toEqual(keeps)
    const lower = term(1, 'box0', 9, 'old2')
    expect(dutyOf(history, knows('boxa', 'old1', { met: lower }))).toEqual({ is: 'keep', term: first })
  })

  test('TERM-2 a start of this keeper that its log has lost: the next start is above it', () => {
    expect(dutyOf(history, knows('boxa', 'new1', { met: ours }))).toEqual({
      is: 'open',
      how: 'start',
      term: term(1, 'boxa', 5, 'new1'),
    })
    const further = after([1, first], [5, term(1, 'boxa', 7, 'old3')])
    expect(dutyOf(further, knows('boxa', 'new1', { met: ours }))).toMatchObject({ term: { start: 8 } })
  })

  test('TERM-2 starts of another reign that was met do not count', () => {
    const reigned = after([1, first], [5, term(2, 'boxa', 1, 'old3')])
    expect(dutyOf(reigned, knows('boxa', 'new1', { met: ours }))).toMatchObject({ term: { start: 2 } })
  })
})

describe('taking over', () => {
  test('TERM-5 the reign is above all that the log has seen or promised', () => {
    const history = after([1, first], [5, term(4, 'boxb', 3, 'old2')])
    const reign = (more: Partial<Known>) => takeOverTerm(history, knows('boxc', 'new1', more)).reign
    expect(takeOverTerm(history, knows('boxc', 'new1'))).toEqual(term(5, 'boxc', 1, 'new1'))
    expect(reign({ handover: { n: 9, to: 'boxd', reign: 5 } })).toBe(6)
    expect(reign({ handover: { n: 2, to: 'boxb', reign: 4 } })).toBe(5)
    expect(takeOverTerm(emptyHistory, knows('boxc', 'new1')).reign).toBe(1)
  })

  test('TERM-5 the reign is above one that was met elsewhere', () => {
    const reign = (met: Term) => takeOverTerm(after([1, first]), knows('boxc', 'new1', { met })).reign
    expect(reign(term(7, 'boxb', 1, 'old2'))).toBe(8)
    expect(reign(term(1, 'boxb', 1, 'old2'))).toBe(2)
  })
})

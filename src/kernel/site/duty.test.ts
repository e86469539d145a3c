import { describe, expect, test } from 'vitest'
import type { Term } from '../term.ts'
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

describe('what a box has to do', () => {
  test('a site without entries is followed', () => {
    expect(dutyOf(emptyHistory, null, 'boxa', 'new1')).toEqual({ is: 'follow' })
  })

  test('another box keeps: follow', () => {
    expect(dutyOf(after([1, first]), null, 'boxb', 'new1')).toEqual({ is: 'follow' })
  })

  test('the process that opened the last term keeps', () => {
    expect(dutyOf(after([1, first]), null, 'boxa', 'old1')).toEqual({ is: 'keep', term: first })
  })

  test('TERM-2 a new process of the keeper opens a start above all starts of its reign', () => {
    const opens = { is: 'open', how: 'start' }
    expect(dutyOf(after([1, first]), null, 'boxa', 'new1')).toEqual({
      ...opens,
      term: term(1, 'boxa', 2, 'new1'),
    })
    const branched = after([1, first], [5, term(1, 'boxa', 7, 'old2')], [8, term(1, 'boxa', 3, 'old3')])
    expect(dutyOf(branched, null, 'boxa', 'new1')).toEqual({ ...opens, term: term(1, 'boxa', 8, 'new1') })
  })

  test('TERM-2 starts of earlier reigns and other keepers do not count', () => {
    const history = after([1, term(1, 'boxa', 9, 'old1')], [5, term(2, 'boxa', 1, 'old2')])
    expect(dutyOf(history, null, 'boxa', 'new1')).toMatchObject({ term: term(2, 'boxa', 2, 'new1') })
  })

  test('TERM-4 a hand-over to this box: it opens the promised reign', () => {
    expect(dutyOf(after([1, first]), { n: 9, to: 'boxb', reign: 2 }, 'boxb', 'new1')).toEqual({
      is: 'open',
      how: 'handover',
      term: term(2, 'boxb', 1, 'new1'),
    })
  })

  test('TERM-4 a keeper that handed over follows, also after a restart', () => {
    const handover = { n: 9, to: 'boxb', reign: 2 }
    expect(dutyOf(after([1, first]), handover, 'boxa', 'old1')).toEqual({ is: 'follow' })
    expect(dutyOf(after([1, first]), handover, 'boxa', 'new1')).toEqual({ is: 'follow' })
    expect(dutyOf(after([1, first]), handover, 'boxc', 'new1')).toEqual({ is: 'follow' })
  })

  test('TERM-4 a hand-over that a later term answered is over', () => {
    const second = term(2, 'boxb', 1, 'old2')
    const handover = { n: 9, to: 'boxb', reign: 2 }
    const history = after([1, first], [10, second])
    expect(dutyOf(history, handover, 'boxb', 'old2')).toEqual({ is: 'keep', term: second })
    expect(dutyOf(history, handover, 'boxb', 'new1')).toMatchObject({ is: 'open', how: 'start' })
    expect(dutyOf(history, handover, 'boxa', 'old1')).toEqual({ is: 'follow' })
  })
})

describe('taking over', () => {
  test('TERM-5 the reign is above all that the log has seen or promised', () => {
    const history = after([1, first], [5, term(4, 'boxb', 3, 'old2')])
    expect(takeOverTerm(history, null, 'boxc', 'new1')).toEqual(term(5, 'boxc', 1, 'new1'))
    expect(takeOverTerm(history, { n: 9, to: 'boxd', reign: 5 }, 'boxc', 'new1').reign).toBe(6)
    expect(takeOverTerm(history, { n: 2, to: 'boxb', reign: 4 }, 'boxc', 'new1').reign).toBe(5)
    expect(takeOverTerm(emptyHistory, null, 'boxc', 'new1').reign).toBe(1)
  })
})

import { expect, test } from 'vitest'
import { aStatus } from '../doors/status.example.ts'
import type { BoxStatus } from '../kernel/box/contract.ts'
import { diagnose } from './doctor-checks.ts'
import type { Signs } from './doctor-checks.ts'

const slowRun = { site: 'fair', query: 'fair.books', input: '{}', ms: 140, rows: 3000, times: 7 }
const signs = (status: Partial<BoxStatus>): Signs => ({
  folder: '/data',
  showing: { is: 'running', status: { ...aStatus, ...status } },
  disk: { free: 50e9, size: 100e9 },
  keyIsOpen: false,
  clock: { written: 0, now: 0 },
  sites: [],
})

test('a box with nothing to complain about is well', () => {
  expect(diagnose(signs({})).every(({ grade }) => grade === 'good')).toBe(true)
})

test('LIVE-13 slow queries are named with their site, the five worst', () => {
  const slow = Array.from({ length: 9 }, (_, index) => ({ ...slowRun, query: `fair.q${index}` }))
  const named = diagnose(signs({ slow })).filter(({ check }) => check === 'slowQuery')
  expect(named.map(({ values }) => values['query'])).toEqual([
    'fair.q0',
    'fair.q1',
    'fair.q2',
    'fair.q3',
    'fair.q4',
  ])
  expect(named[0]).toMatchObject({ grade: 'watch', values: { site: 'fair', ms: 140, times: 7, input: '{}' } })
})

import { expect, test } from 'vitest'
import { countReport } from './stage.ts'
import type { Report } from './stage.ts'

const report = (passed: number, failed: number, ...files: Report['testResults']): Report => ({
  numPassedTests: passed,
  numFailedTests: failed,
  testResults: files,
})

test('passed and failed tests are taken from the report', () => {
  const file = { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] }
  expect(countReport(report(1, 1, file), 1)).toEqual({ passed: 1, failed: 1 })
  expect(countReport(report(3, 0), 0)).toEqual({ passed: 3, failed: 0 })
})

test('a file that does not load is one failure', () => {
  expect(countReport(report(4, 0, { status: 'failed', assertionResults: [] }), 1)).toEqual({
    passed: 4,
    failed: 1,
  })
})

test('a stage without a report is one failure', () => {
  expect(countReport(undefined, 139)).toEqual({ passed: 0, failed: 1 })
})

test('an error outside any test is one failure', () => {
  expect(countReport(report(4, 0), 1)).toEqual({ passed: 4, failed: 1 })
})

test('a run of no tests is one failure', () => {
  expect(countReport(report(0, 0), 0)).toEqual({ passed: 0, failed: 1 })
})

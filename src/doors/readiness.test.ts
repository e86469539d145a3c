import { expect, test } from 'vitest'
import type { BoxStatus } from '../kernel/box/contract.ts'
import { Readiness } from './readiness.ts'
import { aSite, aStatus } from './status.example.ts'

function watch() {
  let now = 1000
  const readiness = new Readiness(() => now)
  const code = (status: BoxStatus) => readiness.trouble({ is: 'running', status })?.code
  const see = (n: number, viewLag: number) => code({ ...aStatus, sites: [{ ...aSite, n, viewLag }] })
  return { readiness, code, see, pass: (ms: number) => (now += ms) }
}

test('a box that starts or stops is not ready', () => {
  const { readiness } = watch()
  expect(readiness.trouble({ is: 'starting' })?.code).toBe('starting')
  expect(readiness.trouble({ is: 'stopping' })?.code).toBe('stopping')
})

test('a box without sites is ready', () => expect(watch().code({ ...aStatus, sites: [] })).toBeUndefined())

test('views that were never seen current are not, until they are', () => {
  const { see } = watch()
  expect(see(100, 90)).toBe('views_behind')
  expect(see(100, 1)).toBe('views_behind')
  expect(see(100, 0)).toBeUndefined()
})

test('views may be behind for less than 5 s', () => {
  const { see, pass } = watch()
  expect(see(100, 0)).toBeUndefined()
  expect(see(110, 10)).toBeUndefined()
  pass(4999)
  expect(see(110, 10)).toBeUndefined()
  pass(1)
  expect(see(110, 10)).toBe('views_behind')
})

test('views that move with a busy log stay current', () => {
  const { see, pass } = watch()
  see(100, 0)
  for (let second = 0; second < 60; second++) {
    expect(see(200 + second * 100, 150)).toBeUndefined()
    pass(1000)
  }
})

test('views that move more slowly than the log fall behind', () => {
  const { see, pass } = watch()
  see(0, 0)
  const codes = Array.from({ length: 20 }, (_, second) => {
    pass(1000)
    return see(second * 100, second * 90)
  })
  expect(codes.indexOf('views_behind')).toBeGreaterThan(4)
  expect(codes.at(-1)).toBe('views_behind')
})

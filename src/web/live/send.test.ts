import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pathOf, understand } from './send.ts'

const json = new Headers({ 'content-type': 'application/json; charset=utf-8' })
const problem = (more: Record<string, string> = {}) =>
  new Headers({ 'content-type': 'application/problem+json', ...more })
const words = { code: 'too-much', title: 'It is too much.', doThis: 'Ask for less.', field: 'cents' }

describe('CLIENT-11 the last word', () => {
  test('is an answer of the box', () => {
    const text = JSON.stringify({ n: 7, answer: { left: [1] }, copies: 2, again: true })
    expect(understand(200, json, text)).toEqual({
      is: 'answered',
      n: 7,
      answer: { left: [1] },
      copies: 2,
      again: true,
    })
  })

  test.each([400, 403, 404, 409, 413, 422])('is a refusal %i in words', (status) => {
    expect(understand(status, problem(), JSON.stringify(words))).toEqual({ is: 'refused', ...words })
  })

  test('is not said where the box keeps it', () => {
    expect(understand(202, json, '{"until":[1,2,3]}')).toEqual({ is: 'held' })
  })

  test.each([401, 408, 429])('is not %i: it was surely not done, and may be asked again', (status) => {
    const tried = understand(status, problem({ 'retry-after': '7' }), JSON.stringify(words))
    expect(tried).toEqual({ is: 'later', why: words, afterMs: 7_000 })
  })

  test.each(['keeper-away', 'disk-full', 'starting', 'stopping'])('is not %s: nothing was done', (code) => {
    const text = JSON.stringify({ ...words, code })
    expect(understand(503, problem(), text)).toMatchObject({ is: 'later', why: { code } })
  })

  test.each([500, 502, 503, 504])('is not %i: nobody knows', (status) => {
    expect(understand(status, problem(), JSON.stringify(words))).toMatchObject({
      is: 'unknown',
      why: words.title,
    })
  })

  test('is never said by anybody else on the way', () => {
    const html = new Headers({ 'content-type': 'text/html' })
    for (const status of [200, 202, 302, 400, 401, 403, 404, 409])
      expect(understand(status, html, '<h1>Welcome to the hotel</h1>').is).toBe('unknown')
    expect(understand(404, json, '{"code":"nothing"}').is).toBe('unknown')
    expect(understand(200, json, '{"ok":true}').is).toBe('unknown')
  })

  test('is made of whatever comes without falling over it', () => {
    const statuses = fc.integer({ min: 100, max: 599 })
    const texts = fc.oneof(fc.string(), fc.json())
    fc.assert(
      fc.property(statuses, texts, (status, text) => {
        const { is } = understand(status, problem(), text)
        expect(is === 'refused' && (status < 400 || status > 499)).toBe(false)
        expect(is === 'answered' && status !== 200).toBe(false)
      }),
    )
  })
})

test.each([
  ['fair.pay', '/api/fair/pay'],
  ['game.wallet.debit', '/api/game/wallet.debit'],
  ['box.assign', '/api/fleet/box.assign'],
  ['../x?y', '/api//.%2Fx%3Fy'],
])('CLIENT-10 %s is asked for at %s', (action, path) => {
  expect(pathOf(action)).toBe(path)
})

import { expect, test } from 'vitest'
import { maxAskingBytes } from '../../kernel/live/messages.ts'
import { helloToken } from './hello.ts'
import { Bucket, Places, usualLimits } from './limits.ts'

test('LIVE-22 a bucket lets so many through at once, then so many a second, and does not save for years', () => {
  const bucket = new Bucket({ burst: 3, perSecond: 10 }, 0)
  const taken = (now: number) => [1, 2, 3, 4].filter(() => bucket.take(now)).length
  expect(taken(0)).toBe(3)
  expect([taken(99), taken(100), taken(350)]).toEqual([0, 1, 2])
  expect(taken(1_000_000)).toBe(3)
})

test('LIVE-22 a place that is given back twice is one place', () => {
  const places = new Places()
  const giveBack = places.take('anna', 2)
  places.take('anna', 2)
  expect(places.take('anna', 2)).toBeUndefined()
  expect(places.take('bob', 2)).toBeDefined()
  giveBack?.()
  giveBack?.()
  expect([places.take('anna', 2), places.take('anna', 2)].map((each) => each !== undefined)).toEqual([
    true,
    false,
  ])
})

test('LIVE-22 the screens of a venue have room, and what may wait for one is more than the largest answers', () => {
  expect(usualLimits.sockets).toBeGreaterThan(3_000)
  expect(usualLimits.bufferedBytes).toBeGreaterThan(2 * 4_000_000 + maxAskingBytes)
})

test.each([
  ['{"t":"hello","token":"abc"}', 'abc'],
  ['{"t":"hello","token":""}', undefined],
  [`{"t":"hello","token":"${'x'.repeat(1001)}"}`, undefined],
  [`{"t":"hello","token":"a","more":"${'x'.repeat(5000)}"}`, undefined],
  ['{"t":"read","token":"abc"}', undefined],
  ['hello', undefined],
])('LIVE-18 %s shows the token %s', (message, token) => {
  expect(helloToken(Buffer.from(message))).toBe(token)
})

import { expect, test } from 'vitest'
import type { Carried } from './carried.ts'
import { Retained } from './retained.ts'
import { Session } from './session.ts'

const user = Array.from({ length: 100 }, (_, at) => [`name ${at}`, 'x'.repeat(90)] as const)
const carried = (topic: string, properties: Carried['properties'] = {}): Carried => {
  return { topic, payload: Buffer.from('on'), properties, expires: undefined }
}

test('MQTT-10 a small message with large properties is a large message', () => {
  const retained = new Retained({ retained: 100, retainedBytes: 20_000 })
  const keep = (topic: string, properties?: Carried['properties']) => {
    const kept = carried(topic, properties)
    if (!retained.fits('fair', kept)) return false
    retained.keep('fair', { carried: kept, qos: 1 })
    return true
  }
  expect(keep('a', { user })).toBe(true)
  expect(keep('b', { user })).toBe(false)
  expect(keep('a', { user })).toBe(true)
  expect(keep('a')).toBe(true)
  expect(keep('b', { correlation: Buffer.alloc(15_000) })).toBe(true)
  expect(keep('c', { correlation: Buffer.alloc(15_000) })).toBe(false)
  expect(keep('c')).toBe(true)
})

test('MQTT-8 and takes as much of the queue of a session', () => {
  const session = new Session({
    name: { who: 'ada', client: 'a' },
    device: 'a',
    site: 'fair',
    expirySeconds: 60,
    most: { queuedMessages: 100, queuedBytes: 30_000 },
    got: () => {},
  })
  const item = {
    carried: carried('a', { user }),
    retain: false,
    numbers: [],
    kept: true,
    replaces: false,
    ready: false,
  }
  const added = Array.from({ length: 5 }, () => session.add(item) !== undefined)
  expect(added).toEqual([true, true, false, false, false])
})

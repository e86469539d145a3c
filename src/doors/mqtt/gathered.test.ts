import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { gathered } from './gathered.ts'
import type { Wire } from './socket.ts'

function wireHere() {
  const did: string[] = []
  const wire: Wire = {
    address: 'here',
    write: (bytes) => void did.push(Buffer.from(bytes).toString()),
    waiting: () => 7,
    pause: () => void did.push('pause'),
    resume: () => void did.push('resume'),
    end: () => void did.push('end'),
    destroy: () => void did.push('destroy'),
  }
  return { did, wire: gathered(wire) }
}

test('MQTT-4 what is written in one turn leaves as one piece, in its order, also from what was waited for', async () => {
  const { did, wire } = wireHere()
  const commit = Promise.withResolvers<void>()
  for (const each of ['a', 'b', 'c']) void commit.promise.then(() => wire.write(Buffer.from(each)))
  commit.resolve()
  await turn()
  wire.write(Buffer.from('d'))
  await turn()
  expect(did).toEqual(['abc', 'd'])
})

test('MQTT-13 what has not left yet counts as waiting', () => {
  const { wire } = wireHere()
  wire.write(Buffer.from('abc'))
  expect(wire.waiting()).toBe(10)
})

test('MQTT-4 what was written before the end leaves before it', async () => {
  for (const how of ['end', 'destroy'] as const) {
    const { did, wire } = wireHere()
    wire.write(Buffer.from('a'))
    wire[how]()
    await turn()
    expect(did).toEqual(['a', how])
  }
})

test('MQTT-8 much leaves at once, and nothing of it twice', async () => {
  const { did, wire } = wireHere()
  const large = 'x'.repeat(20_000)
  wire.write(Buffer.from('a'))
  wire.write(Buffer.from(large))
  expect(did).toEqual([`a${large}`])
  wire.write(Buffer.from('b'))
  await turn()
  expect(did).toEqual([`a${large}`, 'b'])
})

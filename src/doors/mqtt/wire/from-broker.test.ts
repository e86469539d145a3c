import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Frames } from './frames.ts'
import { readFromBroker } from './from-broker.ts'
import { readConnect, readPacket } from './incoming.ts'
import { connack, disconnect, pingresp, puback, publish, suback } from './outgoing.ts'
import { Malformed } from './reader.ts'
import { reason } from './reasons.ts'
import { connect, pingreq, subscribe } from './to-broker.ts'

function frameOf(bytes: Uint8Array) {
  const frames = new Frames()
  frames.add(bytes)
  const frame = frames.next(100_000)
  if (!frame) throw new Error('no whole packet')
  return frame
}

const heard = (bytes: Uint8Array) => readFromBroker(frameOf(bytes))

test('MQTT-17 what a broker says is read as it was meant', () => {
  expect(heard(connack(5, reason.done, true, { receiveMaximum: 7 }))).toEqual({
    is: 'connack',
    isPresent: true,
    reason: 0,
    properties: { receiveMaximum: 7 },
  })
  // As one of 3.1.1 answers.
  expect(heard(Buffer.from([0x20, 2, 0, 1]))).toMatchObject({ is: 'connack', reason: 1, properties: {} })
  // As Mosquitto says that it retains nothing and has no wildcards.
  expect(heard(Buffer.from([0x20, 7, 0, 0, 4, 0x25, 0, 0x28, 0]))).toMatchObject({
    properties: { retains: 0, wildcards: 0 },
  })
  expect(heard(puback(5, 258))).toEqual({ is: 'puback', id: 258, reason: 0, problem: '' })
  expect(heard(puback(5, 3, reason.quota, 'full'))).toMatchObject({ reason: 0x97, problem: 'full' })
  expect(heard(suback(5, 9, [1, 0x87]))).toEqual({ is: 'suback', id: 9, codes: [1, 0x87] })
  expect(heard(pingresp)).toEqual({ is: 'pong' })
  expect(heard(disconnect(reason.takenOver))).toMatchObject({ is: 'disconnect', reason: 0x8e })
  expect(heard(Buffer.from([0xe0, 0]))).toMatchObject({ is: 'disconnect', reason: 0 })
  const sending = { topic: 'a', payload: Buffer.from('x'), id: 7, retain: true, dup: true }
  expect(heard(publish(5, { ...sending, properties: { subscription: [3], expiry: 5 } }))).toMatchObject({
    is: 'publish',
    topic: 'a',
    qos: 1,
    dup: true,
    properties: { expiry: 5 },
  })
})

test('MQTT-17 what is said to a broker is read as it was meant', () => {
  const properties = { sessionExpiry: 600, receiveMaximum: 64 }
  const greeting = { client: 'regie-x', username: 'u', password: 'pä', keepAlive: 30, properties }
  expect(readConnect(frameOf(connect(greeting)))).toMatchObject({
    version: 5,
    client: 'regie-x',
    clean: false,
    keepAlive: 30,
    username: 'u',
    password: Buffer.from('pä'),
    will: undefined,
    properties,
  })
  const nameless = readConnect(frameOf(connect({ ...greeting, username: undefined, password: undefined })))
  expect(nameless).toMatchObject({ username: undefined, password: undefined })
  const asked = subscribe(9, [
    { filter: 'a/+', asPublished: true, handling: 1 },
    { filter: 'b', asPublished: false, handling: 2 },
  ])
  expect(readPacket(frameOf(asked), 5)).toMatchObject({
    is: 'subscribe',
    id: 9,
    wanted: [
      { filter: 'a/+', qos: 1, noLocal: true, asPublished: true, handling: 1 },
      { filter: 'b', qos: 1, noLocal: true, asPublished: false, handling: 2 },
    ],
  })
  expect(readPacket(frameOf(pingreq), 5)).toEqual({ is: 'ping' })
})

test('MQTT-20 whatever bytes a broker sends, they are packets or Malformed', () => {
  const good = [
    connack(5, reason.done, false, { maximumQos: 1 }),
    publish(5, { topic: 'a', payload: Buffer.from('x'), id: 7, retain: false, dup: false, properties: {} }),
    suback(5, 1, [1]),
    disconnect(reason.quota, 'too much'),
  ]
  const bent = fc
    .tuple(fc.constantFrom(...good), fc.nat(40), fc.nat(255))
    .map(([packet, at, byte]) => Buffer.from(packet.map((each, place) => (place === at ? byte : each))))
  const read = (bytes: Uint8Array) => {
    const frames = new Frames()
    frames.add(bytes)
    try {
      for (let frame = frames.next(100); frame; frame = frames.next(100)) readFromBroker(frame)
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
    }
  }
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), bent), read), { numRuns: 3_000 })
  for (const bytes of ['a000', '6202 0001', '10020000', '20020200', '3604 0001 61 0001'])
    expect(() => heard(Buffer.from(bytes.replaceAll(' ', ''), 'hex'))).toThrow(Malformed)
})

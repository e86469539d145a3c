import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Frames } from './frames.ts'
import { readConnect, readPacket } from './incoming.ts'
import { connack, disconnect, puback, publish, suback, unsuback } from './outgoing.ts'
import { readProperties, varying, writeProperties } from './properties.ts'
import { Malformed, Reader } from './reader.ts'
import { reason } from './reasons.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
/** `first`, and what the packet holds; its length is counted here. */
const frameOf = (first: string, body: string) => {
  const frames = new Frames()
  frames.add(Buffer.concat([hex(first), varying(hex(body).length), hex(body)]))
  const frame = frames.next(1_000)
  if (!frame) throw new Error('no whole packet')
  return frame
}

/** Throws for what nobody foresaw. */
function whatIs(bytes: Uint8Array, version: 4 | 5): 'packets' | 'malformed' {
  const frames = new Frames()
  frames.add(bytes)
  try {
    for (let frame = frames.next(100); frame; frame = frames.next(100)) {
      if (frame.first >> 4 === 1) readConnect(frame)
      else readPacket(frame, version)
    }
    return 'packets'
  } catch (error) {
    if (error instanceof Malformed) return 'malformed'
    throw error
  }
}

// Bytes as the texts of the protocol have them, and as Debian's clients send them.
describe('what comes', () => {
  test('MQTT-2 CONNECT of 3.1.1, with a will, a name and a password', () => {
    const packet = readConnect(
      frameOf('10', '0004 4d515454 04 ee 003c 0002 6331 0003 612f62 0003 627965 0004 616e6e61 0003 abcdef'),
    )
    expect(packet).toMatchObject({ version: 4, client: 'c1', clean: true, keepAlive: 60, username: 'anna' })
    expect(packet.will).toMatchObject({ topic: 'a/b', qos: 1, retain: true, payload: Buffer.from('bye') })
    expect(packet.password).toEqual(hex('abcdef'))
  })

  test('MQTT-2 CONNECT of MQTT 5 brings properties', () => {
    const packet = readConnect(frameOf('10', '0004 4d515454 05 00 001e 0a 11 00000e10 21 0005 19 01 0000'))
    expect(packet.properties).toEqual({ sessionExpiry: 3600, receiveMaximum: 5, wantsResponse: 1 })
  })

  test.each([
    ['another protocol', '10', '0004 4d515455 04 02 003c 0000', reason.versionUnknown],
    ['an unknown version', '10', '0004 4d515454 06 02 003c 0000', reason.versionUnknown],
    ['a reserved bit', '10', '0004 4d515454 04 03 003c 0000', reason.malformed],
    ['a will’s QoS without a will', '10', '0004 4d515454 04 0a 003c 0000', reason.malformed],
    ['a password without a name', '10', '0004 4d515454 04 42 003c 0000', reason.malformed],
    ['something behind', '10', '0004 4d515454 04 02 003c 0000 00', reason.malformed],
    ['a client id that is not UTF-8', '10', '0004 4d515454 04 02 003c 0001 ff', reason.malformed],
    ['another packet', '30', '0004 4d515454 04 02 003c 0000', reason.protocolError],
  ])('MQTT-13 CONNECT with %s is none', (_, first, body, code) => {
    expect(() => readConnect(frameOf(first, body))).toThrow(
      expect.objectContaining({ reason: code }) as Error,
    )
  })

  test('MQTT-3 PUBLISH keeps its QoS, marks and properties', () => {
    expect(readPacket(frameOf('3b', '0003 612f62 0007 78'), 4)).toMatchObject({
      is: 'publish',
      topic: 'a/b',
      qos: 1,
      dup: true,
      retain: true,
      id: 7,
      payload: Buffer.from('x'),
    })
    const five = readPacket(frameOf('32', '0003 612f62 0007 07 02 0000000a 01 01 78 79'), 5)
    expect(five).toMatchObject({ properties: { expiry: 10, payloadFormat: 1 }, payload: Buffer.from('xy') })
  })

  test.each([
    ['QoS 3', '36', '0003 612f62 0007 78'],
    ['a mark without QoS', '38', '0003 612f62 78'],
    ['no number', '32', '0003 612f62 0000 78'],
    ['a topic that is longer than it', '30', '00ff 6161'],
    ['a zero in its topic', '30', '0003 610062'],
    ['SUBSCRIBE without its flags', '80', '0001 0003 612f62 00'],
    ['SUBSCRIBE without a filter', '82', '0001'],
    ['SUBSCRIBE with options of MQTT 5', '82', '0001 0003 612f62 04'],
    ['PINGREQ that holds something', 'c0', '00'],
    ['a packet that only a box sends', '90', '0001 00'],
    ['PUBREL', '62', '0001'],
  ])('MQTT-13 %s is no packet', (_, first, body) => {
    expect(() => readPacket(frameOf(first, body), 4)).toThrow(Malformed)
  })

  test('MQTT-13 a property stands where it belongs, once, with a value that it can have', () => {
    const read = (bytes: string) =>
      readProperties(new Reader(hex(bytes)), ['receiveMaximum', 'user', 'payloadFormat'])
    expect(read('0e 26 0001 61 0001 62 26 0001 61 0001 63')).toEqual({
      user: [
        ['a', 'b'],
        ['a', 'c'],
      ],
    })
    for (const bad of [
      '03 21 0000',
      '06 21 0001 21 0001',
      '02 01 02',
      '05 02 00000001',
      '02 21 00',
      '04 21 0001',
    ])
      expect(() => read(bad)).toThrow(Malformed)
  })

  test('MQTT-13 whatever bytes come, they are a packet or Malformed, for both versions', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.constantFrom(4 as const, 5 as const),
        (bytes, version) => {
          expect(['packets', 'malformed']).toContain(whatIs(bytes, version))
        },
      ),
      { numRuns: 3_000 },
    )
  })
})

describe('pieces', () => {
  test('MQTT-13 packets are the same however they are cut, and a large one is refused before it has come', () => {
    const all = Buffer.concat([
      publish(4, {
        topic: 'a',
        payload: Buffer.alloc(300, 1),
        properties: {},
        id: 5,
        retain: false,
        dup: false,
      }),
      puback(4, 9),
      Buffer.from([0xc0, 0]),
    ])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: all.length }), { maxLength: 8 }), (cuts) => {
        const frames = new Frames()
        const firsts: number[] = []
        const places = [0, ...cuts.toSorted((a, b) => a - b), all.length]
        for (const [at, from] of places.entries()) {
          frames.add(all.subarray(from, places[at + 1] ?? all.length))
          for (let frame = frames.next(1_000); frame; frame = frames.next(1_000)) firsts.push(frame.first)
        }
        expect(firsts).toEqual([0x32, 0x40, 0xc0])
      }),
    )
    const slow = new Frames()
    const large = publish(4, {
      topic: 'a',
      payload: Buffer.alloc(500, 1),
      properties: {},
      id: 5,
      retain: false,
      dup: false,
    })
    const found = [...large].map((_, at) => {
      slow.add(large.subarray(at, at + 1))
      return slow.next(1_000)
    })
    expect(found.findIndex((frame) => frame !== undefined)).toBe(large.length - 1)
    const frames = new Frames()
    frames.add(Buffer.from([0x30, 0xff, 0xff, 0x7f]))
    expect(() => frames.next(1_000)).toThrow(expect.objectContaining({ reason: reason.tooLarge }) as Error)
    const endless = new Frames()
    endless.add(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0xff]))
    expect(() => endless.next(1e9)).toThrow(Malformed)
  })

  test('a length is written as it is read', () => {
    for (const value of [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455])
      expect(new Reader(varying(value)).varying()).toBe(value)
  })

  test('properties are read as they were written', () => {
    const properties = {
      payloadFormat: 1,
      expiry: 4_000_000_000,
      contentType: 'text/plain',
      correlation: Buffer.from([1, 0, 2]),
      user: [['a', 'é']] as const,
    }
    const names = ['payloadFormat', 'expiry', 'contentType', 'correlation', 'user'] as const
    expect(readProperties(new Reader(writeProperties(properties)), names)).toEqual(properties)
  })
})

describe('what goes', () => {
  test('MQTT-1 MQTT-3 refusals have a reason for MQTT 5, and what 3.1.1 has for it', () => {
    expect(connack(5, reason.wrongPassword, false)).toEqual(hex('20 03 00 86 00'))
    expect(connack(4, reason.wrongPassword, false)).toEqual(hex('20 02 00 04'))
    expect(connack(4, reason.unavailable, false)).toEqual(hex('20 02 00 03'))
    expect(connack(5, reason.done, true, { maximumQos: 1 })).toEqual(hex('20 05 01 00 02 24 01'))
    expect(puback(5, 258, reason.notAllowed, 'no')).toEqual(hex('40 09 0102 87 05 1f 0002 6e6f'))
    expect(puback(4, 258, reason.notAllowed, 'no')).toEqual(hex('40 02 0102'))
    expect(suback(5, 1, [1, reason.notAllowed])).toEqual(hex('90 05 0001 00 01 87'))
    expect(suback(4, 1, [1, reason.notAllowed])).toEqual(hex('90 04 0001 01 80'))
    expect(unsuback(5, 1, [0x11])).toEqual(hex('b0 04 0001 00 11'))
    expect(unsuback(4, 1, [0x11])).toEqual(hex('b0 02 0001'))
    expect(disconnect(reason.takenOver)).toEqual(hex('e0 02 8e 00'))
  })

  test('MQTT-8 a message carries its marks, and the numbers of the subscriptions that it fits', () => {
    const sending = { topic: 'a', payload: Buffer.from('x'), id: 7, retain: true, dup: true }
    expect(publish(5, { ...sending, properties: { subscription: [3, 200] } })).toEqual(
      hex('3b 0c 0001 61 0007 05 0b 03 0b c801 78'),
    )
    expect(publish(4, { ...sending, properties: {} })).toEqual(hex('3b 06 0001 61 0007 78'))
  })
})

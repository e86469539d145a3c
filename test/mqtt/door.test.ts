import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { site } from '../crash/fair-packs.ts'
import { doorHere } from './door-of.ts'
import { bytes } from './raw-client.ts'

const read = (hits: number) => JSON.stringify({ tag: 'v1', at: 1, hits })
const lamp = (n: number) => JSON.stringify({ on: true, n })
const screen = (client = 's') => ({ id: 'screen-1', client })
/** Session expiry of an hour. */
const kept = [0x11, 0, 0, 0x0e, 0x10]

describe('who comes in', () => {
  test('MQTT-2 one who does not sign in, or not in time, is sent away', async () => {
    await using here = await doorHere({ connectMs: 300 })
    const silent = here.client()
    const other = here.client().send(bytes.ping)
    const unknown = await here.client().signIn({ id: 'gate-1-elsewhere' })
    expect(unknown.body[1]).toBe(0x88)
    await other.until(({ isClosed }) => isClosed, 'a first packet that is no CONNECT')
    await silent.until(({ isClosed }) => isClosed, 'a line on which nobody speaks')
  })

  test('MQTT-2 a session is its device’s alone: the same client id of another device is another session', async () => {
    await using here = await doorHere()
    const one = here.client()
    await one.signIn({ id: 'screen-1', client: 'tv', properties: kept, clean: false })
    one.send(bytes.subscribe(5, 1, 'lamps/#'))
    await one.until((client) => client.of(9).length === 1, 'SUBACK')
    const thief = here.client()
    const connack = await thief.signIn({ id: 'screen-2', client: 'tv', properties: kept, clean: false })
    expect(connack.body[0]).toBe(0)
    expect(one.isClosed).toBe(false)
    const again = here.client()
    expect(
      (await again.signIn({ id: 'screen-1', client: 'tv', properties: kept, clean: false })).body[0],
    ).toBe(1)
    await one.until((client) => client.of(14)[0]?.body[0] === 0x8e, 'session taken over')
  })

  test('MQTT-13 connections are counted: of all, and of one device', async () => {
    await using here = await doorHere({ clients: 4, clientsOfOne: 2 })
    for (const client of ['a', 'b']) expect((await here.client().signIn({ client })).body[1]).toBe(0)
    expect((await here.client().signIn({ client: 'c' })).body[1]).toBe(0x97)
    for (const id of ['gate-2', 'gate-3']) expect((await here.client().signIn({ id })).body[1]).toBe(0)
    await here.client().until(({ isClosed }) => isClosed, 'one connection too many')
  })

  test('MQTT-13 a client that falls silent is gone after one and a half times its keep alive', async () => {
    await using here = await doorHere()
    const client = here.client()
    await client.signIn({ keepAlive: 1 })
    await client.until((each) => each.of(14).length === 1, 'DISCONNECT')
    expect(client.of(14)[0]?.body[0]).toBe(0x8d)
  })
})

describe('what is taken', () => {
  test('MQTT-3 QoS 2 is refused: MQTT 5 hears it before, and why; 3.1.1 loses its line', async () => {
    await using here = await doorHere()
    const five = here.client()
    const { body } = await five.signIn()
    // Maximum QoS is property 0x24.
    expect(body.includes(Buffer.from([0x24, 1]))).toBe(true)
    five.send(bytes.publish(5, 'gates/n/read', read(1), 1, 4))
    await five.until((client) => client.of(14)[0]?.body[0] === 0x9b, 'QoS not supported')
    const four = here.client()
    await four.signIn({ version: 4, client: 'four' })
    four.send(bytes.publish(4, 'gates/n/read', read(1), 1, 4))
    await four.until(({ isClosed }) => isClosed, 'a closed line')
    expect(four.of(4).length).toBe(0)
  })

  test('MQTT-1 MQTT-7 what is refused is said to MQTT 5, and is nowhere', async () => {
    await using here = await doorHere()
    const client = here.client()
    await client.signIn()
    client.send(
      bytes.publish(5, 'nobody/declared', '{}', 1),
      bytes.publish(5, 'sensors/gate-2/reading', '{"count":1,"value":1}', 2),
      bytes.publish(5, 'gates/n/read', '{"hits":', 3),
      bytes.publish(5, 'gates/n/read', '{"hits":0}', 4),
      bytes.publish(5, 'gates/n/read', read(1), 5, 1),
      bytes.publish(5, 'gates/n/read', ' '.repeat(5_000), 6),
      bytes.publish(5, 'gates/n/read', read(1), 7),
    )
    await client.until((each) => each.of(4).length === 7, 'seven answers')
    expect(client.of(4).map(({ body }) => [body.readUInt16BE(0), body[2] ?? 0])).toEqual([
      [1, 0x87],
      [2, 0x87],
      [3, 0x99],
      [4, 0x99],
      [5, 0x83],
      [6, 0x99],
      [7, 0],
    ])
    expect(here.test.box.status().sites[0]?.n).toBeLessThan(6)
    expect(here.said.some((line) => line.includes('nobody declared'))).toBe(true)
  })

  test('MQTT-7 of 3.1.1, what is malformed is acknowledged and dropped; what it must not send ends it', async () => {
    await using here = await doorHere()
    const client = here.client()
    await client.signIn({ version: 4 })
    client.send(bytes.publish(4, 'gates/n/read', 'no JSON', 1))
    await client.until((each) => each.of(4).length === 1, 'PUBACK')
    client.send(bytes.publish(4, 'nobody/declared', '{}', 2))
    await client.until(({ isClosed }) => isClosed, 'a closed line')
    expect(client.of(4).length).toBe(1)
  })

  test('MQTT-4 acknowledgements come in the order of the messages, and one that is under way is not taken twice', async () => {
    await using here = await doorHere()
    const client = here.client()
    await client.signIn()
    const reading = (count: number, id: number, flags = 0) =>
      bytes.publish(5, 'sensors/gate-1/reading', JSON.stringify({ count, value: 1 }), id, flags)
    const ids = Array.from({ length: 40 }, (_, at) => 40 - at)
    client.send(...ids.map((id) => reading(id, id)), reading(1, 1, 8))
    await client.until((each) => each.of(4).length >= 40, '40 acknowledgements')
    client.send(bytes.ping)
    await client.until((each) => each.of(13).length === 1, 'PINGRESP')
    expect(client.of(4).map(({ body }) => body.readUInt16BE(0))).toEqual(ids)
  })

  test('MQTT-5 the same identity again, by whatever packet, is acknowledged and recorded once', async () => {
    await using here = await doorHere()
    const client = here.client()
    await client.signIn()
    client.send(
      bytes.publish(5, 'gates/n/read', read(1), 1),
      bytes.publish(5, 'gates/n/read', read(1), 2),
      bytes.publish(5, 'gates/n/read', read(2), 3),
    )
    await client.until((each) => each.of(4).length === 3, 'three acknowledgements')
    client.send(bytes.publish(5, 'gates/n/read', read(1), 1, 8))
    await client.until((each) => each.of(4).length === 4, 'the fourth')
    const passed = { query: 'fair.passed', sites: site, input: { gate: 'n' } }
    // Records are acknowledged before they show.
    await expect
      .poll(() => here.test.box.live.ask(passed))
      .toMatchObject({ rows: new Map([['["v1"]', '{"tag":"v1","hits":2}']]) })
  })

  test('MQTT-6 an action needs a key; what waits for its keeper is acknowledged, what cannot be decided is answered', async () => {
    await using here = await doorHere()
    const client = here.client()
    await client.signIn({ id: 'till-1' })
    client.send(bytes.subscribe(5, 1, 'tills/till-1/answer'))
    client.send(
      bytes.publish(5, 'tills/till-1/pay', '{"tag":"v1","stall":"tea","cents":5}', 2),
      bytes.publish(5, 'tills/till-1/pay', '{"id":"p1","tag":"v1","stall":"tea","cents":5}', 3),
    )
    await client.until((each) => each.of(4).length === 2 && each.of(3).length === 1, 'two answers')
    expect(client.of(4).map(({ body }) => body[2] ?? 0)).toEqual([0x99, 0])
    expect(client.of(3)[0]?.body.toString()).toContain('"code":"insufficient"')
  })
})

describe('what goes out', () => {
  test('MQTT-8 a client has at most so many messages that it did not acknowledge; the rest waits in order', async () => {
    await using here = await doorHere()
    const reader = here.client()
    // Receive Maximum 3.
    await reader.signIn({ ...screen(), properties: [0x21, 0, 3] })
    reader.send(bytes.subscribe(5, 1, 'lamps/#'))
    await reader.until((each) => each.of(9).length === 1, 'SUBACK')
    const sender = here.client()
    await sender.signIn()
    for (let n = 1; n <= 10; n += 1) sender.send(bytes.publish(5, 'lamps/l/set', lamp(n), n))
    await sender.until((each) => each.of(4).length === 10, 'all taken')
    await pause(50)
    expect(reader.of(3).length).toBe(3)
    for (let at = 0; at < 10; at += 1) {
      await reader.until((each) => each.of(3).length > at, `message ${at}`)
      const { body } = reader.of(3)[at] ?? { body: Buffer.alloc(0) }
      reader.send(bytes.puback(body.readUInt16BE(2 + body.readUInt16BE(0))))
    }
    expect(reader.of(3).map(({ body }) => /"n":(\d+)/.exec(body.toString())?.[1])).toEqual(
      Array.from({ length: 10 }, (_, at) => String(at + 1)),
    )
  })

  test('MQTT-8 what was not acknowledged comes again, marked, with its number, before the rest', async () => {
    await using here = await doorHere()
    const signing = { ...screen(), properties: kept, clean: false }
    const reader = here.client()
    await reader.signIn(signing)
    reader.send(bytes.subscribe(5, 1, 'lamps/#'))
    await reader.until((each) => each.of(9).length === 1, 'SUBACK')
    const sender = here.client()
    await sender.signIn()
    sender.send(bytes.publish(5, 'lamps/l/set', lamp(1), 1))
    await reader.until((each) => each.of(3).length === 1, 'the first')
    reader.cut()
    await reader.until(({ isClosed }) => isClosed, 'the cut')
    await pause(20)
    sender.send(bytes.publish(5, 'lamps/l/set', lamp(2), 2))
    await sender.until((each) => each.of(4).length === 2, 'the second taken')
    const again = here.client()
    await again.signIn(signing)
    await again.until((each) => each.of(3).length === 2, 'both')
    const [first, second] = again.of(3)
    expect([first?.flags, second?.flags]).toEqual([0b1010, 0b0010])
    const idOf = (body: Buffer = Buffer.alloc(20)) => body.readUInt16BE(2 + body.readUInt16BE(0))
    expect(idOf(first?.body)).toBe(idOf(reader.of(3)[0]?.body))
  })

  test('MQTT-8 a session whose queue is full ends: its client hears that there is none', async () => {
    await using here = await doorHere({ queuedMessages: 5 })
    const signing = { ...screen(), properties: kept, clean: false }
    const reader = here.client()
    await reader.signIn(signing)
    reader.send(bytes.subscribe(5, 1, 'lamps/#'))
    await reader.until((each) => each.of(9).length === 1, 'SUBACK')
    reader.cut()
    const sender = here.client()
    await sender.signIn()
    await pause(50)
    for (let n = 1; n <= 6; n += 1) sender.send(bytes.publish(5, 'lamps/l/set', lamp(n), n))
    await sender.until((each) => each.of(4).length === 6, 'all taken')
    const again = here.client()
    expect((await again.signIn(signing)).body[0]).toBe(0)
    expect(here.said.some((line) => line.includes('the session ends'))).toBe(true)
    expect(here.door.status().queued).toBe(0)
  })

  test('MQTT-14 nothing crosses from one site to another, and what is of one device goes to no other', async () => {
    await using here = await doorHere()
    const other = here.client()
    await other.signIn({ id: 'gate-2', client: 'g2' })
    other.send(bytes.subscribe(5, 1, '#'), bytes.subscribe(5, 2, 'whispers/gate-1'))
    const own = here.client()
    await own.signIn({ id: 'gate-1', client: 'g1' })
    own.send(bytes.subscribe(5, 1, 'whispers/#'))
    await other.until((each) => each.of(9).length === 2, 'SUBACK')
    await own.until((each) => each.of(9).length === 1, 'SUBACK')
    own.send(bytes.publish(5, 'whispers/gate-1', 'psst', 5), bytes.publish(5, 'notes/gate-1', 'loud', 6))
    await own.until((each) => each.of(3).length === 1 && each.of(4).length === 2, 'the whisper')
    await other.until((each) => each.of(3).length === 1, 'the note')
    expect(other.of(3)[0]?.body.toString()).toContain('loud')
  })

  test('MQTT-14 a device that is sent away is gone, with what waits for it', async () => {
    await using here = await doorHere()
    const signing = { ...screen(), properties: kept, clean: false }
    const reader = here.client()
    await reader.signIn(signing)
    reader.send(bytes.subscribe(5, 1, 'lamps/#'))
    await reader.until((each) => each.of(9).length === 1, 'SUBACK')
    await here.door.sendAway('device screen-1', true)
    await reader.until((each) => each.of(14)[0]?.body[0] === 0x87, 'not authorised')
    expect(here.door.status()).toMatchObject({ clients: 0, sessions: 0 })
  })

  test('MQTT-13 a slow reader of QoS 0 misses messages, and holds nobody up', async () => {
    await using here = await doorHere({ messagesPerSecond: 100_000 })
    const slow = here.client()
    await slow.signIn(screen())
    slow.send(bytes.subscribe(5, 1, 'notes/#', 0))
    await slow.until((each) => each.of(9).length === 1, 'SUBACK')
    slow.deaf(true)
    const sender = here.client()
    await sender.signIn()
    const large = 'x'.repeat(60_000)
    for (let n = 1; n <= 200; n += 1) sender.send(bytes.publish(5, 'notes/gate-1', large, n))
    await sender.until((each) => each.of(4).length === 200, 'all taken')
    slow.deaf(false)
    slow.send(bytes.ping)
    await slow.until((each) => each.of(13).length === 1, 'PINGRESP')
    expect(slow.of(3).length).toBeGreaterThan(0)
    expect(slow.of(3).length).toBeLessThan(200)
  })
})

describe('hostile bytes', () => {
  test('MQTT-13 a packet that is too large is refused by its first bytes', async () => {
    await using here = await doorHere()
    const early = here.client().send(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]))
    await early.until(({ isClosed }) => isClosed, 'a closed line')
    const later = here.client()
    await later.signIn()
    later.send(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]))
    await later.until((each) => each.of(14).length === 1, 'DISCONNECT')
    expect(later.of(14)[0]?.body[0]).toBe(0x95)
  })

  test('MQTT-13 who sends too fast is read more slowly, and loses nothing', async () => {
    await using here = await doorHere({ messagesPerSecond: 200 })
    const client = here.client()
    await client.signIn()
    const start = performance.now()
    for (let n = 1; n <= 500; n += 1) client.send(bytes.publish(5, 'lamps/l/set', lamp(n), n))
    await client.until((each) => each.of(4).length === 500, 'all taken')
    expect(performance.now() - start).toBeGreaterThan(400)
  })

  test('MQTT-13 whatever is sent, the door answers or closes, and goes on', async () => {
    await using here = await doorHere()
    const dice = { state: 7 }
    const next = (most: number) => {
      dice.state = (dice.state * 1_103_515_245 + 12_345) % 2 ** 31
      return dice.state % most
    }
    const good = [
      bytes.subscribe(5, 3, 'lamps/#'),
      bytes.publish(5, 'gates/n/read', read(3), 4),
      bytes.ping,
      bytes.puback(9),
    ]
    for (let round = 0; round < 150; round += 1) {
      const client = here.client()
      if (round % 3 > 0) await client.signIn({ client: `c${round % 7}` })
      const bad = Buffer.from(good[next(good.length)] ?? '')
      for (let change = 0; change <= next(4); change += 1) bad[next(bad.length)] = next(256)
      client.send(bad, round % 5 === 0 ? Buffer.from([next(256)]) : bytes.ping)
      if (round % 2 === 0) client.cut()
    }
    const sane = here.client()
    await sane.signIn({ id: 'gate-9' })
    sane.send(bytes.publish(5, 'gates/n/read', read(4), 4))
    await sane.until((each) => each.of(4).length === 1, 'PUBACK')
    expect(here.said.filter((line) => line.startsWith('error'))).toEqual([])
  })
})

import { existsSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { realMachine } from '../../src/cli/machine.ts'
import type { MqttDoor } from '../../src/doors/mqtt/door.ts'
import { openMqtt } from '../../src/doors/mqtt/door.ts'
import type { Level } from '../../src/kernel/machine.ts'
import { MailboxFile } from '../../src/store/mailbox-file.ts'
import { MailboxThread } from '../../src/store/mailbox-thread.ts'
import { manualTime } from '../../src/store/manual-time.ts'
import { deviceOf } from '../crash/devices.ts'
import { known, site } from '../crash/fair-packs.ts'
import { Boxes } from '../kernel/boxes.ts'
import { bytes, RawClient } from './raw-client.ts'

/** A week. */
const kept = [17, 0, 9, 0x3a, 0x80]
const screen = { client: 'wall', id: 'screen-1', properties: kept, clean: false }
const lamp = (n: number) => JSON.stringify({ on: true, n })

/** One data folder, and doors that are opened on it one after the other. */
async function folderHere() {
  const ends = new AsyncDisposableStack()
  const folder = ends.use(mkdtempDisposableSync(join(tmpdir(), 'regie-mqtt-')))
  const boxes = ends.use(new Boxes())
  const test = boxes.make('box')
  await test.start()
  await test.box.found(site)
  const path = join(folder.path, 'mqtt.db')
  const said: string[] = []
  const log = (level: Level, text: string) => void said.push(`${level} ${text}`)
  const time = manualTime()
  const open = async (): Promise<MqttDoor> => {
    const door = await openMqtt({
      box: test.box,
      known,
      machine: { ...realMachine(), log },
      mailbox: new MailboxThread(path, time.timers),
      deviceOf,
      host: '127.0.0.1',
      port: 0,
      wsPort: undefined,
    })
    ends.defer(() => door.close())
    return door
  }
  const client = (door: MqttDoor) => {
    const made = new RawClient(door.port ?? 0)
    ends.defer(() => made.cut())
    return made
  }
  /** The thread has nothing to do, and lets the file go. */
  const rested = async () => {
    time.pass(30_000)
    await expect.poll(() => existsSync(`${path}-wal`)).toBe(false)
  }
  return { path, said, open, client, rested, [Symbol.asyncDispose]: () => ends.disposeAsync() }
}

type Here = Awaited<ReturnType<typeof folderHere>>

const spoil = (path: string) => writeFileSync(path, readFileSync(path).fill(0xa5, 100, 5_000))

async function leaveSession(here: Here, door: MqttDoor): Promise<void> {
  const reader = here.client(door)
  await reader.signIn(screen)
  reader.send(bytes.subscribe(5, 1, 'lamps/#'))
  await reader.until((each) => each.of(9).length === 1, 'SUBACK')
  reader.send(bytes.disconnect)
  await reader.until(({ isClosed }) => isClosed, 'its end')
}

const saidOf = (reader: RawClient) => reader.of(3).map(({ body }) => /\{.*/.exec(body.toString())?.[0])

test('MQTT-21 a mailbox that is damaged under a running box: what was acknowledged arrives, also from the next process', async () => {
  await using here = await folderHere()
  const door = await here.open()
  await leaveSession(here, door)
  const sender = here.client(door)
  await sender.signIn()
  sender.send(bytes.publish(5, 'lamps/l/set', lamp(1), 1), bytes.publish(5, 'lamps/k/set', lamp(2), 2, 1))
  await sender.until((each) => each.of(4).length === 2, 'PUBACK')
  await here.rested()
  spoil(here.path)
  sender.send(bytes.publish(5, 'lamps/l/set', lamp(3), 3))
  await sender.until((each) => each.of(4).length === 3, 'PUBACK on a new file')
  expect(here.said.filter((line) => line.startsWith('error'))).toEqual([
    expect.stringContaining('mqtt.db.damaged'),
  ])
  expect(door.status().begunAnew).toBe(1)
  await door.close()
  const next = await here.open()
  const reader = here.client(next)
  expect((await reader.signIn(screen)).body[0]).toBe(1)
  await reader.until((each) => each.of(3).length === 3, 'all three')
  expect(saidOf(reader)).toEqual([lamp(1), lamp(2), lamp(3)])
  expect([next.status().retained, next.status().begunAnew]).toEqual([1, 0])
})

test('MQTT-21 a mailbox that is damaged before the start: the door opens, and clients hear that they have missed something', async () => {
  await using here = await folderHere()
  const door = await here.open()
  await leaveSession(here, door)
  await door.close()
  spoil(here.path)
  const next = await here.open()
  expect(next.status()).toMatchObject({ sessions: 0, begunAnew: 1 })
  expect(here.said.some((line) => line.includes('mqtt.db.damaged'))).toBe(true)
  await leaveSession(here, next)
  await next.close()
  const reader = here.client(await here.open())
  expect((await reader.signIn(screen)).body[0]).toBe(1)
})

test('MQTT-21 a document that is not as it was written costs those that it concerns, and they hear it', async () => {
  await using here = await folderHere()
  const door = await here.open()
  await leaveSession(here, door)
  const sender = here.client(door)
  await sender.signIn()
  sender.send(bytes.publish(5, 'lamps/l/set', lamp(1), 1))
  await sender.until((each) => each.of(4).length === 1, 'PUBACK')
  await door.close()
  const file = new MailboxFile(here.path)
  const payload = new Uint8Array()
  const [session = { session: '', doc: '' }] = file.load().sessions
  file.commit([
    { do: 'session', session: 'other', doc: session.doc },
    { do: 'session', session: 'noise', doc: '{"name":1}' },
    { do: 'message', message: 99, doc: 'noise', payload, to: [{ session: session.session, seq: 99 }] },
    { do: 'retain', site, topic: 'lamps/x/set', doc: '{"qos":1,"message":"{}"}', payload },
    { do: 'will', session: 'w', doc: '{}', payload },
  ])
  file.close()
  const next = await here.open()
  expect(next.status()).toMatchObject({ sessions: 0, queued: 0, retained: 0, begunAnew: 0 })
  expect(here.said.filter((line) => line.includes('not as it was written'))).toHaveLength(5)
  const reader = here.client(next)
  expect((await reader.signIn(screen)).body[0]).toBe(0)
  await next.close()
  const said = here.said.length
  await here.open()
  expect(here.said.slice(said)).toEqual([])
})

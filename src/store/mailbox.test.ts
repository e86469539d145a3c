import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MailboxFile } from './mailbox-file.ts'
import { MailboxThread } from './mailbox-thread.ts'
import { manualTime } from './manual-time.ts'

const folder = () => mkdtempDisposableSync(join(tmpdir(), 'regie-mailbox-'))
const payload = Buffer.from('x')
const message = (number: number, ...sessions: readonly string[]) =>
  ({
    do: 'message',
    message: number,
    doc: `{"n":${number}}`,
    payload,
    to: sessions.map((session) => ({ session, seq: number })),
  }) as const

test('MQTT-8 a message waits for each of its sessions, and is gone when the last has it', () => {
  const file = new MailboxFile(':memory:')
  file.commit([message(1, 'a', 'b'), message(2, 'a')])
  expect(file.load().waiting).toEqual([
    { session: 'a', seq: 1, message: 1 },
    { session: 'a', seq: 2, message: 2 },
    { session: 'b', seq: 1, message: 1 },
  ])
  file.commit([{ do: 'got', session: 'a', seq: 1 }])
  expect(file.load().messages.map((each) => each.message)).toEqual([1, 2])
  file.commit([
    { do: 'got', session: 'b', seq: 1 },
    { do: 'got', session: 'b', seq: 9 },
  ])
  expect(file.load().messages).toEqual([{ message: 2, doc: '{"n":2}', payload: new Uint8Array(payload) }])
})

test('MQTT-9 a session that ends takes what waits for it alone', () => {
  const file = new MailboxFile(':memory:')
  file.commit([
    { do: 'session', session: 'a', doc: '{}' },
    { do: 'session', session: 'b', doc: '{}' },
    message(1, 'a', 'b'),
    message(2, 'a'),
  ])
  file.commit([{ do: 'endSession', session: 'a' }])
  const { sessions, waiting, messages } = file.load()
  expect(sessions.map(({ session }) => session)).toEqual(['b'])
  expect(waiting.map(({ session }) => session)).toEqual(['b'])
  expect(messages.map((each) => each.message)).toEqual([1])
})

test('MQTT-10 MQTT-11 retained messages and wills are replaced, and taken back', () => {
  const file = new MailboxFile(':memory:')
  const retain = (doc: string) => ({ do: 'retain', site: 'fair', topic: 't', doc, payload }) as const
  file.commit([retain('1'), retain('2'), { do: 'will', session: 'a', doc: 'w', payload }])
  expect(file.load()).toMatchObject({ retained: [{ doc: '2' }], wills: [{ doc: 'w' }] })
  file.commit([
    { do: 'forget', site: 'fair', topic: 't' },
    { do: 'unwill', session: 'a' },
  ])
  expect(file.load()).toMatchObject({ retained: [], wills: [] })
})

test('MQTT-4 a write that fails leaves nothing, and fails those that came with it', () => {
  const file = new MailboxFile(':memory:')
  file.commit([message(1, 'a')])
  expect(() => file.commit([message(2, 'a'), message(1, 'a')])).toThrow('UNIQUE')
  expect(file.load().messages.map((each) => each.message)).toEqual([1])
})

test('MQTT-4 what resolved is in the file for whoever opens it next; a failed group fails what waits behind it', async () => {
  using place = folder()
  const path = join(place.path, 'mqtt.db')
  const { timers } = manualTime()
  const thread = new MailboxThread(path, timers)
  expect(await thread.load()).toMatchObject({ sessions: [], messages: [] })
  await Promise.all([thread.commit([message(1, 'a')]), thread.commit([message(2, 'a')])])
  const bad = thread.commit([message(1, 'a')])
  const ended = await Promise.allSettled([
    bad,
    Promise.resolve().then(() => thread.commit([message(3, 'a')])),
  ])
  expect(ended[0].status).toBe('rejected')
  await thread.commit([message(4, 'a')])
  await thread.close()
  await expect(thread.commit([message(5, 'a')])).rejects.toThrow('closed')
  const again = new MailboxThread(path, timers)
  const found = (await again.load()).messages.map((each) => each.message)
  expect(found.filter((number) => number !== 3)).toEqual([1, 2, 4])
  await again.close()
})

test('MQTT-8 the thread rests when nothing is written, and comes back', async () => {
  using place = folder()
  const { timers, pass } = manualTime()
  const thread = new MailboxThread(join(place.path, 'mqtt.db'), timers)
  await thread.commit([message(1, 'a')])
  pass(30_000)
  await thread.commit([message(2, 'a')])
  expect((await thread.load()).messages.length).toBe(2)
  await thread.close()
})

import { existsSync, mkdtempDisposableSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Mail } from './mailbox.ts'
import { MailboxFile } from './mailbox-file.ts'
import { MailboxKeeper } from './mailbox-keeper.ts'
import { MailboxThread } from './mailbox-thread.ts'
import { manualTime } from './manual-time.ts'
import { openSqlite } from './sqlite.ts'

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

/** A mailbox with so much in it that it has several pages, closed. */
function written(path: string): void {
  const file = new MailboxFile(path)
  const numbers = Array.from({ length: 60 }, (_, at) => at + 1)
  file.commit([{ do: 'session', session: 'a', doc: '{}' }, ...numbers.map((number) => message(number, 'a'))])
  file.commit([{ do: 'retain', site: 'fair', topic: 't', doc: 'x'.repeat(9000), payload }])
  file.close()
}

const countIn = ({ sessions, messages }: Mail) => [sessions.length, messages.length]

test.each([
  [
    'is no database',
    (path: string) => writeFileSync(path, 'not a database, and as long as one. '.repeat(300)),
  ],
  ['is cut off', (path: string) => truncateSync(path, 5_000)],
  ['has pages of noise', (path: string) => writeFileSync(path, readFileSync(path).fill(0xa5, 4_096, 20_000))],
])('MQTT-21 a mailbox that %s is set aside in sight, and a new one begun', (_, spoil) => {
  using place = folder()
  const path = join(place.path, 'mqtt.db')
  written(path)
  spoil(path)
  const said: string[] = []
  const keeper = new MailboxKeeper(path, (text) => said.push(text))
  expect(countIn(keeper.load())).toEqual([0, 0])
  expect(said).toEqual([expect.stringContaining(`begins anew, the old one is in ${path}.damaged`)])
  expect(existsSync(`${path}.damaged`)).toBe(true)
  expect(keeper.commit([message(1, 'a')])).toBe('done')
  keeper.close()
  const next = new MailboxKeeper(path, (text) => said.push(text))
  expect([countIn(next.load()), said.length]).toEqual([[0, 1], 1])
  next.close()
})

test('MQTT-21 whatever becomes of its bytes, a mailbox is read or begun anew, and can be written', () => {
  using place = folder()
  const whole = join(place.path, 'whole.db')
  written(whole)
  const bytes = readFileSync(whole)
  const path = join(place.path, 'mqtt.db')
  const flips = fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 })), {
    minLength: 1,
    maxLength: 12,
  })
  // Not the number of the format: a newer one is no damage.
  const isFormat = (at: number) => at >= 60 && at < 64
  fc.assert(
    fc.property(flips, fc.option(fc.nat({ max: bytes.length })), (changes, cut) => {
      const spoiled = Buffer.from(bytes)
      for (const [at, by] of changes) if (!isFormat(at)) spoiled[at] = (spoiled[at] ?? 0) ^ by
      writeFileSync(path, cut === null ? spoiled : spoiled.subarray(0, cut))
      const keeper = new MailboxKeeper(path, () => {})
      keeper.load()
      const write = () => keeper.commit([message(1_000, 'b')])
      if (write() === 'anew') write()
      expect(keeper.load().messages.some((each) => each.message === 1_000)).toBe(true)
      keeper.close()
    }),
    { numRuns: 100 },
  )
})

test('MQTT-21 a mailbox of a newer Regie is left as it is', () => {
  using place = folder()
  const path = join(place.path, 'mqtt.db')
  written(path)
  const db = openSqlite(path, { durable: true })
  db.exec('PRAGMA user_version = 99')
  db.close()
  const keeper = new MailboxKeeper(path, () => {})
  expect(() => keeper.load()).toThrow('newer Regie')
  expect(() => keeper.commit([message(1, 'a')])).toThrow('newer Regie')
  expect(existsSync(`${path}.damaged`)).toBe(false)
})

test('MQTT-21 damage that is found later costs nothing: what is owed is written anew, and what was to be written then', async () => {
  using place = folder()
  const path = join(place.path, 'mqtt.db')
  const { timers, pass } = manualTime()
  const thread = new MailboxThread(path, timers)
  const told: string[] = []
  thread.onAnew(
    () => [message(7, 'a')],
    (why) => told.push(why),
  )
  await thread.commit([message(1, 'a')])
  pass(30_000)
  await expect.poll(() => existsSync(`${path}-wal`)).toBe(false)
  writeFileSync(path, readFileSync(path).fill(0xa5, 0, 4_000))
  await thread.commit([message(8, 'b')])
  expect(told).toEqual([expect.stringContaining('begins anew')])
  expect((await thread.load()).messages.map((each) => each.message)).toEqual([7, 8])
  await thread.close()
})

import { expect, test } from 'vitest'
import type { Carried } from './carried.ts'
import type { Item, Outlet } from './session.ts'
import { Session } from './session.ts'

const carried = (topic: string, text = 'x'): Carried => ({
  topic,
  payload: Buffer.from(text),
  properties: {},
  expires: undefined,
})

function sessionOf(most = { queuedMessages: 10, queuedBytes: 10_000 }) {
  const got: number[] = []
  const session = new Session({
    name: { who: 'device a', client: 'c' },
    device: 'a',
    site: 'fair',
    expirySeconds: 60,
    most,
    got: ({ seq }) => got.push(seq),
  })
  const put = (topic: string, more: Partial<Item> = {}) =>
    session.add({
      carried: carried(topic),
      retain: false,
      numbers: [],
      kept: true,
      replaces: false,
      ready: true,
      ...more,
    })
  return { session, got, put }
}

function outletOf(window: number, takes: (carried: Carried) => boolean = () => true) {
  const sent: { readonly topic: string; readonly id: number; readonly dup: boolean }[] = []
  const ends: string[] = []
  const outlet: Outlet = {
    window,
    takes,
    send: (item, id) => sent.push({ topic: item.carried.topic, id, dup: item.sent }),
    sendLoose: () => {},
    end: (why) => ends.push(why),
  }
  return { outlet, sent, ends }
}

test('MQTT-8 what is not on disk yet holds back what came after it', () => {
  const { session, put } = sessionOf()
  const { outlet, sent } = outletOf(5)
  session.attach(outlet)
  const first = put('1', { ready: false })
  put('2')
  session.pump()
  expect(sent).toEqual([])
  if (first) first.ready = true
  session.pump()
  expect(sent.map(({ topic }) => topic)).toEqual(['1', '2'])
})

test('MQTT-8 what was under way comes again with its number and mark, then the rest, and leaves when it is acknowledged', () => {
  const { session, got, put } = sessionOf()
  const first = outletOf(2)
  session.attach(first.outlet)
  for (const topic of ['1', '2', '3']) put(topic)
  session.pump()
  session.acknowledged(3)
  expect(got).toEqual([2])
  session.detach()
  const second = outletOf(5)
  session.attach(second.outlet)
  session.pump()
  expect(second.sent).toEqual([
    { topic: '1', id: 2, dup: true },
    { topic: '3', id: 4, dup: true },
  ])
  for (const id of [2, 4, 4, 99]) session.acknowledged(id)
  expect(got).toEqual([2, 1, 3])
  expect(session.queued).toBe(0)
})

test('MQTT-8 what waited in an earlier process keeps its place, its number and its mark', () => {
  const { session, put } = sessionOf()
  session.restore({
    seq: 70_000,
    carried: carried('old'),
    retain: false,
    numbers: [],
    kept: true,
    replaces: false,
    ready: true,
    sent: true,
  })
  put('new')
  const { outlet, sent } = outletOf(5)
  session.attach(outlet)
  session.pump()
  expect(sent).toEqual([
    { topic: 'old', id: (70_000 % 65_535) + 1, dup: true },
    { topic: 'new', id: (70_001 % 65_535) + 1, dup: false },
  ])
})

test('MQTT-14 what its client may not read any more is passed over, and does not wait for ever', () => {
  const { session, got, put } = sessionOf()
  const { outlet, sent } = outletOf(5, ({ topic }) => topic !== 'secret')
  session.attach(outlet)
  for (const topic of ['secret', 'open']) put(topic)
  session.pump()
  expect(sent.map(({ topic }) => topic)).toEqual(['open'])
  expect(got).toEqual([1])
})

test('MQTT-12 of a state only the newest waits, and none for who is away', () => {
  const { session, put } = sessionOf()
  for (let n = 0; n < 50; n += 1) expect(put('state', { replaces: true, kept: false })).toBeDefined()
  expect(session.queued).toBe(1)
  session.detach()
  expect(session.queued).toBe(0)
})

test('MQTT-8 a full queue takes nothing, by messages and by bytes, and room comes back', () => {
  const few = sessionOf({ queuedMessages: 2, queuedBytes: 10_000 })
  expect([few.put('1'), few.put('2'), few.put('3')].map((item) => item !== undefined)).toEqual([
    true,
    true,
    false,
  ])
  const small = sessionOf({ queuedMessages: 10, queuedBytes: 250 })
  const { outlet } = outletOf(5)
  small.session.attach(outlet)
  expect([small.put('1'), small.put('2'), small.put('3')].map((item) => item !== undefined)).toEqual([
    true,
    true,
    false,
  ])
  small.session.pump()
  small.session.acknowledged(2)
  expect(small.put('4')).toBeDefined()
})

test('MQTT-2 a session has one connection: the one before is ended', () => {
  const { session } = sessionOf()
  const [one, two] = [outletOf(1), outletOf(1)]
  session.attach(one.outlet)
  session.attach(two.outlet)
  expect([one.ends, two.ends]).toEqual([['taken over'], []])
})

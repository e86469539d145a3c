import { expect, test } from 'vitest'
import { know } from '../../src/kernel/pack/kinds.ts'
import { mayWith } from '../../src/kernel/pack/roles.ts'
import type { TopicAny } from '../../src/kernel/pack/topic.ts'
import { kernelPack } from '../../src/kernel/site/kernel-pack.ts'
import { fairWithTopics, topics } from '../../src/world/fair/topics.ts'
import { Routes } from '../../src/doors/mqtt/routes.ts'

const routesOf = (all: Readonly<Record<string, TopicAny>>) =>
  new Routes(know(kernelPack, [{ ...fairWithTopics, topics: all }]).topics)
const routes = routesOf(topics)
const who = (id: string, role: string, site = 'fair') => ({
  id,
  site,
  may: ({ allow }: { readonly allow: readonly string[] }) => mayWith([role], allow),
})
const [till, screen] = [who('till-1', 'volunteer'), who('screen-1', 'viewer')]
const publishes = (device: typeof till, topic: string) => {
  const route = routes.find(topic)
  return route !== undefined && routes.mayPublish(device, route)
}

test('MQTT-1 a device sends what is declared, for itself alone, and a screen sends nothing', () => {
  expect(publishes(till, 'gates/anything/read')).toBe(true)
  expect(publishes(till, 'tills/till-1/pay')).toBe(true)
  expect(publishes(till, 'tills/till-2/pay')).toBe(false)
  expect(publishes(till, 'books/bank')).toBe(false)
  expect(publishes(till, 'reply/till-1')).toBe(false)
  expect(publishes(till, 'nobody/declared')).toBe(false)
  expect(publishes(screen, 'gates/anything/read')).toBe(false)
})

test('MQTT-1 a topic opens no action to those who may not ask for it, and no query', () => {
  const wide = routesOf({
    close: {
      ...(topics.pay as TopicAny & { is: 'act' }),
      filter: 'close',
      action: 'close',
      reply: undefined,
    },
    books: { ...topics.books, subscribe: ['public'] } as TopicAny,
  })
  const close = wide.find('close')
  expect(close && wide.mayPublish(till, close)).toBe(false)
  expect(close && wide.mayPublish(who('boss', 'lead'), close)).toBe(true)
  expect(wide.mayRead({ id: 'x', site: 'fair', may: ({ allow }) => mayWith([], allow) }, 'books/bank')).toBe(
    false,
  )
})

test('MQTT-14 who may read a topic, and by which filter', () => {
  expect(routes.mayRead(screen, 'lamps/l/set')).toBe(true)
  expect(routes.mayRead(screen, 'gates/n/read')).toBe(false)
  expect(routes.mayRead(screen, 'whispers/screen-1')).toBe(true)
  expect(routes.mayRead(screen, 'whispers/till-1')).toBe(false)
  expect(routes.mayRead(screen, 'reply/till-1/x')).toBe(false)
  expect(routes.mayRead(till, 'reply/till-1/x')).toBe(true)
  expect(routes.mayRead(till, 'tills/till-1/answer')).toBe(true)
  expect(routes.maySubscribe(screen, 'lamps/+/set')).toBe(true)
  expect(routes.maySubscribe(screen, 'gates/#')).toBe(false)
  expect(routes.maySubscribe(screen, 'tills/+/answer')).toBe(false)
  expect(routes.maySubscribe(till, 'reply/till-1/#')).toBe(true)
  expect(routes.maySubscribe(till, 'reply/till-2/#')).toBe(false)
})

test('MQTT-14 a topic that names a site is that site’s', () => {
  const sited = routesOf({
    call: { ...(topics.lamp as TopicAny & { is: 'pass' }), filter: 'shows/{site}/call' },
  })
  const here = sited.find('shows/fair/call')
  const there = sited.find('shows/other/call')
  expect([here, there].map((route) => route && sited.mayPublish(till, route))).toEqual([true, false])
  expect(['shows/fair/call', 'shows/other/call'].map((topic) => sited.mayRead(screen, topic))).toEqual([
    true,
    false,
  ])
})

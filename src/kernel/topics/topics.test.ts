import { expect, test } from 'vitest'
import { z } from 'zod'
import { know } from '../pack/kinds.ts'
import type { Pack } from '../pack/pack.ts'
import { toy } from '../pack/toy-pack.ts'
import { raw, topicsOf } from '../pack/topic.ts'
import type { TopicAny } from '../pack/topic.ts'
import { kernelPack } from '../site/kernel-pack.ts'

const { record, act, pass, tell } = topicsOf<typeof toy.facts>()
const allow = ['volunteer']
const payload = raw(10)
const facts = () => []

const knows = (topics: Readonly<Record<string, TopicAny>>) => {
  const pack: Pack = { ...toy, topics }
  return () => know(kernelPack, [pack])
}

test('MQTT-1 a declared topic is known with its roles, and its names stand for levels', () => {
  const topics = { read: record('gates/{gate}/read', { payload: z.object({}), publish: allow, facts }) }
  const [known] = knows(topics)().topics
  expect(known).toMatchObject({ name: 'toy.read', publish: ['volunteer'], subscribe: [] })
  expect(known?.levels).toEqual([{ word: 'gates' }, { name: 'gate' }, { word: 'read' }])
})

test.each<[string, Readonly<Record<string, TopicAny>>, string]>([
  ['nobody may send', { a: record('a', { payload, publish: [], facts }) }, 'nobody may'],
  ['nobody may read', { a: pass('a', { payload, publish: allow, subscribe: [] }) }, 'nobody may'],
  ['an unknown role may', { a: record('a', { payload, publish: ['king'], facts }) }, 'king'],
  ['an unknown action', { a: act('a', { payload, publish: allow, action: 'fly' }) }, 'fly'],
  ['an unknown query', { a: tell('a', { subscribe: allow, query: 'stars', input: {} }) }, 'stars'],
  ['a wildcard', { a: record('a/#', { payload, publish: allow, facts }) }, 'no level'],
  ['an empty level', { a: record('a//b', { payload, publish: allow, facts }) }, 'no level'],
  ['the place of answers', { a: record('reply/x', { payload, publish: allow, facts }) }, 'belong to the box'],
  [
    'two for one topic',
    {
      a: record('a/{x}', { payload, publish: allow, facts }),
      b: record('a/b', { payload, publish: allow, facts }),
    },
    'fit the same topics',
  ],
  [
    'its own, of nobody',
    { a: pass('a', { payload, publish: allow, subscribe: allow, own: true }) },
    'of one device',
  ],
])('MQTT-1 does not start: %s', (_, topics, words) => {
  expect(knows(topics)).toThrow(words)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isOverlapping, parseFilter } from '../../kernel/topics/filter.ts'
import { fillFilter, isClientFilter, isTopic, isTouching, isWithin, levelsIn } from './topic-names.ts'

test('MQTT-1 the names of a filter stand for levels that are there', () => {
  const filter = parseFilter('gates/{gate}/read')
  expect(levelsIn(filter, ['gates', 'n', 'read'])).toEqual({ gate: 'n' })
  for (const topic of [
    ['gates', 'n', 'write'],
    ['gates', '', 'read'],
    ['gates', 'n'],
    ['gates', 'n', 'read', 'x'],
  ])
    expect(levelsIn(filter, topic)).toBeUndefined()
  expect(levelsIn(parseFilter('{x}/{x}'), ['a', 'b'])).toBeUndefined()
})

test('MQTT-1 topics and filters of clients keep to the rules of wildcards', () => {
  for (const topic of ['a', 'a/b', '/', 'a//b']) expect(isTopic(topic)).toBe(true)
  for (const topic of ['', '$SYS/x', 'a/+', '#', 'x'.repeat(513), 'a/'.repeat(16), 'a\0'])
    expect(isTopic(topic)).toBe(false)
  for (const filter of ['#', '+', 'a/+/b', 'a/#', '/+']) expect(isClientFilter(filter)).toBe(true)
  for (const filter of ['', 'a#', '#/a', 'a+', '$share/g/a', '$SYS/#'])
    expect(isClientFilter(filter)).toBe(false)
})

const word = fc.constantFrom('a', 'b', 'c')
const topics = fc.array(word, { minLength: 1, maxLength: 4 })
const declared = fc
  .array(fc.oneof(word, fc.constantFrom('{x}', '{y}')), { minLength: 1, maxLength: 4 })
  .map((parts) => parseFilter(parts.join('/')))
const wanted = fc
  .tuple(fc.array(fc.oneof(word, fc.constant('+')), { maxLength: 4 }), fc.boolean())
  .map(([parts, isOpen]) => (isOpen || parts.length === 0 ? [...parts, '#'] : parts))

test('MQTT-1 what a filter takes in and a declaration fits, both touch; what two declarations fit, they overlap', () => {
  fc.assert(
    fc.property(topics, declared, declared, wanted, (topic, one, other, filter) => {
      const levels = levelsIn(one, topic)
      const reads = levels !== undefined && isWithin(filter, topic)
      const both = levels !== undefined && levelsIn(other, topic) !== undefined
      expect([!reads || isTouching(filter, one), !both || isOverlapping(one, other)]).toEqual([true, true])
      expect(levels === undefined ? undefined : fillFilter(one, levels)).toBe(
        levels === undefined ? undefined : topic.join('/'),
      )
    }),
    { numRuns: 2_000 },
  )
})

test('MQTT-12 a level that cannot stand in a topic is none', () => {
  const filter = parseFilter('books/{account}')
  expect(fillFilter(filter, { account: 'wallet:v1' })).toBe('books/wallet:v1')
  expect(fillFilter(filter, { account: 7 })).toBe('books/7')
  for (const account of ['a/b', '+', '#', '', null, undefined])
    expect(fillFilter(filter, { account })).toBeUndefined()
})

import { expect, test } from 'vitest'
import { manualMachine, settled } from '../../kernel/manual-machine.ts'
import { askStoreContract } from './ask-store.contract.ts'
import type { AskStore } from './ask-store.ts'
import { memoryAsks } from './memory-asks.ts'
import type { Surroundings } from './surroundings.ts'
import { leaseTurn } from './turn.ts'

test.each(Object.keys(askStoreContract))('asks in memory: it %s', async (name) => {
  const store = memoryAsks()
  await expect(askStoreContract[name]?.(store, store)).resolves.toBeUndefined()
})

function tab(page: string, store: AskStore) {
  const { machine, pass } = manualMachine()
  return { pass, turn: leaseTurn(store, machine as unknown as Surroundings, page) }
}
const hold = () => Promise.withResolvers<void>()

test('CLIENT-14 a lease is had by one page, until that is done', async () => {
  const store = memoryAsks()
  const [one, two] = [tab('one', store), tab('two', store)]
  const doing = hold()
  const ran = one.turn(() => doing.promise)
  await settled()
  expect(await two.turn(async () => {})).toBe(false)
  doing.resolve()
  expect(await ran).toBe(true)
  expect(await two.turn(async () => {})).toBe(true)
})

test('CLIENT-14 a page that goes on keeps its lease, and one that died loses it', async () => {
  const store = memoryAsks()
  const [one, two] = [tab('one', store), tab('two', store)]
  void one.turn(() => hold().promise)
  for (let second = 0; second < 20; second += 1) {
    await settled()
    expect(await two.turn(async () => {})).toBe(false)
    one.pass(1_000)
    two.pass(1_000)
  }
  for (let second = 0; second < 5; second += 1) {
    expect(await two.turn(async () => {})).toBe(false)
    two.pass(1_000)
  }
  await two.turn(async () => {})
  two.pass(5_000)
  expect(await two.turn(async () => {})).toBe(true)
})

test('CLIENT-14 a page that stood still finds that it lost its turn', async () => {
  const store = memoryAsks()
  const [one, two] = [tab('one', store), tab('two', store)]
  const doing = hold()
  const asked: boolean[] = []
  const ran = one.turn(async (isOurs) => {
    asked.push(isOurs())
    await doing.promise
    asked.push(isOurs())
  })
  await settled()
  await two.turn(async () => {})
  two.pass(5_000)
  const other = hold()
  const second = two.turn(() => other.promise)
  await settled()
  one.pass(6_000)
  await settled()
  doing.resolve()
  await ran
  expect(asked).toEqual([true, false])
  expect(await one.turn(async () => {})).toBe(false)
  other.resolve()
  expect(await second).toBe(true)
})

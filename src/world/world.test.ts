import { describe, expect, test } from 'vitest'
import { boundaries } from './disk.ts'
import { liveOneDay } from './day.ts'
import { scenarioOf } from './mutants/arenas.ts'
import { dispatcher } from './dispatcher.ts'
import { Gate } from './gate.ts'
import { Installer } from './installer.ts'
import { Lead } from './lead.ts'
import { Person } from './person.ts'
import { comeToRest } from './quiet.ts'
import { scenarioFor } from './scenario.ts'
import { Dice } from './random.ts'
import { Screens } from './screens/screens.ts'
import { makePlan } from './site-plan.ts'
import type { WorldOptions } from './world.ts'
import { World } from './world.ts'

const minute = 60_000
const patience = 120_000

test('a seed is one world: two runs have one trace', { timeout: patience }, async () => {
  const scenario = { ...scenarioFor(new Dice('twice'), 'hall'), ms: 60 * minute, faultEveryMs: minute }
  const plans = () => scenarioFor(new Dice('twice'), 'hall').plans
  const one = await liveOneDay('twice', { scenario: { ...scenario, plans: plans() } })
  const two = await liveOneDay('twice', { scenario: { ...scenario, plans: plans() } })
  const other = await liveOneDay('other', { scenario: { ...scenario, plans: plans() } })
  expect(one.failure).toBeUndefined()
  expect(two.hash).toBe(one.hash)
  expect(other.hash).not.toBe(one.hash)
})

describe.each([
  ['one box', makeAlone],
  ['a keeper under a hub', makePair],
])('%s, whose keeper is killed at every boundary of its store', (_, make) => {
  test.each(boundaries)('at %s', { timeout: patience }, async (boundary) => {
    const { world, lead } = await make(boundary)
    const keeper = world.box('keep1')
    const starts = keeper.starts
    for (let n = 1; n <= 12; n += 1) {
      keeper.disk.killAt(boundary, n)
      await world.run(5 * minute)
    }
    await comeToRest(world, lead)
    expect(world.failure).toBeUndefined()
    expect(keeper.starts - starts).toBeGreaterThanOrEqual(10)
    expect(world.ledger.acknowledged().length).toBeGreaterThan(50)
  })
})

describe('orders, while the boxes that are given them are killed at every boundary of their stores', () => {
  test.each(boundaries)('ORDER-3 ORDER-4 at %s', { timeout: patience }, async (boundary) => {
    const { world, lead } = await makePair(`orders ${boundary}`, { orders: true })
    const boxes = [world.box('keep1'), world.box('hub0')]
    dispatcher(world, world.box('keep1'), 'fair-1').live(4_000)
    for (let n = 1; n <= 24; n += 1) {
      boxes[n % 2]?.disk.killAt(boundary, Math.ceil(n / 2))
      await world.run(minute)
    }
    await comeToRest(world, lead)
    await world.orderWatch?.comeToRest(world)
    expect(world.failure?.message).toBeUndefined()
    expect([...world.book.efforts()].length).toBeGreaterThan(50)
    const broken = [...world.book.efforts()].filter(({ end }) => end === 'killed')
    expect(broken.length).toBeGreaterThan(0)
  })
})

describe('days in which everything goes wrong', () => {
  test.each([3, 5, 10, 13, 17, 19])('world %i', { timeout: patience }, async (seed) => {
    const { failure, facts, actions, days, scenario } = await liveOneDay(String(seed))
    expect(failure?.message).toBeUndefined()
    expect(facts).toBeGreaterThanOrEqual(500 * days)
    expect(actions).toBeGreaterThanOrEqual(20 * days)
    expect(days).toBeCloseTo(scenario.boxes.length, 1)
  })
})

test(
  'LOG-26 persons are erased while keepers part, and are gone in the end',
  { timeout: patience },
  async () => {
    const scenario = { ...scenarioOf('two keepers'), registrars: true }
    const { failure } = await liveOneDay('2', { scenario })
    expect(failure?.message).toBeUndefined()
  },
)

test('LIVE-8 3,000 screens at one keeper, of which some are slow', { timeout: patience }, async () => {
  const { world, lead } = await begin('many screens', ['keep1', 'hub0'], 'hub0')
  const plan = world.sites.get('fair-1')
  if (!plan) throw new Error('no fair')
  for (const id of plan.members) new Person(world, world.box(id), plan.site).live(20_000)
  const screens = new Screens(world)
  screens.add(plan, 3000, 10)
  screens.watch(20_000)
  await world.run(3 * minute)
  await comeToRest(world, lead)
  await screens.comeToRest()
  expect(world.failure?.message).toBeUndefined()
  expect(screens.messages).toBeGreaterThan(30_000)
})

test('one seed in ten has 200 boxes or more', () => {
  const sizes = Array.from(
    { length: 300 },
    (_, seed) => scenarioFor(new Dice(String(seed)).fork('scenario')).boxes.length,
  )
  expect(sizes.filter((size) => size >= 200).length).toBeGreaterThanOrEqual(25)
})

function makeAlone(seed: string) {
  return begin(`alone ${seed}`, ['keep1'], undefined)
}

function makePair(seed: string, options: WorldOptions = {}) {
  return begin(`pair ${seed}`, ['keep1', 'hub0'], 'hub0', options)
}

async function begin(
  seed: string,
  boxes: readonly string[],
  hub: string | undefined,
  options: WorldOptions = {},
) {
  const world = new World(seed, options)
  const installer = new Installer(world)
  for (const id of boxes) world.addBox(id)
  await installer.begin(makePlan({ site: 'fair-1', keeper: 'keep1', hub }))
  for (const id of boxes) new Gate(world, world.box(id), 'fair-1', 20_000)
  return { world, lead: new Lead(world, installer) }
}

test('SITE-3 every box that is assigned gets the site key, however its links came up', async () => {
  const scenario = { ms: 2 * minute, faultEveryMs: 60 * minute }
  for (const seed of [18, 21, 22, 25, 36]) {
    const { failure, scenario: lived } = await liveOneDay(String(seed), { scenario })
    expect(lived.shape).toMatch(/several/)
    expect(failure?.message).toBeUndefined()
  }
})

import { expect, test } from 'vitest'
import type { TestBox } from './boxes.ts'
import { Boxes, until } from './boxes.ts'

const seen = (tag: string, hits: number) => ({ kind: 'fair.seen', body: { tag, gate: 'north', at: 1, hits } })
const grant = (key: string, cents = 500) => ({
  action: 'fair.grant',
  key,
  who: 'tester',
  input: { tag: 'a1', cents },
})
const equal = (...boxes: readonly TestBox[]) =>
  boxes.every((box) => box.site().chain === boxes[0]?.site().chain && box.site().unsent === 0)

/** A chain: each box is above the next. The middle one keeps. */
async function chain(boxes: Boxes, ...names: readonly string[]): Promise<TestBox[]> {
  const made = names.map((name) => boxes.make(name))
  for (const box of made) await box.start()
  const keeper = made[1] as TestBox
  await keeper.box.found('fair')
  await until(() => keeper.site().role === 'keeping')
  for (const box of made) if (box !== keeper) await keeper.box.assign('fair', box.member)
  for (const [index, box] of made.entries()) await box.box.serve('fair', made[index - 1]?.above ?? null)
  await until(() => equal(...made))
  return made
}

test('TERM-4 a keeper hands its site over, decides nothing more, and the next one goes on', async () => {
  await using boxes = new Boxes()
  const [hub, keeper, spare] = (await chain(boxes, 'hub', 'keeper', 'spare')) as [TestBox, TestBox, TestBox]
  await keeper.box.act('fair', grant('before'))
  expect(await keeper.box.handOver('fair', spare.identity.box)).toMatchObject({ is: 'answered' })
  await until(() => spare.site().role === 'keeping')
  expect(keeper.site().role).toBe('following')
  await until(async () => (await hub.box.act('fair', grant('after'))).is === 'answered')
  expect(await hub.box.act('fair', grant('after'))).toMatchObject({ is: 'answered', again: true })
  expect(await hub.box.act('fair', grant('before'))).toMatchObject({ is: 'answered', again: true })
  await keeper.box.record('fair', [seen('k', 1)])
  await until(() => equal(hub, keeper, spare))
  expect(spare.site()).toMatchObject({ orphans: 0 })
  expect(spare.site().term.startsWith(`2/${spare.identity.box}/1/`)).toBe(true)
})

test('TERM-4 a site is handed over only to a box that follows it whole', async () => {
  await using boxes = new Boxes()
  const [, keeper] = (await chain(boxes, 'hub', 'keeper')) as [TestBox, TestBox]
  expect(await keeper.box.handOver('fair', 'stranger0000')).toMatchObject({
    is: 'refused',
    code: 'does-not-follow',
  })
  expect(await keeper.box.handOver('fair', keeper.identity.box)).toMatchObject({
    is: 'refused',
    code: 'keeps-already',
  })
})

test('LINK-6 a fact of the last of three boxes reaches the first, and an action of the last is answered', async () => {
  await using boxes = new Boxes()
  const [hub, keeper, satellite] = (await chain(boxes, 'hub', 'keeper', 'satellite')) as [
    TestBox,
    TestBox,
    TestBox,
  ]
  await satellite.box.record('fair', [seen('s', 1), seen('s', 2)])
  expect(await satellite.box.act('fair', grant('far'))).toMatchObject({ is: 'answered', copies: 2 })
  await until(() => equal(hub, keeper, satellite) && satellite.site().top === keeper.site().n)
})

test('LINK-6 with its keeper away, a box below brings its facts through another to the keeper', async () => {
  await using boxes = new Boxes()
  const [hub, keeper, satellite] = (await chain(boxes, 'hub', 'keeper', 'satellite')) as [
    TestBox,
    TestBox,
    TestBox,
  ]
  await satellite.stop()
  await satellite.start()
  await satellite.box.serve('fair', hub.above)
  await until(() => satellite.box.status().links.some(({ box }) => box === hub.identity.box))
  const { n } = keeper.site()
  await satellite.box.record('fair', [seen('moved', 1)])
  await until(() => equal(hub, keeper, satellite))
  expect(keeper.site().n).toBe(n + 2)
})

test('LINK-7 what a box recorded for a site that it no longer serves still arrives', async () => {
  await using boxes = new Boxes()
  const [hub, keeper, satellite] = (await chain(boxes, 'hub', 'keeper', 'satellite')) as [
    TestBox,
    TestBox,
    TestBox,
  ]
  boxes.cut.add('satellite-keeper')
  await satellite.stop()
  await satellite.start()
  await satellite.box.record('fair', [seen('left', 1), seen('left', 2)])
  const input = { box: satellite.identity.box }
  await keeper.box.act('fair', { action: 'box.unassign', key: 'bye', who: 'tester', input })
  const before = keeper.site().n
  boxes.cut.clear()
  await until(() => keeper.site().n === before + 3 && satellite.site().unsent === 0, 15_000)
  expect(satellite.site().n).toBeLessThan(before)
  await until(() => equal(hub, keeper))
})

test('LINK-18 ACT-1 a small box records and asks, and does without the log', async () => {
  await using boxes = new Boxes()
  const [, keeper] = (await chain(boxes, 'hub', 'keeper')) as [TestBox, TestBox]
  const small = boxes.make('small')
  await small.start()
  await keeper.box.assign('fair', { ...small.member, small: true })
  await small.box.serve('fair', keeper.above)
  await until(() => small.box.status().links.length === 1)
  const before = keeper.site().n
  await small.box.record('fair', [seen('small', 1)])
  await until(() => keeper.site().n === before + 2 && small.site().unsent === 0)
  expect(await small.box.act('fair', grant('small'))).toMatchObject({ is: 'answered' })
  expect(small.site().n).toBe(0)
})

test('TERM-5 a take-over waits for a box that has just started; of one that takes long it says so', async () => {
  await using boxes = new Boxes()
  const [, keeper, spare] = (await chain(boxes, 'hub', 'keeper', 'spare')) as [TestBox, TestBox, TestBox]
  await until(() => spare.hasKey())
  await keeper.stop()
  await spare.stop()
  const { promise, resolve } = Promise.withResolvers<void>()
  spare.viewsOpen = promise
  await spare.start()
  expect(await spare.box.takeOver('fair', 'lead')).toEqual({ is: 'refused', code: 'starting', detail: {} })
  const taken = spare.box.takeOver('fair', 'lead')
  resolve()
  expect(await taken).toMatchObject({ is: 'answered' })
  expect(spare.site().role).toBe('keeping')
})

test('TERM-7 a keeper restored from a backup decides nothing before it has met another box of the site', async () => {
  await using boxes = new Boxes()
  const [hub, keeper] = (await chain(boxes, 'hub', 'keeper')) as [TestBox, TestBox]
  await keeper.box.act('fair', grant('early'))
  await until(() => equal(hub, keeper))
  const backup = keeper.image()
  for (let i = 1; i <= 5; i++) await keeper.box.act('fair', grant(`late-${i}`))
  await until(() => equal(hub, keeper))
  const { chain: stood, n } = hub.site()
  await keeper.stop()
  keeper.restore(backup)
  boxes.cut.add('keeper-hub')
  await keeper.start()
  await until(() => keeper.site().role === 'halted', 6_000)
  expect(await keeper.box.act('fair', grant('too soon'))).toMatchObject({
    is: 'refused',
    code: 'keeper-away',
  })
  boxes.cut.clear()
  await until(() => keeper.site().role === 'keeping', 15_000)
  expect(await keeper.box.act('fair', grant('late-3'))).toMatchObject({ is: 'answered', again: true })
  await until(() => equal(hub, keeper))
  expect(hub.site().n).toBe(n + 1)
  expect(hub.chainAt(n)).toBe(stood)
})

test('TERM-8 a keeper put back without knowing it takes what others have, and hands in its own branch', async () => {
  await using boxes = new Boxes()
  const [hub, keeper] = (await chain(boxes, 'hub', 'keeper')) as [TestBox, TestBox]
  await until(() => equal(hub, keeper))
  const card = keeper.image()
  for (let i = 1; i <= 5; i++) await keeper.box.act('fair', grant(`real-${i}`))
  await keeper.box.record('fair', [seen('real', 1)])
  await until(() => equal(hub, keeper))
  const { chain: stood, n } = hub.site()
  await keeper.stop()
  keeper.putBack(card)
  boxes.cut.add('keeper-hub')
  await keeper.start()
  await until(() => keeper.site().role === 'keeping', 8_000)
  await keeper.box.record('fair', [seen('fork', 1)])
  expect(await keeper.box.act('fair', grant('forked'))).toMatchObject({ is: 'answered', copies: 1 })
  boxes.cut.clear()
  await until(
    () => keeper.site().role === 'keeping' && equal(hub, keeper) && hub.site().orphans === 1,
    15_000,
  )
  expect(hub.chainAt(n)).toBe(stood)
  expect(hub.site().clones).toBeGreaterThan(0)
})

test('SITE-3 a box without the site key does not take the site over', async () => {
  await using boxes = new Boxes()
  const [, keeper, spare] = (await chain(boxes, 'hub', 'keeper', 'spare')) as [TestBox, TestBox, TestBox]
  await until(() => spare.hasKey())
  await keeper.stop()
  await spare.stop()
  spare.forgetKey()
  await spare.start()
  await until(() => spare.site().n > 0)
  expect(await spare.box.takeOver('fair', 'lead')).toMatchObject({ is: 'refused', code: 'no-site-key' })
})

test('LOG-16 an erased person is nowhere on any disk, and the logs are still the same', async () => {
  await using boxes = new Boxes()
  const [hub, keeper] = (await chain(boxes, 'hub', 'keeper')) as [TestBox, TestBox]
  await hub.box.record('fair', [{ kind: 'fair.named', body: { tag: 'a1', name: 'Jeanne Unverwechselbar' } }])
  await until(() => equal(hub, keeper))
  const { n } = keeper.site()
  const input = { places: [{ n, i: 0 }] }
  expect((await keeper.box.act('fair', { action: 'facts.erase', key: 'gone', who: 'owner', input })).is).toBe(
    'answered',
  )
  await until(() => equal(hub, keeper) && !hub.holds('Unverwechselbar') && !keeper.holds('Unverwechselbar'))
  expect(keeper.chainAt(n)).toBe(hub.chainAt(n))
})

test('LOG-16 a box that was put back holds an erased person in its journal until it hears of the erasure', async () => {
  await using boxes = new Boxes()
  const [hub, keeper] = (await chain(boxes, 'hub', 'keeper')) as [TestBox, TestBox]
  boxes.cut.add('keeper-hub')
  await keeper.stop()
  await hub.box.record('fair', [{ kind: 'fair.named', body: { tag: 'a1', name: 'Jeanne Unverwechselbar' } }])
  const card = hub.image()
  boxes.cut.clear()
  await keeper.start()
  await until(() => keeper.site().role === 'keeping' && equal(hub, keeper), 15_000)
  const input = { places: [{ n: placeOf('Unverwechselbar', keeper), i: 0 }] }
  await keeper.box.act('fair', { action: 'facts.erase', key: 'gone', who: 'owner', input })
  await until(() => equal(hub, keeper) && !keeper.holds('Unverwechselbar'))
  await hub.stop()
  hub.putBack(card)
  expect(hub.holds('Unverwechselbar')).toBe(true)
  await hub.start()
  await until(() => equal(hub, keeper) && !hub.holds('Unverwechselbar'), 15_000)
})

test('LOG-24 an erased person leaves the branch that a box lost, while its top has not confirmed it', async () => {
  await using boxes = new Boxes()
  const [hub, keeper, spare] = (await chain(boxes, 'hub', 'keeper', 'spare')) as [TestBox, TestBox, TestBox]
  await until(() => spare.hasKey())
  await hub.stop()
  boxes.cut.add('keeper-spare')
  await spare.stop()
  await keeper.box.record('fair', [
    { kind: 'fair.named', body: { tag: 'a1', name: 'Jeanne Unverwechselbar' } },
  ])
  await spare.start()
  await until(() => spare.site().role === 'following')
  expect(await spare.box.takeOver('fair', 'lead')).toMatchObject({ is: 'answered' })
  boxes.cut.clear()
  await until(() => equal(keeper, spare) && spare.holds('Unverwechselbar'), 15_000)
  expect(salvageOf(keeper)).toContain('Unverwechselbar')
  const input = { places: [{ n: placeOf('Unverwechselbar', spare), i: 0 }] }
  await spare.box.act('fair', { action: 'facts.erase', key: 'gone', who: 'owner', input })
  await until(
    () => equal(keeper, spare) && !keeper.holds('Unverwechselbar') && !spare.holds('Unverwechselbar'),
  )
  expect(salvageOf(keeper)).toContain('fair.named')
  await hub.start()
  await until(() => equal(hub, keeper, spare) && salvageOf(keeper) === '[]', 15_000)
  expect(hub.holds('Unverwechselbar')).toBe(false)
})

test('LOG-26 an erasure that a take-over lost is said again, and the person is gone everywhere', async () => {
  await using boxes = new Boxes()
  const [hub, keeper, spare] = (await chain(boxes, 'hub', 'keeper', 'spare')) as [TestBox, TestBox, TestBox]
  await until(() => spare.hasKey())
  const named = { kind: 'fair.named', body: { tag: 'a1', name: 'Jeanne Unverwechselbar' } }
  await keeper.box.record('fair', [named])
  await until(() => equal(hub, keeper, spare) && spare.holds('Unverwechselbar'))
  await hub.stop()
  boxes.cut.add('keeper-spare')
  await spare.stop()
  const input = { places: [{ n: placeOf('Unverwechselbar', keeper), i: 0 }] }
  const erase = { action: 'facts.erase', key: 'gone', who: 'owner', input }
  expect(await keeper.box.act('fair', erase)).toMatchObject({ is: 'answered', copies: 1 })
  await until(() => !keeper.holds('Unverwechselbar'))
  await spare.start()
  await until(() => spare.site().role === 'following')
  expect(await spare.box.takeOver('fair', 'lead')).toMatchObject({ is: 'answered' })
  boxes.cut.clear()
  await until(() => equal(keeper, spare) && !spare.holds('Unverwechselbar'), 15_000)
  await hub.start()
  await until(() => equal(hub, keeper, spare) && !hub.holds('Unverwechselbar'), 15_000)
  await until(() => hub.viewsText() === keeper.viewsText())
  expect(spare.site().orphans).toBe(1)
})

const salvageOf = (box: TestBox): string =>
  JSON.stringify(box.truth.prepare('SELECT head, bodies FROM salvage').all())

/** The entry in whose lines a text stands. */
function placeOf(text: string, box: TestBox): number {
  const row = box.truth.prepare(`SELECT id % 8589934592 AS n FROM log WHERE bodies LIKE ?`).get(`%${text}%`)
  return Number(row?.['n'])
}

import { expect, test } from 'vitest'
import { Boxes, until } from './boxes.ts'

const seen = (tag: string, hits: number) => ({ kind: 'fair.seen', body: { tag, gate: 'north', at: 1, hits } })
const grant = (key: string, cents = 500) => ({
  action: 'fair.grant',
  key,
  who: 'tester',
  input: { tag: 'a1', cents },
})

async function keeperAndFollower(boxes: Boxes) {
  const [keeper, follower] = [boxes.make('keeper'), boxes.make('follower')]
  await keeper.start()
  await follower.start()
  await keeper.box.found('fair')
  await until(() => keeper.site().role === 'keeping')
  expect((await keeper.box.assign('fair', follower.member)).is).toBe('answered')
  await follower.box.serve('fair', keeper.above)
  await until(() => follower.site().n === keeper.site().n && keeper.site().n > 0)
  return { keeper, follower }
}

test('LOG-11 records of both boxes are in one log, the same on both', async () => {
  await using boxes = new Boxes()
  const { keeper, follower } = await keeperAndFollower(boxes)
  for (let i = 1; i <= 20; i++) {
    await keeper.box.record('fair', [seen('k', i)])
    await follower.box.record('fair', [seen('f', i)])
  }
  await until(
    () => follower.site().unsent === 0 && follower.site().n === keeper.site().n && keeper.site().n >= 42,
  )
  expect(follower.site().chain).toBe(keeper.site().chain)
  const journal = keeper.truth.prepare(`SELECT head, body FROM journal WHERE head LIKE '%fair.seen%'`).all()
  const log = keeper.truth.prepare(`SELECT head, bodies AS body FROM log`).all()
  expect(journal).toHaveLength(20)
  expect(log).toEqual(expect.arrayContaining([...journal]))
})

test('ACT-2 an action is answered once, with two copies, and the same when asked again elsewhere', async () => {
  await using boxes = new Boxes()
  const { keeper, follower } = await keeperAndFollower(boxes)
  const first = await keeper.box.act('fair', grant('key-1'))
  expect(first).toMatchObject({ is: 'answered', copies: 2, again: false })
  const again = await follower.box.act('fair', grant('key-1'))
  expect(again).toMatchObject({ is: 'answered', again: true, n: first.is === 'answered' ? first.n : 0 })
  expect(await follower.box.act('fair', grant('key-1', 600))).toMatchObject({
    is: 'refused',
    code: 'key-conflict',
  })
})

test('ACT-10 when its person did it travels with an action, and stands in the entry on both', async () => {
  await using boxes = new Boxes()
  const { keeper, follower } = await keeperAndFollower(boxes)
  const doneAt = { ms: 1_763_650_000_000, within: 51 }
  expect(await follower.box.act('fair', { ...grant('later'), doneAt })).toMatchObject({ is: 'answered' })
  await until(() => follower.site().n === keeper.site().n)
  for (const box of [keeper, follower]) {
    const heads = box.truth.prepare(`SELECT head FROM log WHERE head LIKE '%"later"%'`).all()
    expect(heads.map(({ head }) => String(head).endsWith(',[1763650000000,51]]'))).toEqual([true])
  }
})

test('LOG-9 what a follower recorded while it was cut off arrives once', async () => {
  await using boxes = new Boxes()
  const { keeper, follower } = await keeperAndFollower(boxes)
  boxes.cut.add('keeper-follower')
  await follower.stop()
  await follower.start()
  for (let i = 1; i <= 300; i++) await follower.box.record('fair', [seen('f', i)])
  await keeper.box.act('fair', grant('key-2'))
  boxes.cut.clear()
  await until(
    () => follower.site().unsent === 0 && follower.site().n === keeper.site().n && keeper.site().n > 300,
    15_000,
  )
  expect(follower.site().chain).toBe(keeper.site().chain)
})

test('ACT-8 TERM-6 a follower takes over; what only the old keeper had comes back, its decisions as orphans', async () => {
  await using boxes = new Boxes()
  const { keeper, follower } = await keeperAndFollower(boxes)
  await follower.stop()
  await keeper.box.record('fair', [seen('lonely', 1)])
  expect(await keeper.box.act('fair', grant('key-3'))).toMatchObject({ is: 'answered', copies: 1 })
  await keeper.stop()
  await follower.start()
  await until(() => follower.site().n > 0)
  const taken = await follower.box.takeOver('fair', 'lead')
  expect(taken).toMatchObject({ is: 'answered', copies: 1, answer: { term: expect.stringMatching(/^2\//) } })
  await until(() => follower.site().role === 'keeping')
  await keeper.start()
  await until(() => keeper.site().chain === follower.site().chain && follower.site().orphans === 1, 15_000)
  expect(keeper.site()).toMatchObject({ role: 'following', orphans: 1 })
})

test('LINK-17 a box learns what the top has when the link comes up, though nothing happens on the site', async () => {
  await using boxes = new Boxes()
  const { keeper, follower } = await keeperAndFollower(boxes)
  const { n } = keeper.site()
  await follower.stop()
  await follower.start()
  await until(() => follower.site().top === n)
  expect(keeper.site().n).toBe(n)
})

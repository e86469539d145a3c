import { expect, test } from 'vitest'
import type { TestBox } from './boxes.ts'
import { Boxes, until } from './boxes.ts'

const topUp = (key: string, cents = 500) => ({
  action: 'fair.topUp',
  key,
  who: 'ada',
  input: { tag: 'a1', cents },
})

async function pair(boxes: Boxes): Promise<readonly [TestBox, TestBox]> {
  const [keeper, follower] = [boxes.make('keeper'), boxes.make('follower')]
  await keeper.start()
  await follower.start()
  await keeper.box.found('fair')
  await until(() => keeper.site().role === 'keeping')
  await keeper.box.assign('fair', follower.member)
  await follower.box.serve('fair', keeper.above)
  await until(() => follower.site().n === keeper.site().n && keeper.site().n > 0)
  return [keeper, follower]
}

test('AFAR-3 asked behind a cut it waits, through a restart of its box, and is answered once the keeper is back', async () => {
  await using boxes = new Boxes()
  const [keeper, follower] = await pair(boxes)
  await keeper.stop()
  await until(() => follower.box.status().links.length === 0)
  expect(await follower.box.act('fair', topUp('far'))).toMatchObject({ is: 'waiting' })
  expect(follower.site().waiting).toBe(1)
  await follower.stop()
  await follower.start()
  expect(follower.box.waiting('fair')).toMatchObject([{ key: 'far', who: 'ada', state: 'waiting' }])
  await keeper.start()
  await until(() => follower.box.asked('fair', 'far')?.state === 'answered', 15_000)
  expect(await follower.box.act('fair', topUp('far'))).toMatchObject({ is: 'answered' })
  expect(await keeper.box.act('fair', topUp('far'))).toMatchObject({ is: 'answered', again: true })
  expect(await keeper.box.act('fair', topUp('far', 1))).toMatchObject({ code: 'key-conflict' })
})

test('AFAR-3 the box where it waits takes the site over, and decides it itself', async () => {
  await using boxes = new Boxes()
  const [keeper, follower] = await pair(boxes)
  await until(() => follower.hasKey())
  await keeper.stop()
  await until(() => follower.box.status().links.length === 0)
  const told: string[] = []
  follower.box.onAsked('fair', ({ state }) => told.push(state))
  expect(await follower.box.act('fair', topUp('far'))).toMatchObject({ is: 'waiting' })
  expect(await follower.box.takeOver('fair', 'lead')).toMatchObject({ is: 'answered' })
  await until(() => follower.box.asked('fair', 'far')?.state === 'answered')
  expect(told).toEqual(['waiting', 'answered'])
})

import { expect, test } from 'vitest'
import { LiveSession } from '../../kernel/live/session.ts'
import { toyLive } from '../../kernel/live/toy-live.ts'
import { toyKnown } from '../../kernel/pack/toy-pack.ts'
import { Dice } from '../random.ts'
import { Time } from '../time.ts'
import { Voice } from './voice.ts'

test('LIVE-9 what a screen says comes in order, so that no count that it got falls', async () => {
  const time = new Time()
  const closed: string[] = []
  let told = 0
  const session = new LiveSession({
    live: toyLive().live,
    known: toyKnown,
    rights: { sites: () => [] },
    now: () => [0, 0, 0],
    channel: { send: () => (told += 1), close: (why) => closed.push(why) },
  })
  const voice = new Voice(time, new Dice('voice'), (message) => session.message(message))
  for (let count = 0; count < 100; count += 1) {
    voice.say({ t: 'beat', count: 0 })
    await time.run(time.now + 5)
  }
  await time.run(time.now + 1000)
  expect(told).toBe(100)
  for (let count = 1; count <= 100; count += 1) {
    voice.say({ t: 'got', count })
    await time.run(time.now + 5)
  }
  await time.run(time.now + 1000)
  expect(closed).toEqual([])
  voice.say({ t: 'got', count: 101 })
  await time.run(time.now + 1000)
  expect(closed).toHaveLength(1)
})

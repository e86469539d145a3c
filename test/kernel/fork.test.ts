import { expect, test } from 'vitest'
import { Boxes, until } from './boxes.ts'

const grant = (key: string, cents: number) => {
  return { action: 'fair.grant', key, who: 'tester', input: { tag: 'a1', cents } }
}
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test('TERM-6 the link breaks after a keeper gave up its branch, before the entries of the other came: it decides nothing under the old term', async () => {
  await using boxes = new Boxes()
  const [keeper, follower] = [boxes.make('keeper'), boxes.make('follower')]
  await keeper.start()
  await follower.start()
  await keeper.box.found('fair')
  await until(() => keeper.site().role === 'keeping')
  await keeper.box.assign('fair', follower.member)
  await follower.box.serve('fair', keeper.above)
  await until(() => follower.hasKey() && follower.site().n === keeper.site().n)
  const { term, n } = keeper.site()

  boxes.cut.add('keeper-follower')
  await follower.stop()
  expect(await keeper.box.act('fair', grant('lost', 500))).toMatchObject({ is: 'answered', n: n + 1 })
  await follower.start()
  await until(() => follower.site().n === n)
  expect(await follower.box.takeOver('fair', 'lead')).toMatchObject({ is: 'answered' })

  const push = keeper.log.push.bind(keeper.log)
  keeper.log.push = (text) => {
    if (text.includes('handed in')) boxes.cut.add('keeper-follower')
    return push(text)
  }
  boxes.cut.clear()
  await until(() => keeper.log.some((text) => text.includes('handed in')))
  await follower.stop()
  await until(() => keeper.box.status().links.length === 0)
  await wait(200)
  expect(await keeper.box.act('fair', grant('second', 700))).toMatchObject({
    is: 'refused',
    code: 'keeper-away',
  })
  expect(keeper.site()).toMatchObject({ role: 'following', term, n })
  expect(keeper.truth.prepare('SELECT n FROM salvage').all()).toEqual([{ n: n + 1 }])

  boxes.cut.clear()
  await follower.start()
  await until(() => keeper.site().chain === follower.site().chain && follower.site().role === 'keeping')
  expect(keeper.site().role).toBe('following')
})

import { expect, test } from 'vitest'
import type { TestBox } from './boxes.ts'
import { Boxes, until } from './boxes.ts'

const ask = (action: string, key: string, input: unknown) => ({
  action: `fair.${action}`,
  key,
  who: 'ada',
  input,
})
const send = (key: string, cents: number) => ask('send', key, { tag: 'a1', site: 'hall', cents })

/** `fair` is kept by one box and followed by a spare, `hall` by another box; all serve both. */
async function twoSites(boxes: Boxes): Promise<Readonly<Record<'fair' | 'spare' | 'hall', TestBox>>> {
  const [fair, spare, hall] = ['fair', 'spare', 'hall'].map((name) => boxes.make(name)) as [
    TestBox,
    TestBox,
    TestBox,
  ]
  for (const box of [fair, spare, hall]) await box.start()
  await fair.box.found('fair')
  await hall.box.found('hall')
  await until(() => fair.site().role === 'keeping' && hall.site('hall').role === 'keeping')
  await fair.box.assign('fair', spare.member)
  await hall.box.assign('hall', fair.member)
  await hall.box.assign('hall', spare.member)
  await spare.box.serve('fair', fair.above)
  for (const box of [fair, spare]) await box.box.serve('hall', hall.above)
  await until(() => spare.site().n === fair.site().n && spare.site('hall').n === hall.site('hall').n)
  await until(() => spare.hasKey() && fair.site('hall').n === hall.site('hall').n)
  return { fair, spare, hall }
}

const errands = (box: TestBox) =>
  box.views.get('fair')?.prepare('SELECT state, answer, code FROM kernel_errands ORDER BY n').all() ?? []
const wallet = (box: TestBox) =>
  box.views.get('hall')?.prepare(`SELECT cents FROM fair_accounts WHERE account = 'wallet:a1'`).get()?.[
    'cents'
  ]

test('AFAR-9 what a site asks of another waits in its log, and is answered once it can be', async () => {
  await using boxes = new Boxes()
  const { fair, spare, hall } = await twoSites(boxes)
  await fair.box.act('fair', ask('grant', 'g', { tag: 'a1', cents: 1_000 }))
  await hall.stop()
  await until(() => fair.box.status().links.length === 1)
  expect(await fair.box.act('fair', send('s1', 300))).toMatchObject({ is: 'answered' })
  expect(await fair.box.act('fair', send('s2', 500))).toMatchObject({ is: 'answered' })
  await until(() => spare.site().n === fair.site().n)
  expect(errands(fair).map(({ state }) => state)).toEqual(['waiting', 'waiting'])
  await hall.start()
  await until(() => errands(spare).every(({ state }) => state !== 'waiting'), 20_000)
  expect(errands(spare)).toMatchObject([
    { state: 'answered', code: '' },
    { state: 'refused', code: 'too-much' },
  ])
  expect(wallet(hall)).toBe(300)
})

test('AFAR-9 a keeper that took over asks under the same key: one effect, one answer', async () => {
  await using boxes = new Boxes()
  const { fair, spare, hall } = await twoSites(boxes)
  await fair.box.act('fair', ask('grant', 'g', { tag: 'a1', cents: 1_000 }))
  await hall.stop()
  await until(() => fair.box.status().links.length === 1)
  await fair.box.act('fair', send('s1', 300))
  await until(() => spare.site().n === fair.site().n)
  // The old keeper asks, and is gone before it could say the answer.
  const key = `errand fair ${fair.site().term} ${fair.site().n} 1`
  await fair.stop()
  await hall.start()
  const input = { tag: 'a1', from: 'fair', cents: 300 }
  await until(async () => (await hall.box.act('hall', ask('receive', key, input))).is === 'answered')
  expect(await spare.box.takeOver('fair', 'lead')).toMatchObject({ is: 'answered' })
  await until(() => errands(spare)[0]?.['state'] === 'answered', 20_000)
  expect(wallet(hall)).toBe(300)
  await fair.start()
  await until(() => fair.site().n === spare.site().n && fair.site().chain === spare.site().chain, 20_000)
  expect(errands(fair)).toMatchObject([{ state: 'answered' }])
})

test('AFAR-10 an errand to a site that the box of the keeper does not serve waits until it does', async () => {
  await using boxes = new Boxes()
  const [fair, hall] = [boxes.make('fair'), boxes.make('hall')]
  for (const box of [fair, hall]) await box.start()
  await fair.box.found('fair')
  await hall.box.found('hall')
  await until(() => fair.site().role === 'keeping' && hall.site('hall').role === 'keeping')
  await fair.box.act('fair', ask('grant', 'g', { tag: 'a1', cents: 1_000 }))
  await fair.box.act('fair', send('s1', 300))
  await until(() => errands(fair).length === 1)
  expect(errands(fair)).toMatchObject([{ state: 'waiting' }])
  // A small member carries no log, and may ask.
  await hall.box.assign('hall', { ...fair.member, small: true })
  await fair.box.serve('hall', hall.above)
  await until(() => errands(fair)[0]?.['state'] === 'answered', 20_000)
  expect(wallet(hall)).toBe(300)
})

import { expect, test } from 'vitest'
import type { Wanted } from '../../src/kernel/live/live.ts'
import { ToyReader } from '../../src/kernel/live/toy-live.ts'
import type { TestBox } from './boxes.ts'
import { Boxes, until } from './boxes.ts'

const books: Wanted = { query: 'fair.books', sites: 'fair', input: {} }
let keys = 0
const grant = (box: TestBox, tag: string, cents = 5) =>
  box.box.act('fair', { action: 'fair.grant', key: `k${(keys += 1)}`, who: 'tester', input: { tag, cents } })

function reads(box: TestBox, wanted = books, reader = new ToyReader()) {
  const reading = box.box.live.read(wanted, reader)
  if (reading.is === 'refused') throw new Error(reading.code)
  return reader
}

async function pair(boxes: Boxes) {
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
const cents = (reader: ToyReader, account: string) => reader.rows.get(`["${account}"]`)

test('LIVE-4 readers at the keeper and at a follower hear of what each of them commits', async () => {
  await using boxes = new Boxes()
  const { keeper, follower } = await pair(boxes)
  const [above, below] = [reads(keeper), reads(follower)]
  await grant(keeper, 'a1')
  await until(() => cents(above, 'wallet:a1') !== undefined && cents(below, 'wallet:a1') !== undefined)
  await grant(follower, 'a1')
  await until(() =>
    [above, below].every((reader) => JSON.stringify(cents(reader, 'wallet:a1')).includes('10')),
  )
  expect(above.at).toEqual(below.at)
  expect(above.hash).toBe(below.hash)
})

test('LIVE-10 after a restart of the box, who has what there is hears that nothing has changed', async () => {
  await using boxes = new Boxes()
  const { keeper } = await pair(boxes)
  await grant(keeper, 'a1')
  const reader = reads(keeper)
  await until(() => cents(reader, 'wallet:a1') !== undefined)
  await keeper.stop()
  await keeper.start()
  const again = reads(keeper, { ...books, has: reader.has })
  await until(() => again.heard.length > 0)
  expect(again.heard).toMatchObject([{ t: 'same', hash: reader.hash }])
})

test('LIVE-11 where a box gives up what it had alone, its readers get all rows anew', async () => {
  await using boxes = new Boxes()
  const { keeper, follower } = await pair(boxes)
  await grant(keeper, 'shared')
  await until(() => follower.site().n === keeper.site().n)
  await follower.stop()
  await grant(keeper, 'alone')
  await keeper.stop()
  await follower.start()
  await until(() => follower.site().n > 0)
  await follower.box.takeOver('fair', 'lead')
  await until(() => follower.site().role === 'keeping')
  await follower.stop()
  await keeper.start()
  await until(() => keeper.site().n > 0 && keeper.site().role === 'keeping')
  const reader = reads(keeper)
  await until(() => cents(reader, 'wallet:alone') !== undefined)
  await follower.start()
  await until(() => keeper.site().chain === follower.site().chain && follower.site().orphans === 1, 15_000)
  await until(() => reader.heard.some((each) => each.t === 'rows' && each.anew === true))
  await until(() => cents(reader, 'wallet:alone') === undefined)
  expect(cents(reader, 'wallet:shared')).toBeDefined()
})

test('the queries of the kernel: who serves a site, and what waits for a person', async () => {
  await using boxes = new Boxes()
  const { keeper, follower } = await pair(boxes)
  const members = await keeper.box.live.ask({ query: 'boxes', sites: 'fair', input: {} })
  expect(members.is === 'answer' && [...members.rows.values()].join()).toContain(follower.identity.box)
  for (const query of ['quarantine', 'orphans'])
    expect(await keeper.box.live.ask({ query, sites: 'fair', input: {} })).toMatchObject({
      is: 'answer',
      rows: new Map(),
    })
  expect(keeper.box.live.slow).toEqual([])
})

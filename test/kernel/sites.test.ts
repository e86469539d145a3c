import { expect, test } from 'vitest'
import { parseHead, parseLine } from '../../src/kernel/entry.ts'
import type { TestBox } from './boxes.ts'
import { Boxes, until } from './boxes.ts'

async function founded(boxes: Boxes, name = 'keeper'): Promise<TestBox> {
  const box = boxes.make(name)
  await box.start()
  await box.box.found('fair')
  await until(() => box.site().role === 'keeping')
  return box
}

test('SITE-1 a site begins with its term and its first member, and there is no second birth', async () => {
  await using boxes = new Boxes()
  const keeper = await founded(boxes)
  const { box, publicKey } = keeper.identity
  const rows = keeper.truth.prepare('SELECT head, bodies FROM log ORDER BY id').all()
  expect(rows).toHaveLength(1)
  expect(parseHead(String(rows[0]?.['head']))).toMatchObject({
    form: 'k',
    kinds: ['site.keeper', 'box.assigned'],
  })
  const [term, member] = String(rows[0]?.['bodies'])
    .split('\n')
    .map((line) => parseLine(line).body)
  expect(term).toEqual({
    term: expect.stringMatching(`^1/${box}/1/[0-9a-z]+$`),
    how: 'birth',
    boot: 'boot-keeper-1',
  })
  expect(member).toEqual({ box, publicKey, small: false })
  expect(keeper.hasKey()).toBe(true)
  await expect(keeper.box.found('fair')).rejects.toThrow('has begun already')
  expect(keeper.site().n).toBe(1)
})

test('SITE-5 what cannot name a site founds none', async () => {
  await using boxes = new Boxes()
  const box = boxes.make('box')
  await box.start()
  for (const name of ['', '-fair', 'Fair', 'fair_1', 'fair/1', 'é', 'a'.repeat(64)])
    await expect(box.box.found(name)).rejects.toThrow('cannot name a site')
  expect(box.box.status().sites).toEqual([])
  await box.box.found(`0${'a-'.repeat(31)}`)
})

test('SITE-7 a box remembers which box is above, and follows a change of it at once', async () => {
  await using boxes = new Boxes()
  const keeper = await founded(boxes)
  const [hub, gate] = [boxes.make('hub'), boxes.make('gate')]
  for (const box of [hub, gate]) {
    await box.start()
    await keeper.box.assign('fair', box.member)
  }
  await hub.box.serve('fair', keeper.above)
  await gate.box.serve('fair', keeper.above)
  await until(() => gate.site().n === keeper.site().n)
  await gate.stop()
  await gate.start()
  await until(() => linked(gate, keeper))
  expect(linked(gate, hub)).toBe(false)
  await gate.box.serve('fair', hub.above)
  await until(() => linked(gate, hub))
  await gate.box.serve('fair', null)
  expect(gate.site().top).toBe(gate.site().n)
})

const linked = (box: TestBox, other: TestBox): boolean =>
  box.box.status().links.some((link) => link.box === other.identity.box)

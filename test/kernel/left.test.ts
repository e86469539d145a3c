import { expect, test } from 'vitest'
import type { TestBox } from './boxes.ts'
import { Boxes, until } from './boxes.ts'
import { HandPeer } from './hand-peer.ts'

const seen = (tag: string, hits: number) => ({ kind: 'fair.seen', body: { tag, gate: 'north', at: 1, hits } })
const grant = (key: string) => ({
  action: 'fair.grant',
  key,
  who: 'tester',
  input: { tag: 'a1', cents: 500 },
})

/** A keeper that lets in only whom its site names, and a gate under it. */
async function keeperAndGate(boxes: Boxes, small = false): Promise<readonly [TestBox, TestBox]> {
  const [keeper, gate] = [boxes.make('keeper'), boxes.make('gate')]
  for (const box of [keeper, gate]) {
    box.trustsAll = false
    await box.start()
  }
  await keeper.box.found('fair')
  await until(() => keeper.site().role === 'keeping')
  await keeper.box.assign('fair', { ...gate.member, small })
  await gate.box.serve('fair', keeper.above)
  await until(() => linked(gate, keeper) && (small || gate.site().chain === keeper.site().chain))
  return [keeper, gate]
}

const linked = (box: TestBox, other: TestBox): boolean =>
  box.box.status().links.some((link) => link.box === other.identity.box)
/** The gate goes on without its keeper. */
async function part(boxes: Boxes, gate: TestBox): Promise<void> {
  boxes.cut.add('gate-keeper')
  await gate.stop()
  await gate.start()
  await until(() => gate.site().role === 'following')
}
const unassign = (keeper: TestBox, box: TestBox) => {
  const input = { box: box.identity.box }
  return keeper.box.act('fair', { action: 'box.unassign', key: 'bye', who: 'tester', input })
}
const hits = (box: TestBox, tag: string) =>
  box.truth.prepare('SELECT head FROM log WHERE bodies LIKE ?').all(`%"tag":"${tag}"%`).length

test.each([false, true])(
  'LINK-7 a box that was unassigned while it was away comes back with its records (small: %s)',
  { timeout: 20_000 },
  async (small) => {
    await using boxes = new Boxes()
    const [keeper, gate] = await keeperAndGate(boxes, small)
    await part(boxes, gate)
    await gate.box.record('fair', [seen('away', 1), seen('away', 2)])
    await unassign(keeper, gate)
    await keeper.stop()
    await keeper.start()
    boxes.cut.clear()
    await until(() => keeper.box.status().sites[0]?.role === 'keeping')
    await until(() => gate.site().unsent === 0 && hits(keeper, 'away') > 0, 15_000)
    expect(hits(keeper, 'away')).toBe(2)
  },
)

test('LINK-7 who left is told so, gets no entries and no keys, and what it asks is refused in words', async () => {
  await using boxes = new Boxes()
  const [keeper, gate] = await keeperAndGate(boxes)
  const { n } = gate.site()
  await gate.stop()
  await unassign(keeper, gate)
  await keeper.box.record('fair', [seen('not for its ears', 1)])
  await gate.start()
  await until(() => gate.site().why.includes('do without this box'))
  expect(gate.site()).toMatchObject({ role: 'following', n })
  expect(await gate.box.act('fair', grant('k1'))).toEqual({
    is: 'refused',
    code: 'not-assigned',
    detail: { box: gate.identity.box },
  })
  expect(await gate.box.takeOver('fair', 'lead')).toMatchObject({ code: 'does-not-follow' })
  expect(keeper.box.keysOf(gate.identity.box)).toEqual([])
  expect(hits(gate, 'not for its ears')).toBe(0)
  await keeper.box.assign('fair', gate.member)
  await until(() => gate.site().chain === keeper.site().chain)
  expect(gate.site().why).toBe('')
  expect(await gate.box.act('fair', grant('k1'))).toMatchObject({ is: 'answered' })
})

test('LINK-15 the name of a box that left lets nobody in with another key', async () => {
  await using boxes = new Boxes()
  const [keeper, gate] = await keeperAndGate(boxes)
  await gate.stop()
  await unassign(keeper, gate)
  const thief = new HandPeer({ box: gate.identity.box })
  await expect(thief.dial(keeper, 500)).rejects.toThrow('it still does not hold')
  expect(thief.closedWith).toContain('is not known here')
}, 15_000)

test(
  'LINK-7 a keeper that was replaced and unassigned hands in its branch',
  { timeout: 20_000 },
  async () => {
    await using boxes = new Boxes()
    const [old, heir] = await keeperAndGate(boxes)
    await until(() => heir.hasKey())
    await part(boxes, heir)
    expect(await old.box.act('fair', grant('alone'))).toMatchObject({ is: 'answered', copies: 1 })
    await old.box.record('fair', [seen('alone', 1)])
    await until(() => old.site().unsent === 0)
    await heir.box.serve('fair', null)
    expect(await heir.box.takeOver('fair', 'lead')).toMatchObject({ is: 'answered' })
    await unassign(heir, old)
    boxes.cut.clear()
    await old.box.serve('fair', heir.above)
    await until(() => heir.site().orphans === 1 && hits(heir, 'alone') === 1, 15_000)
    await until(() => old.site().role === 'following')
    expect(hits(old, 'alone')).toBe(0)
    expect(await old.box.act('fair', grant('after'))).toMatchObject({ code: 'not-assigned' })
    expect(heir.site().role).toBe('keeping')
  },
)

test(
  'LINK-7 a term that a box opens after it left stops nobody; it halts itself',
  { timeout: 20_000 },
  async () => {
    await using boxes = new Boxes()
    const [keeper, gate] = await keeperAndGate(boxes)
    await until(() => gate.hasKey())
    await part(boxes, gate)
    await unassign(keeper, gate)
    expect(await gate.box.takeOver('fair', 'lead')).toMatchObject({ is: 'answered' })
    boxes.cut.clear()
    await until(() => gate.site().role === 'halted', 15_000)
    expect(gate.site().why).toContain('do without this box')
    expect(await keeper.box.act('fair', grant('k1'))).toMatchObject({ is: 'answered' })
    expect(keeper.site()).toMatchObject({ role: 'keeping', term: expect.stringMatching(/^1\//) })
    // A person decides whose word counts: assigned again, it is met like any higher term.
    await keeper.box.assign('fair', gate.member)
    await until(() => keeper.site().chain === gate.site().chain && gate.site().role === 'keeping', 15_000)
  },
)

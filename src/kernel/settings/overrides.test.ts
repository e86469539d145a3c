import { expect, test } from 'vitest'
import type { Instant, Quality } from '../instant.ts'
import { manualMachine, settled } from '../manual-machine.ts'
import type { Item, Outcome } from '../site/sequencer.ts'
import type { OverrideRow } from './desired.ts'
import { Overrides } from './overrides.ts'

const minute = 60_000

/** A box that keeps from entry 5 on, with these overrides in its log. */
function keeper(...rows: readonly OverrideRow[]) {
  const { machine, pass, pending } = manualMachine()
  const asked: string[] = []
  const state = { keeps: true, quality: 3 as Quality, offset: 0 }
  const now = (): Instant => [machine.clock.mono(), state.offset, state.quality]
  const submit = async (item: Item): Promise<Outcome> => {
    if (item.do === 'act') asked.push(item.key)
    return { did: 'refused', code: 'no-override', detail: {} }
  }
  const log = { history: { n: 5 } } as never
  const overrides = new Overrides(
    { site: 'hall', box: 'boxa', machine, log, now },
    { keeper: { submit }, isKeeping: () => state.keeps },
  )
  const turn = async () => {
    await overrides.turn(async () => rows)
    await settled()
  }
  return { turn, pass, pending, asked, state, overrides }
}
const row = (n: number, at: Instant, forMs = minute): OverrideRow => {
  return { target: 'site:hall', version: n, patch: {}, forMs, at, n }
}

test('SET-9 an override of this keeper’s own ends by its monotonic clock, under one key', async () => {
  const { turn, pass, asked, state } = keeper(row(6, [0, null, 0]))
  state.quality = 0
  await turn()
  pass(minute - 1)
  expect(asked).toEqual([])
  pass(1)
  expect(asked).toEqual(['override site:hall 6 6'])
})

test.each([
  ['ends on a clock that is known', 3, 3, 1],
  ['does not end on a clock that is not known', 3, 0, 0],
  ['does not end where the clock was not known then', 0, 3, 0],
] as const)('SET-9 an override of a keeper before %s', async (_, then, today, ends) => {
  const { turn, asked, state } = keeper(row(3, [0, 0, then]))
  state.quality = today
  state.offset = minute
  await turn()
  expect(asked).toHaveLength(ends)
})

test('SET-9 a clock that becomes known later is looked at each minute', async () => {
  const { turn, pass, asked, state } = keeper(row(3, [0, 0, 3]))
  state.quality = 0
  await turn()
  state.offset = minute
  state.quality = 3
  pass(minute)
  expect(asked).toHaveLength(1)
})

test('SET-9 a box that keeps no more ends nothing, and leaves no timer', async () => {
  const { turn, pass, pending, asked, state } = keeper(row(6, [0, 0, 3]))
  await turn()
  state.keeps = false
  await turn()
  pass(2 * minute)
  expect([asked, pending()]).toEqual([[], 0])
})

import { expect, test } from 'vitest'
import { orphansIn } from '../site/orphans.ts'
import type { Item } from '../site/sequencer.ts'
import { first, pay, toyKeeper } from '../site/toy-keeper.ts'

const sure = (item: Item, how: 'decide' | 'close'): Item => ({ ...item, sure: how }) as Item

test('AFAR-4 a refusal that must be the last word stands in the log, and nothing later is granted', () => {
  const { kept, log, views } = toyKeeper()
  const poor = pay('k', 5, 'poor')
  expect(first(kept(sure(poor, 'decide')))).toMatchObject({ did: 'refused', code: 'insufficient' })
  expect(log).toHaveLength(1)
  kept({ ...pay('more'), input: { from: 'bank', to: 'poor', cents: 50 } } as Item)
  expect(first(kept(poor))).toEqual({ did: 'refused', code: 'insufficient', detail: { short: 5 } })
  expect(first(kept(sure(poor, 'close')))).toMatchObject({ code: 'insufficient' })
  expect(views.kernel.refusals.all()).toMatchObject([{ key: 'k', code: 'insufficient' }])
})

test('AFAR-4 a refusal that may be asked again leaves nothing', () => {
  const { kept, log } = toyKeeper()
  expect(first(kept(pay('k', 5, 'poor')))).toMatchObject({ did: 'refused' })
  expect(log).toHaveLength(0)
})

test('AFAR-5 a key that is closed is decided no more; one that was granted keeps its answer', () => {
  const { kept } = toyKeeper()
  kept(pay('granted'))
  expect(first(kept(sure(pay('granted'), 'close')))).toMatchObject({ did: 'act', again: true })
  expect(first(kept(sure(pay('never'), 'close')))).toMatchObject({ did: 'refused', code: 'expired' })
  expect(first(kept(pay('never')))).toMatchObject({ did: 'refused', code: 'expired' })
})

test('AFAR-4 the same key with another body is a conflict, and stays what it was', () => {
  const { kept, log } = toyKeeper()
  kept(sure(pay('k', 5, 'poor'), 'decide'))
  expect(first(kept(sure(pay('k', 6, 'poor'), 'decide')))).toMatchObject({ code: 'key-conflict' })
  expect(log).toHaveLength(1)
})

test('AFAR-4 a refusal of a lost branch is no orphan: nobody was granted anything', () => {
  const { kept, log } = toyKeeper()
  kept(sure(pay('k', 5, 'poor'), 'decide'), pay('granted'))
  const [no, yes] = log.map(({ n, head, bodies }) => orphansIn('1/boxa/1/s', n, head, bodies))
  expect([no?.length, yes?.length]).toEqual([0, 1])
})

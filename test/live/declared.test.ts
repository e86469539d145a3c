import { relative, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, expectTypeOf, test } from 'vitest'
import type { ActionsOf, InputOf, MayWait, QueriesOf, RowOf } from '../../src/web/live/declared.ts'
import { kernelMayWait } from '../../src/web/live/declared.ts'
import { actions as kernelActions } from '../../src/kernel/site/actions.ts'
import type { LiveClient } from '../../src/web/live/client.ts'
import type { actions } from '../../src/world/fair/actions.ts'
import type { queries } from '../../src/world/fair/queries.ts'
import { bundlePage } from './bundle.ts'

type Fair = { readonly fair: { readonly queries: typeof queries; readonly actions: typeof actions } }
type Queries = QueriesOf<Fair>
type Actions = ActionsOf<Fair>

test('CLIENT-1 queries, rows, actions and inputs are known from what packs declare', () => {
  expectTypeOf<RowOf<Queries['fair.books'], 'fair'>>().toEqualTypeOf<{ account: string; cents: number }>()
  expectTypeOf<RowOf<Queries['fair.books'], undefined>['site']>().toEqualTypeOf<string>()
  expectTypeOf<RowOf<Queries['fair.wallet'], undefined>>().toEqualTypeOf<{ tag: string; cents: number }>()
  expectTypeOf<RowOf<Queries['boxes'], 'fair'>>().toEqualTypeOf<{
    box: string
    small: boolean
    since: number
  }>()
  expectTypeOf<InputOf<Queries['fair.wallet']>>().toEqualTypeOf<{ tag: string }>()
  expectTypeOf<InputOf<Queries['orphans']>>().toEqualTypeOf<{ settled?: boolean | undefined }>()
  expectTypeOf<InputOf<Actions['fair.pay']>>().toEqualTypeOf<{ tag: string; stall: string; cents: number }>()
  expectTypeOf<InputOf<Actions['box.unassign']>>().toEqualTypeOf<{ box: string }>()
  expectTypeOf<MayWait<Fair>>().toEqualTypeOf<Readonly<Record<'fair.topUp' | 'fair.payBack', true>>>()
  expectTypeOf<'fair.boks'>().not.toExtend<keyof Queries>()
  expectTypeOf<'fair.pays'>().not.toExtend<keyof Actions>()
  const known = (box: LiveClient<Fair>) => {
    expectTypeOf(box.query('fair.books', {}, { site: 'fair' }).now().rows[0]?.cents).toEqualTypeOf<
      number | undefined
    >()
    expectTypeOf(box.query('fair.books', {}).now().rows[0]?.site).toEqualTypeOf<string | undefined>()
    // @ts-expect-error A wallet is asked for by its tag.
    void box.query('fair.wallet', {})
    // @ts-expect-error Cents are a number.
    void box.act('fair.grant', { tag: 'ada', cents: '5' })
    // @ts-expect-error There is no such action.
    void box.act('fair.steal', {})
  }
  expect(known).toBeTypeOf('function')
})

test('CLIENT-17 which of the kernel’s actions may wait is what they declare', () => {
  const declared = Object.entries(kernelActions).filter(([, { away }]) => away !== 'refuse')
  expect(Object.keys(kernelMayWait)).toEqual(declared.map(([name]) => name))
})

test('CLIENT-1 into a page come the client and one file of the kernel, and they are small', async () => {
  const root = resolve(import.meta.dirname, '../..')
  const { code, modules } = await bundlePage(`${root}/src/web/live/connect.ts`)
  const others = modules
    .map((path) => relative(root, path))
    .filter((path) => !path.startsWith('src/web/live/'))
  expect(others).toEqual(['src/kernel/machine.ts'])
  expect(gzipSync(code).length).toBeLessThan(8_000)
})

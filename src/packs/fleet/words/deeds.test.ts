import { expect, test } from 'vitest'
import { actions } from '../../../kernel/site/actions.ts'
import { deeds } from './deeds.ts'

test('every action of the kernel has a name in the list of deeds', () => {
  expect(Object.keys(actions).filter((name) => !Object.hasOwn(deeds, name))).toEqual([])
})

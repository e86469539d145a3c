import { expect, test } from 'vitest'
import { fullRoles, mayWith } from './roles.ts'

test.each([
  ['what is for viewers is for whoever has a role', ['timing.referee'], ['viewer'], true],
  ['a lead may what a volunteer may', ['lead'], ['volunteer'], true],
  ['a volunteer may not what a lead may', ['volunteer'], ['lead'], false],
  ['an installer may not what a volunteer may', ['installer'], ['volunteer'], false],
  ['a lead has no role of a trade', ['lead'], ['timing.referee'], false],
  ['a manager has every role of every trade', ['manager'], ['timing.referee'], true],
  ['a manager is no owner', ['manager'], ['owner'], false],
  ['an owner may everything', ['owner'], ['manager'], true],
  ['who has no role may nothing', [], ['viewer'], false],
  ['but what is public', [], ['public'], true],
  ['a role that nobody knows gives nothing but a look', ['constructor'], ['volunteer'], false],
  ['what is for the box itself is for no owner', ['owner'], ['itself'], false],
  ['nor for whoever was given a role of that name', ['itself'], ['itself'], false],
  ['allowed to nobody, nobody may', ['owner'], [], false],
])('ACCOUNT-4 %s', (_, roles, allow, may) => {
  expect(mayWith(roles, allow)).toBe(may)
})

test('ACCOUNT-4 a pack writes its roles short, and none that it does not declare', () => {
  const timing = { name: 'timing', roles: ['referee'] }
  expect(fullRoles(timing, 'timing.start', ['lead', 'referee', 'public'])).toEqual([
    'lead',
    'timing.referee',
    'public',
  ])
  expect(() => fullRoles(timing, 'timing.start', ['refere'])).toThrow('timing.start allows refere')
})

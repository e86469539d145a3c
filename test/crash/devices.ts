import type { DeviceOf } from '../../src/doors/mqtt/device.ts'
import { mayWith } from '../../src/kernel/pack/roles.ts'
import { site } from './fair-packs.ts'

export const passwordOf = (id: string): string => `secret of ${id}`

/** Under which the broker of a site is known. */
export const brokerName = 'hall'
export const brokerToken = 'token of the hall'

/** Who may connect to a box of the tests: screens look, all others are volunteers, each with a password of its own. */
export const deviceOf: DeviceOf = async ({ username, password }) => {
  const secret = Buffer.from(password ?? []).toString()
  const id = username ?? (secret === brokerToken ? brokerName : undefined)
  if (id === undefined || (secret !== passwordOf(id) && secret !== brokerToken)) return undefined
  const roles = id.startsWith('screen') ? ['viewer'] : ['volunteer']
  return {
    kind: 'device',
    who: `device ${id}`,
    id,
    site: id.endsWith('-elsewhere') ? 'elsewhere' : site,
    may: ({ allow }, at) => at === site && mayWith(roles, allow),
  }
}

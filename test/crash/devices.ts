import type { DeviceOf } from '../../src/doors/mqtt/device.ts'
import { mayWith } from '../../src/kernel/pack/roles.ts'
import { site } from './fair-packs.ts'

export const passwordOf = (id: string): string => `secret of ${id}`

/** Who may connect to a box of the tests: screens look, all others are volunteers, each with a password of its own. */
export const deviceOf: DeviceOf = async ({ username: id, password }) => {
  if (id === undefined || password === undefined) return undefined
  if (Buffer.from(password).toString() !== passwordOf(id)) return undefined
  const roles = id.startsWith('screen') ? ['viewer'] : ['volunteer']
  return {
    kind: 'device',
    who: `device ${id}`,
    id,
    site: id.endsWith('-elsewhere') ? 'elsewhere' : site,
    may: ({ allow }, at) => at === site && mayWith(roles, allow),
  }
}

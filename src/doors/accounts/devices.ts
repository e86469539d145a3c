import { sha256 } from '../../kernel/digest.ts'
import type { Device, DeviceOf } from '../mqtt/device.ts'
import type { AccountDoor } from './account-door.ts'
import type { Directory } from './directory.ts'

/** What may stand in the level of a topic. */
const deviceName = /^[A-Za-z0-9._-]{1,64}$/

type KnowsTokens = Pick<AccountDoor, 'visitorOf'> & {
  readonly now: () => { readonly directory: Pick<Directory, 'token'> } | undefined
}

/**
 * A device is a program with a token of its own: its password is the token, the token's name is the device's, and the
 * token's one site is the site for which it speaks. A user name, if one is sent, is that name.
 */
export function devicesOf(door: KnowsTokens): DeviceOf {
  return async ({ username, password }) => {
    const secret = Buffer.from(password ?? []).toString('utf8')
    const visitor = await door.visitorOf({ authorization: `Bearer ${secret}` })
    const token = visitor.kind === 'token' ? door.now()?.directory.token(sha256(secret)) : undefined
    const [site, ...more] = token?.sites ?? []
    if (!token || site === undefined || more.length > 0 || !deviceName.test(token.name)) return undefined
    if (username !== undefined && username !== '' && username !== token.name) return undefined
    const device: Device = { ...visitor, kind: 'device', id: token.name, site }
    return device
  }
}

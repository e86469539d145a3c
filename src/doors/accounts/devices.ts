import { sha256 } from '../../kernel/digest.ts'
import type { Device, DeviceOf } from '../mqtt/device.ts'
import type { AccountDoor } from './account-door.ts'
import type { Directory } from './directory.ts'

/** What may stand in the level of a topic. */
const deviceName = /^[A-Za-z0-9._-]{1,64}$/

type KnowsTokens = Pick<AccountDoor, 'visitorOf' | 'onChange'> & {
  readonly now: () => { readonly directory: Pick<Directory, 'token' | 'person'> } | undefined
}

export type Devices = {
  readonly deviceOf: DeviceOf
  /** Tells of each device whose token is gone, or whose account is suspended. Returns how to stop. */
  readonly onGone: (tell: (who: string) => void) => () => void
}

/**
 * A device is a program with a token of its own: its password is the token, the token's name is the device's, and the
 * token's one site is the site for which it speaks. A user name, if one is sent, is that name.
 */
export function devicesOf(door: KnowsTokens): Devices {
  /** The hash of its token, by the name of each device that came in. */
  const inside = new Map<string, string>()
  const tokenOf = (hashed: string) => {
    const directory = door.now()?.directory
    const token = directory?.token(hashed)
    return token && directory?.person(token)?.suspended !== true ? token : undefined
  }
  return {
    deviceOf: async ({ username, password }) => {
      const secret = Buffer.from(password ?? []).toString('utf8')
      const visitor = await door.visitorOf({ authorization: `Bearer ${secret}` })
      const token = visitor.kind === 'token' ? tokenOf(sha256(secret)) : undefined
      const [site, ...more] = token?.sites ?? []
      if (!token || site === undefined || more.length > 0 || !deviceName.test(token.name)) return undefined
      if (username !== undefined && username !== '' && username !== token.name) return undefined
      inside.set(visitor.who, sha256(secret))
      const device: Device = { ...visitor, kind: 'device', id: token.name, site }
      return device
    },
    onGone: (tell) =>
      door.onChange(() => {
        for (const [who, hashed] of inside) if (!tokenOf(hashed) && inside.delete(who)) tell(who)
      }),
  }
}

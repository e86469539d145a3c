import { z } from 'zod'
import type { DoorRoute } from '../api/door-route.ts'
import { route } from '../api/door-route.ts'
import { Trouble } from '../errors.ts'
import { roleTexts } from '../role-words.ts'
import type { Permit } from '../visitor.ts'
import type { AccountDoor } from './account-door.ts'
import { openNow } from './browser.ts'

const permit: Permit = { name: 'reach', allow: ['viewer'] }

/** One way to this box. `lan`: others on its network get there. */
export type Reachable = {
  readonly url: string
  readonly secure: boolean
  readonly address: string
  readonly port: number
  readonly lan: boolean
}

/** Where phones and screens of the same network find this box. */
export function reachRoutes(door: AccountDoor, reach: () => readonly Reachable[]): readonly DoorRoute[] {
  return [
    route({
      name: 'reach',
      method: 'GET',
      path: '/api/fleet/reach',
      about: {
        en: 'Addresses under which this box is reached on its network, the best first.',
        fr: 'Les adresses où l’on atteint cette box sur son réseau, la meilleure d’abord.',
      },
      permission: permit.allow,
      bySite: true,
      input: z.object({}),
      answer: {
        addresses: [
          { url: 'http://192.168.1.20:8080/', secure: false, address: '192.168.1.20', port: 8080, lan: true },
        ],
      },
      admit: ({ visitor }) => {
        const { sites } = openNow(door).box.status()
        if (sites.some(({ site }) => visitor.may(permit, site))) return
        throw Trouble.of('allowed_nowhere', { roles: roleTexts(permit.allow) }).with({ allow: permit.allow })
      },
      run: () => Promise.resolve({ addresses: reach() }),
    }),
  ]
}

import type { Machine } from '../../kernel/machine.ts'
import type { Known } from '../../kernel/pack/kinds.ts'
import type { DoorRoute } from '../api/door-route.ts'
import type { AccountDoor } from './account-door.ts'
import { auditRoutes } from './audit-routes.ts'
import { firstStartRoutes } from './first-start-routes.ts'
import { ownAccountRoutes } from './own-account-routes.ts'
import { peopleRoutes } from './people-routes.ts'
import type { Reachable } from './reach.ts'
import { reachRoutes } from './reach.ts'

/** What the door does itself for browsers: first start, one's own account, people, audit, and where this box is. */
export function accountRoutes(parts: {
  readonly door: AccountDoor
  readonly known: Known
  readonly machine: Pick<Machine, 'clock' | 'random'>
  readonly reach: () => readonly Reachable[]
}): readonly DoorRoute[] {
  const { door, known, machine, reach } = parts
  return [
    ...firstStartRoutes(door),
    ...ownAccountRoutes(door, machine),
    ...peopleRoutes(door, { known, machine }),
    ...auditRoutes(door, known),
    ...reachRoutes(door, reach),
  ]
}

import type { Machine } from '../../kernel/machine.ts'
import { randomId } from '../../kernel/machine.ts'
import type { DeviceOf } from './device.ts'
import { agree } from './greeting.ts'
import type { MqttLimits } from './limits.ts'
import type { Open } from './line.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'
import type { Taking } from './taking.ts'
import type { Wills } from './wills.ts'
import type { Connect } from './wire/incoming.ts'
import type { Reason } from './wire/reasons.ts'
import { reason } from './wire/reasons.ts'

export type LettingInParts = {
  readonly machine: Machine
  readonly limits: MqttLimits
  readonly deviceOf: DeviceOf
  readonly serves: (site: string) => boolean
  readonly sessions: Sessions
  readonly taking: Taking
  readonly wills: Wills
  /** How many connections a device has now. */
  readonly countOf: (who: string) => number
}

export type LetIn =
  | { readonly is: 'let in'; readonly open: Open; readonly isPresent: boolean }
  | { readonly is: 'refused'; readonly code: Reason; readonly why: string }
  /** The client went before it was let in. */
  | { readonly is: 'gone' }

/** Who a client is, whether it may come in, and with which session. Its will is on disk when this resolves. */
export async function letIn(
  parts: LettingInParts,
  connect: Connect,
  { address, isGone }: { readonly address: string; readonly isGone: () => boolean },
): Promise<LetIn> {
  const { limits, machine, deviceOf, serves, sessions, taking, wills, countOf } = parts
  const { version, username, password, will } = connect
  const agreed = agree(connect, limits, () => `box-${randomId(machine.random, 16)}`)
  if ('refused' in agreed) return refused(agreed.refused, agreed.why)
  const presented = { clientId: agreed.client, username, password, address }
  const device = await deviceOf(presented).catch(() => 'not known now' as const)
  if (device === 'not known now') return refused(reason.unavailable, 'nobody can say now who it is')
  if (!device)
    return refused(
      username === undefined ? reason.notAllowed : reason.wrongPassword,
      'nobody who is known here',
    )
  if (!serves(device.site)) return refused(reason.unavailable, `${device.site} is not served`)
  if (
    countOf(device.who) >= limits.clientsOfOne &&
    sessions.ofDevice(device.who).every(isOther(agreed.client))
  )
    return refused(reason.quota, 'this device has too many connections')
  if (will && !taking.takesWill(device, will))
    return refused(reason.notAllowed, 'a will for a topic that nobody declared for it')
  if (isGone()) return { is: 'gone' }
  const opened = await sessions.open(device, agreed.client, agreed)
  if (!opened) return refused(reason.quota, 'too many sessions')
  const { session, isPresent } = opened
  wills.resumed(session)
  const left = will && (await wills.leave(session, device, will))
  if (!isGone() && !session.isOver)
    return { is: 'let in', open: { version, device, session, agreed, will: left }, isPresent }
  if (left !== undefined) wills.drop(left)
  if (!session.outlet) sessions.closed(session)
  return { is: 'gone' }
}

const refused = (code: Reason, why: string): LetIn => ({ is: 'refused', code, why })

const isOther = (client: string) => (session: Session) => session.name.client !== client || !session.outlet

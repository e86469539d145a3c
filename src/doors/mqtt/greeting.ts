import type { MqttLimits } from './limits.ts'
import type { Connect } from './wire/incoming.ts'
import type { Properties } from './wire/properties.ts'
import type { Reason } from './wire/reasons.ts'
import { reason } from './wire/reasons.ts'

const longestClient = 128
const defaultWindow = 65_535

/** What is agreed on with a client, as far as its CONNECT alone says. */
export type Agreed = {
  readonly client: string
  /** The box has chosen the name. */
  readonly isNamed: boolean
  /** What waited before is given up. */
  readonly anew: boolean
  readonly expirySeconds: number
  /** 0: the client keeps no time. */
  readonly keepAlive: number
  readonly window: number
  readonly maximumPacket: number
}

/** What a client asks for, within what the box gives; or why it is refused before anybody asks who it is. */
export function agree(
  connect: Connect,
  limits: MqttLimits,
  chooseName: () => string,
): Agreed | { readonly refused: Reason; readonly why: string } {
  const { version, client, clean, keepAlive, properties, will } = connect
  if (properties.method !== undefined) return { refused: reason.badMethod, why: 'an unknown way to sign in' }
  if (client === '' && version === 4 && !clean)
    return { refused: reason.clientIdInvalid, why: 'a session needs a client id' }
  if (client.length > longestClient || !/^\P{C}*$/u.test(client))
    return { refused: reason.clientIdInvalid, why: `a client id has at most ${longestClient} letters` }
  if (will && will.qos === 2 && version === 5)
    return { refused: reason.noSuchQos, why: 'a will has QoS 0 or 1' }
  const wanted = version === 5 ? (properties.sessionExpiry ?? 0) : clean ? 0 : Infinity
  return {
    client: client === '' ? chooseName() : client,
    isNamed: client === '',
    anew: clean,
    expirySeconds: Math.min(wanted, limits.sessionSeconds),
    // Older clients cannot be told another time than theirs.
    keepAlive: version === 5 ? Math.min(keepAlive || Infinity, limits.keepAliveSeconds) : keepAlive,
    window: Math.min(properties.receiveMaximum ?? defaultWindow, limits.window),
    maximumPacket: properties.maximumPacket ?? Infinity,
  }
}

/** What a client of MQTT 5 is told when it is let in. */
export function welcome(connect: Connect, agreed: Agreed, limits: MqttLimits, replies: string): Properties {
  const { properties, keepAlive } = connect
  return {
    receiveMaximum: limits.inflight,
    maximumQos: 1,
    maximumPacket: limits.packetBytes,
    shared: 0,
    sessionExpiry:
      (properties.sessionExpiry ?? 0) === agreed.expirySeconds ? undefined : agreed.expirySeconds,
    serverKeepAlive: keepAlive === agreed.keepAlive ? undefined : agreed.keepAlive,
    assignedClient: agreed.isNamed ? agreed.client : undefined,
    responseInformation: properties.wantsResponse === 1 ? replies : undefined,
  }
}

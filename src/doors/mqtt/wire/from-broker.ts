import type { Frame } from './frames.ts'
import type { Publish } from './incoming.ts'
import { readPublish } from './incoming.ts'
import type { Properties, PropertyName } from './properties.ts'
import { readProperties } from './properties.ts'
import { Malformed, Reader } from './reader.ts'
import { reason } from './reasons.ts'

/** What a broker of MQTT 5 says to its client. `reason` is 0x80 or more where it refuses. */
export type FromBroker =
  | {
      readonly is: 'connack'
      readonly isPresent: boolean
      readonly reason: number
      readonly properties: Properties
    }
  | Publish
  | { readonly is: 'puback'; readonly id: number; readonly reason: number; readonly problem: string }
  | { readonly is: 'suback'; readonly id: number; readonly codes: readonly number[] }
  | { readonly is: 'pong' }
  | { readonly is: 'disconnect'; readonly reason: number; readonly problem: string }

const type = { connack: 2, publish: 3, puback: 4, suback: 9, pong: 13, disconnect: 14 }
const afterConnect: readonly PropertyName[] = [
  'sessionExpiry',
  'receiveMaximum',
  'maximumQos',
  'retains',
  'maximumPacket',
  'assignedClient',
  'aliasMaximum',
  'problem',
  'user',
  'wildcards',
  'numbers',
  'shared',
  'serverKeepAlive',
  'responseInformation',
  'serverReference',
  'method',
  'methodData',
]

/** Throws Malformed for what is no packet of MQTT 5, or none that a broker sends to who sends QoS 1 at most. */
export function readFromBroker({ first, body }: Frame): FromBroker {
  const reader = new Reader(body)
  const kind = first >> 4
  if (kind === type.publish) return readPublish(reader, 5, first & 15, ['subscription'])
  if ((first & 15) !== 0) throw new Malformed('flags that a packet does not have')
  const packet = readControl(reader, kind)
  reader.end()
  return packet
}

function readControl(reader: Reader, kind: number): FromBroker {
  switch (kind) {
    case type.connack: {
      const flags = reader.byte()
      if (flags > 1) throw new Malformed('reserved bits')
      const code = reader.byte()
      // One of an older version that does not know ours has no properties in its answer.
      const properties = reader.left > 0 ? readProperties(reader, afterConnect) : {}
      return { is: 'connack', isPresent: flags === 1, reason: code, properties }
    }
    case type.puback:
      return { is: 'puback', id: reader.short(), ...readReason(reader, ['problem', 'user']) }
    case type.suback: {
      const id = reader.short()
      readProperties(reader, ['problem', 'user'])
      return { is: 'suback', id, codes: [...reader.rest()] }
    }
    case type.pong:
      return { is: 'pong' }
    case type.disconnect:
      return {
        is: 'disconnect',
        ...readReason(reader, ['sessionExpiry', 'problem', 'user', 'serverReference']),
      }
    default:
      throw new Malformed(`a packet of type ${kind}`, reason.protocolError)
  }
}

function readReason(reader: Reader, allowed: readonly PropertyName[]) {
  const code = reader.left > 0 ? reader.byte() : 0
  const { problem = '' } = reader.left > 0 ? readProperties(reader, allowed) : {}
  return { reason: code, problem }
}

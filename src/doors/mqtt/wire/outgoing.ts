import type { Version } from './incoming.ts'
import type { Properties } from './properties.ts'
import { short, text, varying, writeProperties } from './properties.ts'
import type { Reason } from './reasons.ts'
import { reason } from './reasons.ts'

export const packet = (first: number, ...parts: readonly Uint8Array[]): Buffer => {
  const size = parts.reduce((sum, { length }) => sum + length, 0)
  return Buffer.concat([Buffer.from([first]), varying(size), ...parts])
}

/** What MQTT 3.1.1 says instead of a reason, when it refuses a connection. */
function returnCode(code: Reason): number {
  switch (code) {
    case reason.done:
      return 0
    case reason.versionUnknown:
      return 1
    case reason.clientIdInvalid:
      return 2
    case reason.unavailable:
    case reason.quota:
      return 3
    case reason.wrongPassword:
      return 4
    default:
      return 5
  }
}

export function connack(
  version: Version,
  code: Reason,
  isPresent: boolean,
  properties: Properties = {},
): Buffer {
  const flags = isPresent ? 1 : 0
  return version === 5
    ? packet(0x20, Buffer.from([flags, code]), writeProperties(properties))
    : packet(0x20, Buffer.from([flags, returnCode(code)]))
}

export function puback(version: Version, id: number, code: Reason = reason.done, problem = ''): Buffer {
  if (version === 4 || code === reason.done) return Buffer.from([0x40, 2, id >> 8, id & 255])
  return packet(0x40, short(id), Buffer.from([code]), writeProperties(problem ? { problem } : {}))
}

export function suback(version: Version, id: number, codes: readonly number[]): Buffer {
  const said = version === 5 ? codes : codes.map((code) => (code > 2 ? 0x80 : code))
  return packet(0x90, short(id), ...(version === 5 ? [writeProperties({})] : []), Buffer.from(said))
}

export function unsuback(version: Version, id: number, codes: readonly number[]): Buffer {
  return version === 5
    ? packet(0xb0, short(id), writeProperties({}), Buffer.from(codes))
    : packet(0xb0, short(id))
}

export const pingresp: Buffer = Buffer.from([0xd0, 0])

/** MQTT 3.1.1 has none: the connection is closed without a word. */
export const disconnect = (code: Reason, problem = ''): Buffer =>
  packet(0xe0, Buffer.from([code]), writeProperties(problem ? { problem } : {}))

export type Sending = {
  readonly topic: string
  readonly payload: Uint8Array
  readonly properties: Properties
  /** 0: QoS 0. */
  readonly id: number
  readonly retain: boolean
  readonly dup: boolean
}

export function publish(version: Version, { topic, payload, properties, id, retain, dup }: Sending): Buffer {
  const first = 0x30 | (dup ? 8 : 0) | (id > 0 ? 2 : 0) | (retain ? 1 : 0)
  const head = id > 0 ? [text(topic), short(id)] : [text(topic)]
  const more = version === 5 ? [writeProperties(properties)] : []
  return packet(first, ...head, ...more, payload)
}

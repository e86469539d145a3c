import type { Frame } from './frames.ts'
import type { Properties, PropertyName } from './properties.ts'
import { readProperties } from './properties.ts'
import { Malformed, Reader } from './reader.ts'
import { reason } from './reasons.ts'

export type Version = 4 | 5
export type Qos = 0 | 1 | 2

export type Will = {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: Qos
  readonly retain: boolean
  readonly properties: Properties
}

export type Connect = {
  readonly is: 'connect'
  readonly version: Version
  readonly client: string
  readonly clean: boolean
  readonly keepAlive: number
  readonly username: string | undefined
  readonly password: Uint8Array | undefined
  readonly will: Will | undefined
  readonly properties: Properties
}

export type Publish = {
  readonly is: 'publish'
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: Qos
  readonly retain: boolean
  readonly dup: boolean
  /** 0 where the QoS is 0. */
  readonly id: number
  readonly properties: Properties
}

/** `handling` of retained messages: 0 sends them, 1 to a new subscription, 2 never. */
export type Wanted = {
  readonly filter: string
  readonly qos: Qos
  readonly noLocal: boolean
  readonly asPublished: boolean
  readonly handling: number
}

export type Incoming =
  | Connect
  | Publish
  | { readonly is: 'puback'; readonly id: number }
  | {
      readonly is: 'subscribe'
      readonly id: number
      readonly wanted: readonly Wanted[]
      readonly properties: Properties
    }
  | { readonly is: 'unsubscribe'; readonly id: number; readonly filters: readonly string[] }
  | { readonly is: 'ping' }
  | { readonly is: 'disconnect'; readonly reason: number; readonly sessionExpiry: number | undefined }

const type = { connect: 1, publish: 3, puback: 4, subscribe: 8, unsubscribe: 10, ping: 12, disconnect: 14 }
const nothing: Properties = {}
/** SUBSCRIBE and UNSUBSCRIBE come with these four bits, PUBLISH with its own, all others with none. */
const marked = 2

/** The first packet of a connection: it names the version of all the others. */
export function readConnect({ first, body }: Frame): Connect {
  if (first !== type.connect << 4) throw new Malformed('something else than CONNECT', reason.protocolError)
  const reader = new Reader(body)
  const name = reader.text()
  const version = reader.byte()
  if (name !== 'MQTT' || (version !== 4 && version !== 5))
    throw new Malformed(`${name.slice(0, 10)} of version ${version}`, reason.versionUnknown)
  const flags = reader.byte()
  const has = (bit: number) => (flags & bit) !== 0
  if (has(1)) throw new Malformed('a reserved bit')
  const qos = qosOf((flags >> 3) & 3)
  if (!has(4) && (qos > 0 || has(32))) throw new Malformed('a will that is none')
  if (version === 4 && has(64) && !has(128)) throw new Malformed('a password without a name')
  const keepAlive = reader.short()
  const properties = propertiesOf(reader, version, [
    'sessionExpiry',
    'receiveMaximum',
    'maximumPacket',
    'aliasMaximum',
    'wantsResponse',
    'wantsProblems',
    'user',
    'method',
    'methodData',
  ])
  const client = reader.text()
  const will = has(4) ? readWill(reader, version, qos, has(32)) : undefined
  const username = has(128) ? reader.text() : undefined
  const password = has(64) ? reader.bytes() : undefined
  reader.end()
  return { is: 'connect', version, client, clean: has(2), keepAlive, username, password, will, properties }
}

function readWill(reader: Reader, version: Version, qos: Qos, retain: boolean): Will {
  const properties = propertiesOf(reader, version, [
    'willDelay',
    'payloadFormat',
    'expiry',
    'contentType',
    'responseTopic',
    'correlation',
    'user',
  ])
  return { topic: reader.text(), payload: reader.bytes(), qos, retain, properties }
}

/** Any later packet. Throws Malformed for those that only a server sends, or that need QoS 2. */
export function readPacket({ first, body }: Frame, version: Version): Incoming {
  const reader = new Reader(body)
  const flags = first & 15
  const kind = first >> 4
  if (kind === type.publish) return readPublish(reader, version, flags)
  if (flags !== (kind === type.subscribe || kind === type.unsubscribe ? marked : 0))
    throw new Malformed('flags that a packet does not have')
  const packet = readControl(reader, version, kind)
  reader.end()
  return packet
}

function readControl(reader: Reader, version: Version, kind: number): Incoming {
  switch (kind) {
    case type.puback:
      return readAck(reader, version)
    case type.subscribe:
      return readSubscribe(reader, version)
    case type.unsubscribe: {
      const id = idOf(reader)
      propertiesOf(reader, version, ['user'])
      return { is: 'unsubscribe', id, filters: manyOf(reader, () => reader.text()) }
    }
    case type.ping:
      return { is: 'ping' }
    case type.disconnect: {
      const code = version === 5 && reader.left > 0 ? reader.byte() : 0
      const { sessionExpiry } =
        reader.left > 0 ? propertiesOf(reader, version, ['sessionExpiry', 'problem', 'user']) : nothing
      return { is: 'disconnect', reason: code, sessionExpiry }
    }
    default:
      throw new Malformed(`a packet of type ${kind}`, reason.protocolError)
  }
}

/** `more`: properties that only a broker adds. */
export function readPublish(
  reader: Reader,
  version: Version,
  flags: number,
  more: readonly PropertyName[] = [],
): Publish {
  const qos = qosOf((flags >> 1) & 3)
  const dup = (flags & 8) !== 0
  if (dup && qos === 0) throw new Malformed('a message of QoS 0 that was sent before')
  const topic = reader.text()
  const id = qos > 0 ? idOf(reader) : 0
  const properties = propertiesOf(reader, version, [
    'payloadFormat',
    'expiry',
    'alias',
    'responseTopic',
    'correlation',
    'user',
    'contentType',
    ...more,
  ])
  const payload = reader.rest()
  return { is: 'publish', topic, payload, qos, retain: (flags & 1) !== 0, dup, id, properties }
}

function readAck(reader: Reader, version: Version): Incoming {
  const id = idOf(reader)
  if (reader.left > 0) reader.byte()
  if (reader.left > 0) propertiesOf(reader, version, ['problem', 'user'])
  return { is: 'puback', id }
}

function readSubscribe(reader: Reader, version: Version): Incoming {
  const id = idOf(reader)
  const properties = propertiesOf(reader, version, ['subscription', 'user'])
  const wanted = manyOf(reader, (): Wanted => {
    const filter = reader.text()
    const options = reader.byte()
    const handling = (options >> 4) & 3
    if ((options & (version === 5 ? 0xc0 : 0xfc)) !== 0 || handling === 3)
      throw new Malformed('options that a subscription does not have', reason.protocolError)
    return {
      filter,
      qos: qosOf(options & 3),
      noLocal: (options & 4) !== 0,
      asPublished: (options & 8) !== 0,
      handling,
    }
  })
  return { is: 'subscribe', id, wanted, properties }
}

function manyOf<T>(reader: Reader, read: () => T): readonly T[] {
  const all: T[] = []
  do all.push(read())
  while (reader.left > 0)
  return all
}

function idOf(reader: Reader): number {
  const id = reader.short()
  if (id === 0) throw new Malformed('a packet without a number', reason.protocolError)
  return id
}

function qosOf(bits: number): Qos {
  if (bits === 0 || bits === 1 || bits === 2) return bits
  throw new Malformed('QoS 3')
}

const propertiesOf = (reader: Reader, version: Version, allowed: readonly PropertyName[]): Properties =>
  version === 5 ? readProperties(reader, allowed) : nothing

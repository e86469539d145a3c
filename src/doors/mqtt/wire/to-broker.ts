import { packet } from './outgoing.ts'
import type { Properties } from './properties.ts'
import { short, sized, text, writeProperties } from './properties.ts'

export type Greeting = {
  readonly client: string
  readonly username: string | undefined
  readonly password: string | undefined
  readonly keepAlive: number
  readonly properties: Properties
}

/** CONNECT of MQTT 5, which goes on with the session that there is. */
export function connect({ client, username, password, keepAlive, properties }: Greeting): Buffer {
  const flags = (username === undefined ? 0 : 128) | (password === undefined ? 0 : 64)
  return packet(
    0x10,
    text('MQTT'),
    Buffer.from([5, flags]),
    short(keepAlive),
    writeProperties(properties),
    text(client),
    ...(username === undefined ? [] : [text(username)]),
    ...(password === undefined ? [] : [sized(Buffer.from(password))]),
  )
}

/** Of QoS 1, and never of what this client itself has sent. */
export type Subscribing = {
  readonly filter: string
  readonly asPublished: boolean
  /** Of retained messages: 0 all that are there each time, 1 when it subscribes first, 2 none. */
  readonly handling: 0 | 1 | 2
}

export function subscribe(id: number, all: readonly Subscribing[]): Buffer {
  const wanted = all.map(({ filter, asPublished, handling }) =>
    Buffer.concat([text(filter), Buffer.from([(handling << 4) | (asPublished ? 8 : 0) | 4 | 1])]),
  )
  return packet(0x82, short(id), writeProperties({}), ...wanted)
}

export const pingreq: Buffer = Buffer.from([0xc0, 0])

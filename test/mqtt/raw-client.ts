import { connect, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { passwordOf } from '../crash/devices.ts'

const short = (n: number) => Buffer.from([n >> 8, n & 255])
const text = (value: string) => {
  const bytes = Buffer.from(value)
  return Buffer.concat([short(bytes.length), bytes])
}
function packet(first: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const size: number[] = []
  let left = body.length
  do {
    size.push((left & 127) | (left > 127 ? 128 : 0))
    left >>= 7
  } while (left > 0)
  return Buffer.concat([Buffer.from([first, ...size]), body])
}

export type Signing = {
  readonly version?: 4 | 5
  readonly client?: string
  readonly id?: string
  /** The one that the test's boxes know, unless another is said; null: none. */
  readonly password?: string | null
  readonly clean?: boolean
  readonly keepAlive?: number
  /** Raw bytes of properties, without their length; MQTT 5 only. */
  readonly properties?: readonly number[]
}

/** Bytes as a client would send them, written by hand: the tests share no code with the door. */
export const bytes = {
  connect: ({
    version = 5,
    client = 'raw',
    id = 'gate-1',
    password = passwordOf(id),
    clean = true,
    keepAlive = 60,
    properties = [],
  }: Signing) =>
    packet(
      0x10,
      text('MQTT'),
      Buffer.from([version, (password === null ? 0x80 : 0xc0) | (clean ? 2 : 0)]),
      short(keepAlive),
      Buffer.from(version === 5 ? [properties.length, ...properties] : []),
      text(client),
      text(id),
      password === null ? Buffer.alloc(0) : text(password),
    ),
  publish: (version: 4 | 5, topic: string, payload: string | Uint8Array, id = 0, flags = 0) =>
    packet(
      0x30 | flags | (id > 0 && (flags & 4) === 0 ? 2 : 0),
      text(topic),
      id > 0 ? short(id) : Buffer.alloc(0),
      Buffer.from(version === 5 ? [0] : []),
      typeof payload === 'string' ? Buffer.from(payload) : payload,
    ),
  subscribe: (version: 4 | 5, id: number, filter: string, options = 1) =>
    packet(0x82, short(id), Buffer.from(version === 5 ? [0] : []), text(filter), Buffer.from([options])),
  puback: (id: number) => packet(0x40, short(id)),
  disconnect: packet(0xe0),
  ping: packet(0xc0),
}

export type Packet = { readonly type: number; readonly flags: number; readonly body: Buffer }

/** Cuts what comes into packets. */
export class Cutter {
  #bytes = Buffer.alloc(0)

  cut(part: Uint8Array): readonly Packet[] {
    const found: Packet[] = []
    this.#bytes = Buffer.concat([this.#bytes, part])
    for (;;) {
      let [size, at] = [0, 1]
      for (let shift = 0; ; shift += 7, at += 1) {
        const next = this.#bytes[at]
        if (next === undefined) return found
        size |= (next & 127) << shift
        if (next < 128) break
      }
      const end = at + 1 + size
      if (this.#bytes.length < end) return found
      const first = this.#bytes[0] ?? 0
      found.push({ type: first >> 4, flags: first & 15, body: this.#bytes.subarray(at + 1, end) })
      this.#bytes = this.#bytes.subarray(end)
    }
  }
}

/** A client that says just what it is told to. */
export class RawClient {
  readonly packets: Packet[] = []
  isClosed = false
  readonly #socket: Duplex
  readonly #cutter = new Cutter()

  /** By TCP, or over whatever is given. */
  constructor(to: number | Duplex) {
    this.#socket = typeof to === 'number' ? connect(to, '127.0.0.1') : to
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => (this.isClosed = true))
    this.#socket.on('data', (part: Buffer) => this.packets.push(...this.#cutter.cut(part)))
  }

  send(...all: readonly Uint8Array[]): this {
    this.#socket.write(Buffer.concat(all))
    return this
  }

  /** Reads nothing until it is told to go on. */
  deaf(isDeaf: boolean): void {
    if (isDeaf) this.#socket.pause()
    else this.#socket.resume()
  }

  cut(): void {
    if (this.#socket instanceof Socket) this.#socket.resetAndDestroy()
    else this.#socket.destroy()
  }

  /** The packets of a type that have come: 2 CONNACK, 3 PUBLISH, 4 PUBACK, 9 SUBACK, 13 PINGRESP, 14 DISCONNECT. */
  of(type: number): readonly Packet[] {
    return this.packets.filter((each) => each.type === type)
  }

  async until(is: (client: RawClient) => boolean, what: string): Promise<this> {
    for (let waited = 0; !is(this); waited += 1) {
      if (waited > 500) throw new Error(`${what} has not happened; ${JSON.stringify(this.packets.slice(-3))}`)
      await pause(10)
    }
    return this
  }

  async signIn(signing: Signing = {}): Promise<Packet> {
    this.send(bytes.connect(signing))
    await this.until((client) => client.of(2).length > 0, 'CONNACK')
    return this.packets[0] as Packet
  }
}

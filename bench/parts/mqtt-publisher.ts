import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'

const short = (n: number) => Buffer.from([n >> 8, n & 255])
const text = (value: string) => Buffer.concat([short(Buffer.byteLength(value)), Buffer.from(value)])
function packet(first: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const size: number[] = []
  for (let left = body.length; size.length === 0 || left > 0; left >>= 7)
    size.push((left & 127) | (left > 127 ? 128 : 0))
  return Buffer.concat([Buffer.from([first, ...size]), body])
}

/** As little of a client of MQTT 3.1.1 as can be: it publishes with QoS 1, and waits for each acknowledgement. */
export class Publisher implements Disposable {
  readonly #socket: Socket
  readonly #waiting: (() => void)[] = []
  #bytes = Buffer.alloc(0)

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (part: Buffer) => this.#hear(part))
  }

  static async open(port: number, id: string): Promise<Publisher> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const publisher = new Publisher(socket)
    const flags = Buffer.from([4, 0xc2])
    socket.write(packet(0x10, text('MQTT'), flags, short(60), text(id), text(id), text('')))
    await publisher.#answered()
    return publisher
  }

  /** Resolves at its PUBACK; one at a time. */
  publish(topic: string, payload: string): Promise<void> {
    this.#socket.write(packet(0x32, text(topic), short(1), Buffer.from(payload)))
    return this.#answered()
  }

  /** Subscribes and goes, so that what comes must be kept for it. */
  static async leaveSession(port: number, id: string, filter: string): Promise<void> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const publisher = new Publisher(socket)
    socket.write(packet(0x10, text('MQTT'), Buffer.from([4, 0xc0]), short(60), text(id), text(id), text('')))
    await publisher.#answered()
    socket.write(packet(0x82, short(1), text(filter), Buffer.from([1])))
    await publisher.#answered()
    publisher[Symbol.dispose]()
  }

  [Symbol.dispose](): void {
    this.#socket.end(packet(0xe0))
  }

  #answered(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** CONNACK, SUBACK, PUBACK: all are short. */
  #hear(part: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, part])
    for (;;) {
      const size = this.#bytes[1]
      if (size === undefined || this.#bytes.length < size + 2) return
      this.#bytes = this.#bytes.subarray(size + 2)
      this.#waiting.shift()?.()
    }
  }
}

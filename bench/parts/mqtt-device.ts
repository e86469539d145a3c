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

const connectFlags = { clean: 0xc2, kept: 0xc0 }
const puback = 0x40

/** What a device says, by the number of its message. */
export type Says = (count: number) => readonly [topic: string, payload: string]

/** As little of a client of MQTT 3.1.1 as can be: it publishes with QoS 1, so many at a time. */
export class Device {
  readonly #socket: Socket
  #bytes: Buffer = Buffer.alloc(0)
  #answered: () => void = () => {}
  #acknowledged: (count: number) => void = () => {}
  #count = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (part: Buffer) => this.#hear(part))
  }

  static async open(port: number, id: string, session: keyof typeof connectFlags = 'clean'): Promise<Device> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const device = new Device(socket)
    const flags = Buffer.from([4, connectFlags[session]])
    await device.#ask(packet(0x10, text('MQTT'), flags, short(60), text(id), text(id), text('')))
    return device
  }

  /** Subscribes and goes, so that what comes must be kept for it. What was kept before is forgotten. */
  static async leaveSession(port: number, id: string, filter: string): Promise<void> {
    await (await Device.open(port, id)).close()
    const device = await Device.open(port, id, 'kept')
    await device.#ask(packet(0x82, short(1), text(filter), Buffer.from([1])))
    await device.close()
  }

  /** So many messages are under way until it is time; resolves when all are acknowledged. */
  publish(says: Says, window: number, until: number, took: (ms: number) => void): Promise<void> {
    const sent: number[] = []
    return new Promise((resolve) => {
      const fill = () => {
        const now = performance.now()
        const packets: Buffer[] = []
        while (now < until && sent.length < window) {
          this.#count += 1
          const [topic, payload] = says(this.#count)
          packets.push(packet(0x32, text(topic), short((this.#count % 65_535) + 1), Buffer.from(payload)))
          sent.push(now)
        }
        if (packets.length > 0) this.#socket.write(Buffer.concat(packets))
        if (sent.length === 0) resolve()
      }
      this.#acknowledged = (count) => {
        const now = performance.now()
        for (const at of sent.splice(0, count)) took(now - at)
        fill()
      }
      fill()
    })
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, 'close')
    this.#socket.end(packet(0xe0))
    await closed
  }

  #ask(bytes: Uint8Array): Promise<void> {
    this.#socket.write(bytes)
    return new Promise((resolve) => (this.#answered = resolve))
  }

  /** CONNACK, SUBACK, PUBACK: all are short. */
  #hear(part: Buffer): void {
    const bytes = this.#bytes.length === 0 ? part : Buffer.concat([this.#bytes, part])
    let [at, acks] = [0, 0]
    for (;;) {
      const size = bytes[at + 1]
      if (size === undefined || bytes.length < at + size + 2) break
      if (bytes[at] === puback) acks += 1
      else this.#answered()
      at += size + 2
    }
    this.#bytes = bytes.subarray(at)
    if (acks > 0) this.#acknowledged(acks)
  }
}

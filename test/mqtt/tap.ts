import type { Packet } from './raw-client.ts'
import { Cutter } from './raw-client.ts'

const [publish, puback, suback] = [3, 4, 9]

/** Who was told what by MQTT 5, and acknowledged it, on the lines of a proxy: a ledger outside of both ends. */
export class Tap {
  /** Messages that the near end has acknowledged to the far one, by topic and payload; and the other way. */
  readonly nearHas = new Set<string>()
  readonly farHas = new Set<string>()

  /** The far end is asked for messages: from now on it keeps for the near one what it acknowledges. */
  readonly subscribed: Promise<void>
  readonly #subscribes: () => void

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.subscribed = promise
    this.#subscribes = resolve
  }

  line() {
    const toNear = new Direction(this.nearHas)
    const toFar = new Direction(this.farHas)
    const [near, far] = [new Cutter(), new Cutter()]
    return {
      near: (part: Uint8Array) => {
        for (const packet of near.cut(part)) {
          toFar.sent(packet)
          toNear.answered(packet)
        }
      },
      far: (part: Uint8Array) => {
        for (const packet of far.cut(part)) {
          toNear.sent(packet)
          toFar.answered(packet)
          if (packet.type === suback) this.#subscribes()
        }
      },
    }
  }
}

class Direction {
  readonly #has: Set<string>
  readonly #under = new Map<number, string>()

  constructor(has: Set<string>) {
    this.#has = has
  }

  sent({ type, flags, body }: Packet): void {
    if (type !== publish || (flags & 6) === 0) return
    const end = 2 + body.readUInt16BE(0)
    const id = body.readUInt16BE(end)
    // Properties of less than 128 bytes: their length is one byte.
    const payload = body.subarray(end + 3 + (body[end + 2] ?? 0))
    this.#under.set(id, `${body.subarray(2, end).toString()} ${payload.toString()}`)
  }

  answered({ type, body }: Packet): void {
    if (type !== puback) return
    const isRefused = (body[2] ?? 0) >= 0x80
    const message = this.#under.get(body.readUInt16BE(0))
    if (message !== undefined && !isRefused) this.#has.add(message)
  }
}

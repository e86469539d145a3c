import { crc32 } from 'node:zlib'
import type { Channel, ChannelEvents } from '../kernel/network.ts'
import type { Lane, Path } from './path.ts'
import type { Process } from './process.ts'
import type { Dice } from './random.ts'
import type { Trace } from './trace.ts'
import { decodeFrame } from '../kernel/link/wire.ts'

/** How long one's own `close` takes at most until `closed` comes, when the other end does not answer. */
const closeTimeout = 5000

type WireParts = {
  readonly process: Process
  readonly label: string
  /** Towards the other end. */
  readonly path: Path
  readonly lane: Lane
  readonly dice: Dice
  readonly trace: Trace
  /** Whether the operating system of this end still runs and can answer for a dead process. */
  readonly hostUp: () => boolean
}

/**
 * One end of a channel. It believes that it is open until it hears otherwise, which may be late or
 * never: the other machine may have lost its power, or the path may be cut.
 */
export class WireEnd implements Channel {
  readonly #parts: WireParts
  #peer: WireEnd | undefined
  #events: ChannelEvents | undefined
  #state: 'open' | 'closing' | 'closed' = 'open'
  /** A message that a hostile middle keeps, to let the next one overtake it. */
  #kept: Uint8Array | undefined

  constructor(parts: WireParts) {
    this.#parts = parts
    parts.process.onEnd((end) => {
      // The operating system closes what a process had open; a machine without power says nothing.
      if (this.#state !== 'closed' && end !== 'unplugged') this.#notify('the process is gone')
      this.#state = 'closed'
    })
  }

  get open(): boolean {
    return this.#state === 'open' && this.#parts.process.alive
  }

  join(peer: WireEnd): void {
    this.#peer = peer
  }

  begin(events: ChannelEvents): void {
    this.#events = events
  }

  /** The address translation between the two forgot the channel: nothing gets through, nobody is told. */
  forget(): void {
    this.#parts.lane.void = true
  }

  readonly send = (message: Uint8Array): void => {
    if (!this.open) return
    const { dice, path } = this.#parts
    // Sent bytes are the network's from here on: whoever reuses the buffer does not change them.
    const copy = new Uint8Array(message)
    const { hostile, hostility } = path.weather
    const how = dice.chance(hostility) ? hostile : 'none'
    if (how === 'drop') return
    if (how === 'swap' && !this.#kept) {
      this.#kept = copy
      return
    }
    this.#carry(copy)
    if (how === 'double') this.#carry(copy)
    if (this.#kept) this.#carry(this.#kept)
    this.#kept = undefined
  }

  readonly waiting = (): number => this.#parts.path.backlog()

  readonly close = (why: string): void => {
    if (this.#state !== 'open' || !this.#parts.process.alive) return
    this.#state = 'closing'
    this.#notify(why)
    this.#parts.process.after(closeTimeout, () => this.#over(why))
  }

  #carry(message: Uint8Array): void {
    const peer = this.#peer
    this.#parts.path.send(this.#parts.lane, message.length, () => peer && peer.#hear(message))
  }

  #notify(why: string): void {
    const peer = this.#peer
    this.#parts.path.send(this.#parts.lane, 60, () => peer && peer.#hearClose(why))
  }

  #hear(message: Uint8Array): void {
    const { process, trace, label, hostUp } = this.#parts
    if (!process.alive || this.#state === 'closed') {
      if (hostUp()) this.#notify('nobody is here')
      return
    }
    trace.note(`hear ${label} ${message.length} ${crc32(message)}`)
    trace.aside(() => `     ${label} ${frameText(message)}`)
    this.#events?.message(message)
  }

  #hearClose(why: string): void {
    if (!this.#parts.process.alive || this.#state === 'closed') return
    if (this.#state === 'open') this.#notify(why)
    this.#over(why)
  }

  #over(why: string): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#parts.trace.note(`closed ${this.#parts.label}`)
    this.#events?.closed(why)
  }
}

function frameText(message: Uint8Array): string {
  try {
    const { number, frame, lines } = decodeFrame(message)
    return `${number} ${JSON.stringify(frame)} ${lines.length} lines`
  } catch (error) {
    return String(error)
  }
}

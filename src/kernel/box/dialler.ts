import type { Link } from '../link/link.ts'
import type { Machine } from '../machine.ts'
import type { Channel, Dial } from '../network.ts'
import type { Above } from './contract.ts'

const firstWaitMs = 250
const longestWaitMs = 5_000

type Parts = {
  readonly above: Above
  readonly dial: Dial
  readonly machine: Machine
  /** There is a link to this box, whoever dialled it. */
  readonly isLinked: () => boolean
  readonly makeLink: (channel: Channel) => Link
}

/** Keeps a link to a box above: dials while there is none, at growing distances. */
export class Dialler {
  readonly #parts: Parts
  #wait = firstWaitMs
  #link: Link | undefined
  /** A channel is being opened or is open, or the next try has its time. */
  #busy = false
  #stopped = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#try()
  }

  get above(): Above {
    return this.#parts.above
  }

  /** The link works: the next break is a new one. */
  established(): void {
    this.#wait = firstWaitMs
  }

  /** The box is no longer linked. */
  lost(): void {
    this.#tryLater()
  }

  stop(): void {
    this.#stopped = true
    this.#link?.close('this box no longer needs the link')
  }

  #try(): void {
    if (this.#stopped || this.#busy || this.#parts.isLinked()) return
    this.#busy = true
    let link: Link | undefined
    this.#parts.dial(this.above.address, {
      opened: (channel) => {
        if (this.#stopped) return channel.close('stopped')
        link = this.#link = this.#parts.makeLink(channel)
      },
      message: (message) => link?.channelEvents.message(message),
      closed: (why) => {
        link?.channelEvents.closed(why)
        this.#link = undefined
        this.#busy = false
        this.#tryLater()
      },
    })
  }

  #tryLater(): void {
    if (this.#stopped || this.#busy) return
    this.#busy = true
    this.#parts.machine.timers.after(this.#nextWait(), () => {
      this.#busy = false
      this.#try()
    })
  }

  /** Twice as long each time, and never in step with others who lost the same box. */
  #nextWait(): number {
    const wait = this.#wait
    this.#wait = Math.min(longestWaitMs, wait * 2)
    const [chance = 0] = this.#parts.machine.random.bytes(1)
    return Math.round(wait * (0.75 + chance / 512))
  }
}

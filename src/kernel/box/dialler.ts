import type { Machine } from '../machine.ts'
import type { Dial } from '../network.ts'
import type { Link } from '../link/link.ts'
import type { Above } from './contract.ts'

const firstWaitMs = 250
const longestWaitMs = 5_000

type LinkMaker = (channel: ConstructorParameters<typeof Link>[1]) => Link

/** Keeps one link to a box above: dials, and dials again when it breaks, at growing distances. */
export class Dialler {
  readonly above: Above
  readonly #dial: Dial
  readonly #machine: Machine
  readonly #makeLink: LinkMaker
  #wait = firstWaitMs
  #link: Link | undefined
  #stopped = false

  constructor(above: Above, dial: Dial, machine: Machine, makeLink: LinkMaker) {
    this.above = above
    this.#dial = dial
    this.#machine = machine
    this.#makeLink = makeLink
    this.#try()
  }

  /** The link works: the next break is a new one. */
  established(): void {
    this.#wait = firstWaitMs
  }

  stop(): void {
    this.#stopped = true
    this.#link?.close('this box no longer needs the link')
  }

  #try(): void {
    if (this.#stopped) return
    let link: Link | undefined
    this.#dial(this.above.address, {
      opened: (channel) => {
        if (this.#stopped) return channel.close('stopped')
        link = this.#link = this.#makeLink(channel)
      },
      message: (message) => link?.channelEvents.message(message),
      closed: (why) => {
        link?.channelEvents.closed(why)
        this.#link = undefined
        if (!this.#stopped) this.#machine.timers.after(this.#nextWait(), () => this.#try())
      },
    })
  }

  /** Twice as long each time, and never in step with others who lost the same box. */
  #nextWait(): number {
    const wait = this.#wait
    this.#wait = Math.min(longestWaitMs, wait * 2)
    const [chance = 0] = this.#machine.random.bytes(1)
    return Math.round(wait * (0.75 + chance / 512))
  }
}

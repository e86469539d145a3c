import type { Channel, ChannelEvents } from '../network.ts'

type End = { readonly channel: Channel; listen: (events: ChannelEvents) => void }

/**
 * For tests: two ends of a channel in memory. Messages wait until `flow` carries them, and can be
 * looked at, altered, dropped or doubled on their way.
 */
export class MemoryChannel {
  readonly #events: { a?: ChannelEvents; b?: ChannelEvents } = {}
  readonly #waiting: { readonly to: 'a' | 'b'; readonly message: Uint8Array }[] = []
  /** What becomes of a message; it may be none or many. */
  alter: (message: Uint8Array, to: 'a' | 'b') => readonly Uint8Array[] = (message) => [message]
  closedWith: string | undefined
  #cut = false

  readonly a: End = this.#end('a', 'b')
  readonly b: End = this.#end('b', 'a')

  /** Carries everything that is under way, and what follows from it. */
  flow(): void {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift())
      for (const message of this.alter(next.message, next.to)) this.#events[next.to]?.message(message)
  }

  /** The way between the two is gone: what is sent is lost, and a close is heard on its own side only. */
  cut(): void {
    this.#cut = true
    this.alter = () => []
  }

  #end(side: 'a' | 'b', other: 'a' | 'b'): End {
    const close = (why: string) => {
      if (this.#cut) return this.#events[side]?.closed(why)
      if (this.closedWith !== undefined) return
      this.closedWith = why
      this.#waiting.length = 0
      this.#events.a?.closed(why)
      this.#events.b?.closed(why)
    }
    const send = (message: Uint8Array) => void this.#waiting.push({ to: other, message })
    return {
      channel: { send, close, waiting: () => this.#waiting.length },
      listen: (events) => {
        this.#events[side] = events
      },
    }
  }
}

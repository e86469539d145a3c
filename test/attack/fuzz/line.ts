import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { setImmediate as breathe } from 'node:timers/promises'

export type Ending = 'done' | 'closed' | 'waits'

/** How long a box may say nothing that has perhaps been told half of something: then it waits rightly. */
const patienceMs = 150

/**
 * One TCP connection that says its pieces one after the other, and listens until it has heard what it waits for, is
 * closed, or nothing more comes.
 */
export class Line {
  readonly #socket: Socket
  #heard: Buffer[] = []
  #isClosed = false
  #wake = () => {}

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1')
    this.#socket.setNoDelay(true)
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => {
      this.#isClosed = true
      this.#wake()
    })
    this.#socket.on('data', (part: Buffer) => {
      this.#heard.push(part)
      this.#wake()
    })
  }

  get heard(): Buffer {
    if (this.#heard.length > 1) this.#heard = [Buffer.concat(this.#heard)]
    return this.#heard[0] ?? Buffer.alloc(0)
  }

  /** Each piece in a segment of its own, as far as the system lets it. */
  async say(pieces: readonly Uint8Array[]): Promise<void> {
    for (const [at, piece] of pieces.entries()) {
      if (this.#isClosed) return
      if (at > 0) await breathe()
      this.#socket.write(piece)
    }
  }

  async until(isDone: (heard: Buffer) => boolean, ms = patienceMs): Promise<Ending> {
    const last = performance.now() + 4 * ms
    let end = performance.now() + ms
    let size = 0
    for (;;) {
      if (this.heard.length > size) end = Math.min(last, performance.now() + ms)
      size = this.heard.length
      if (isDone(this.heard)) return 'done'
      if (this.#isClosed) return 'closed'
      const left = end - performance.now()
      if (left <= 0) return 'waits'
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  cut(): void {
    this.#socket.resetAndDestroy()
  }
}

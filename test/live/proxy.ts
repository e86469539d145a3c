import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'
import { connect, createServer } from 'node:net'

/** A line to a port, which can be cut, held up so that nobody hears of it, or closed to whoever dials. */
export class Proxy implements AsyncDisposable {
  readonly #server: Server
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  readonly #held = new Set<Socket>()
  #isOpen = true
  #isDeaf = false
  dials = 0

  private constructor(to: () => number) {
    this.#server = createServer((near) => {
      this.dials += 1
      near.on('error', () => {})
      if (!this.#isOpen) return void near.resetAndDestroy()
      const far = connect(to(), '127.0.0.1')
      far.on('error', () => near.destroy())
      const pair = [near, far] as const
      this.#pairs.add(pair)
      const end = () => {
        this.#pairs.delete(pair)
        if (this.#isDeaf) return
        near.destroy()
        far.destroy()
      }
      near.on('close', end)
      far.on('close', end)
      near.pipe(far)
      far.pipe(near)
      if (this.#isDeaf) this.#hold(pair)
    })
  }

  static async open(to: () => number): Promise<Proxy> {
    const proxy = new Proxy(to)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Every connection breaks, and none can be made until `mend`. */
  cut(): void {
    this.#isOpen = false
    for (const [near, far] of this.#pairs) {
      near.resetAndDestroy()
      far.resetAndDestroy()
    }
  }

  /** Nothing comes through any more, and neither side is told. */
  goDeaf(): void {
    this.#isDeaf = true
    for (const pair of this.#pairs) this.#hold(pair)
  }

  mend(): void {
    this.#isOpen = true
    this.#isDeaf = false
    for (const socket of this.#held) socket.destroy()
    this.#held.clear()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.mend()
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #hold([near, far]: readonly [Socket, Socket]): void {
    for (const socket of [near, far]) {
      socket.unpipe()
      socket.pause()
      this.#held.add(socket)
    }
  }
}

import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import type { Tap } from './tap.ts'

/** A network between clients and a box that can be cut, in the middle of a packet too. */
export class Proxy {
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  readonly #server
  #isDown = false
  cuts = 0

  /** `tap` sees all that goes through. */
  constructor(to: number, tap?: Tap) {
    this.#server = createServer((near) => {
      near.on('error', () => {})
      if (this.#isDown) return near.destroy()
      const far = connect(to, '127.0.0.1')
      far.on('error', () => near.destroy())
      const pair = [near, far] as const
      this.#pairs.add(pair)
      near.on('close', () => {
        far.destroy()
        this.#pairs.delete(pair)
      })
      far.on('close', () => near.destroy())
      const line = tap?.line()
      if (line) {
        near.on('data', line.near)
        far.on('data', line.far)
      }
      near.pipe(far)
      far.pipe(near)
      return undefined
    })
  }

  async open(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  /** Nothing comes back any more, then every line is gone: so the box has heard what its clients think it has not. */
  async cut(deafMs: number, downMs: number): Promise<void> {
    this.cuts += 1
    for (const [near, far] of this.#pairs) far.unpipe(near).pause()
    await new Promise((resolve) => setTimeout(resolve, deafMs))
    this.#isDown = true
    for (const [near, far] of this.#pairs) {
      near.destroy()
      far.destroy()
    }
    await new Promise((resolve) => setTimeout(resolve, downMs))
    this.#isDown = false
  }

  close(): void {
    this.#isDown = true
    for (const [near] of this.#pairs) near.destroy()
    this.#server.close()
  }
}

import { once } from 'node:events'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { LinkDoor } from '../../src/doors/link.ts'
import { linkDoor, linkPath } from '../../src/doors/link.ts'
import type { Above } from '../../src/kernel/box/contract.ts'
import type { FairBox } from './fair-box.ts'

/** Where followers link to a box, on this machine. Counts what passes its sockets, below WebSocket. */
export class LinkServer implements AsyncDisposable {
  readonly above: Above
  readonly #server: Server
  readonly #door: LinkDoor
  readonly #sockets: Set<Socket>

  private constructor(above: Above, server: Server, door: LinkDoor, sockets: Set<Socket>) {
    this.above = above
    this.#server = server
    this.#door = door
    this.#sockets = sockets
  }

  static async open({ box, identity }: FairBox): Promise<LinkServer> {
    const door = linkDoor()
    door.open((channel) => box.accept(channel))
    const server = createServer().on('upgrade', door.upgrade)
    const sockets = new Set<Socket>()
    server.on('connection', (socket) => sockets.add(socket))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const address = `ws://127.0.0.1:${port}${linkPath}`
    return new LinkServer(
      { address, box: identity.box, publicKey: identity.publicKey },
      server,
      door,
      sockets,
    )
  }

  /** Bytes so far, both ways: acknowledgements and credit are part of the price. */
  get bytes(): number {
    let sum = 0
    for (const { bytesWritten, bytesRead } of this.#sockets) sum += bytesWritten + bytesRead
    return sum
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#door.close()
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }
}

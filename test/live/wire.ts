import { once } from 'node:events'
import { setTimeout as rest } from 'node:timers/promises'
import type { ClientOptions } from 'ws'
import { WebSocket } from 'ws'
import { livePath } from '../../src/doors/live/live-door.ts'
import type { Telling } from '../../src/kernel/live/messages.ts'

const patienceMs = 8_000

/** A program at the live door that says what it is told to, and remembers what it hears. */
export class Wire implements Disposable {
  readonly socket: WebSocket
  readonly heard: Telling[] = []
  closed: readonly [code: number, word: string] | undefined

  private constructor(port: number, options: ClientOptions, path: string) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { perMessageDeflate: false, ...options })
    this.socket.on('message', (data: Buffer, isBinary) => {
      // The link of boxes begins by itself, in bytes.
      if (!isBinary) this.heard.push(JSON.parse(data.toString()) as Telling)
    })
    this.socket.on('close', (code, word) => {
      this.closed = [code, word.toString()]
    })
    this.socket.on('error', () => {})
  }

  static async open(port: number, options: ClientOptions = {}): Promise<Wire> {
    const wire = new Wire(port, options, livePath)
    await once(wire.socket, 'open')
    return wire
  }

  /** The status with which the door answers instead of opening. */
  static async refused(port: number, options: ClientOptions = {}, path: string = livePath): Promise<number> {
    const { socket } = new Wire(port, options, path)
    const { promise, resolve } = Promise.withResolvers<number>()
    socket.on('unexpected-response', (_, answer) => {
      resolve(answer.statusCode ?? 0)
      socket.terminate()
    })
    socket.on('open', () => {
      resolve(101)
      socket.terminate()
    })
    return promise
  }

  say(...messages: readonly object[]): void {
    for (const message of messages) this.socket.send(JSON.stringify(message))
  }

  read(id: string, query: string, more: object = {}): void {
    this.say({ t: 'read', id, query, site: 'fair', input: {}, ...more })
  }

  async hears(part: object): Promise<void> {
    for (const end = performance.now() + patienceMs; !this.heard.some((each) => fits(each, part));) {
      if (performance.now() > end)
        throw new Error(`${JSON.stringify(part)} was not heard, but ${JSON.stringify(this.heard)}`)
      await rest(20)
    }
  }

  async closes(): Promise<readonly [number, string] | undefined> {
    for (const end = performance.now() + patienceMs; !this.closed;) {
      if (performance.now() > end) throw new Error('it is open')
      await rest(20)
    }
    return this.closed
  }

  [Symbol.dispose](): void {
    this.socket.terminate()
  }
}

const fits = (whole: object, part: object): boolean =>
  Object.entries(part).every(
    ([name, value]) => JSON.stringify(value) === JSON.stringify((whole as Record<string, unknown>)[name]),
  )

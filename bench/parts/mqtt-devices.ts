import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FromDevices, Kind, ToDevices } from './mqtt-words.ts'

type Published = Extract<FromDevices, { readonly is: 'published' }>

const program = fileURLToPath(new URL('./mqtt-devices-process.ts', import.meta.url))

/** The devices of one broker, seen from the process that measures. */
export class Devices implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #port: number

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.#port = port
  }

  static async connect(port: number, count: number): Promise<Devices> {
    const devices = new Devices(fork(program), port)
    await devices.#ask({ do: 'connect', port, count })
    return devices
  }

  /** A session that is away begins anew, without what waited for it. */
  async leaveSession(): Promise<void> {
    await this.#ask({ do: 'leave', port: this.#port })
  }

  async publish(kind: Kind, window: number, ms: number): Promise<Published> {
    return (await this.#ask({ do: 'publish', kind, window, ms })) as Published
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.disconnect()
    await ended
  }

  async #ask(words: ToDevices): Promise<FromDevices> {
    this.#child.send(words)
    const [answer] = (await once(this.#child, 'message')) as [FromDevices]
    return answer
  }
}

import type { ChildProcess } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { hasMqttClients, mosquittoBroker, mqttClientsCommand } from '../../scripts/mqtt-clients.ts'
import type { ProtocolVersion } from './tools.ts'
import { run, Running } from './tools.ts'

export const guest = { name: 'guest', password: 'let me in' } as const

type Options = {
  readonly folder: string
  readonly port: number
  readonly tls?: { readonly certificate: string; readonly key: string } | undefined
  /** The oldest of its settings wins: lines of its own format. */
  readonly more?: readonly string[] | undefined
}

/** A broker that a site has already: Debian's, in a process of its own, which writes down what it holds when it is stopped. */
export class Mosquitto {
  readonly port: number
  readonly #config: string
  #child: ChildProcess | undefined
  #ended: Promise<unknown> = Promise.resolve()

  constructor({ folder, port, tls, more = [] }: Options) {
    if (!hasMqttClients()) throw new Error(`a real broker is missing: ${mqttClientsCommand}`)
    this.port = port
    const home = join(folder, 'mosquitto')
    mkdirSync(home, { recursive: true })
    const passwords = join(home, 'passwords')
    spawnSync('/usr/bin/mosquitto_passwd', ['-b', '-c', passwords, guest.name, guest.password])
    const files = { cert: join(home, 'broker.crt'), key: join(home, 'broker.key') }
    if (tls) {
      writeFileSync(files.cert, tls.certificate)
      writeFileSync(files.key, tls.key)
    }
    this.#config = join(home, 'mosquitto.conf')
    const lines = [
      `user ${userInfo().username}`,
      `listener ${port} 127.0.0.1`,
      ...(tls ? [`certfile ${files.cert}`, `keyfile ${files.key}`] : []),
      'allow_anonymous false',
      `password_file ${passwords}`,
      'persistence true',
      `persistence_location ${home}/`,
      'max_queued_messages 0',
      ...more,
    ]
    writeFileSync(this.#config, `${lines.join('\n')}\n`)
  }

  async start(): Promise<void> {
    const child = spawn(mosquittoBroker, ['-c', this.#config], { stdio: 'ignore' })
    this.#child = child
    this.#ended = once(child, 'close')
    for (let waited = 0; !(await isOpen(this.port)); waited += 1) {
      if (waited > 500) throw new Error('mosquitto does not start')
      await pause(20)
    }
  }

  /** SIGTERM: it writes down what it holds. SIGKILL: what it has not written is gone. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#child?.kill(signal)
    await this.#ended
  }

  /** One of Debian's clients, as the guest. */
  client(version: ProtocolVersion, more: readonly string[] = []) {
    const known = ['-u', guest.name, '-P', guest.password]
    const common = ['-h', '127.0.0.1', '-p', String(this.port), '-V', version, ...known, ...more]
    return {
      pub: (topic: string, payload: object | string, ...args: readonly string[]) =>
        run('mosquitto_pub', ...common, '-q', '1', '-t', topic, '-m', textOf(payload), ...args),
      sub: (...args: readonly string[]) => run('mosquitto_sub', ...common, ...args),
      rr: (...args: readonly string[]) => run('mosquitto_rr', ...common, ...args),
      listening: (...args: readonly string[]) => new Running('mosquitto_sub', ...common, ...args),
    }
  }
}

const textOf = (payload: object | string): string =>
  typeof payload === 'string' ? payload : JSON.stringify(payload)

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

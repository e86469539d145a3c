import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { hasMqttClients, mqttClientsCommand, systemPython } from '../../scripts/mqtt-clients.ts'
import { passwordOf } from '../crash/devices.ts'
import { site } from '../crash/fair-packs.ts'
import { freePort } from '../crash/ports.ts'
import { RealBox } from '../crash/real-box.ts'
import type { Dice } from '../../src/world/random.ts'

export const python = systemPython

export type MqttBox = { readonly box: RealBox; readonly port: number; readonly wsPort: number }

/** A box in a process of its own, with its broker, that keeps the site of the tests. */
export async function startMqttBox(
  folder: string,
  dice: Dice,
  more: readonly string[] = [],
): Promise<MqttBox> {
  if (!hasMqttClients()) throw new Error(`real clients are missing: ${mqttClientsCommand}`)
  const [port, wsPort] = [await freePort(dice), await freePort(dice)]
  const args = ['--mqtt', String(port), '--mqtt-ws', String(wsPort), ...more]
  const box = new RealBox({
    name: 'box',
    folder: join(folder, 'box'),
    port: await freePort(dice),
    random: dice,
    args,
  })
  box.start()
  if (!(await box.ready())) throw new Error(`the box did not start:\n${box.words.join('\n')}`)
  await box.tell({ do: 'found', site })
  return { box, port, wsPort }
}

export type Ran = { readonly code: number; readonly out: string; readonly err: string }

/** Runs a command to its end; one that hangs is killed, and fails the test that expected an end. */
export async function run(command: string, ...args: readonly string[]): Promise<Ran> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000)
  const [out, err] = [child.stdout, child.stderr].map(async (stream) => {
    let text = ''
    for await (const part of stream) text += String(part)
    return text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(late)
  return { code: code ?? -1, out: (await out) ?? '', err: (await err) ?? '' }
}

/** A command that goes on, and what it has said. */
export class Running {
  readonly lines: string[] = []
  readonly #child
  readonly #ended: Promise<unknown>

  constructor(command: string, ...args: readonly string[]) {
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.lines.push(line))
    this.#ended = once(this.#child, 'close')
  }

  async until(is: (lines: readonly string[]) => boolean, what: string): Promise<void> {
    for (let waited = 0; !is(this.lines); waited += 1) {
      if (waited > 1_000) throw new Error(`${what} has not come: ${this.lines.join(' | ')}`)
      await pause(10)
    }
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.#child.kill(signal)
    await this.#ended
  }
}

export type Client = 'mosquitto_pub' | 'mosquitto_sub' | 'mosquitto_rr'
export type ProtocolVersion = 'mqttv311' | 'mqttv5'

/** One of Debian's command line clients, signed in as a device. */
export function mosquitto(port: number, version: ProtocolVersion, id: string, more: readonly string[] = []) {
  const known = ['-u', id, '-P', passwordOf(id)]
  const common = ['-h', '127.0.0.1', '-p', String(port), '-V', version, ...known, ...more]
  return Object.assign((client: Client, ...args: readonly string[]) => run(client, ...common, ...args), {
    running: (client: Client, ...args: readonly string[]) => new Running(client, ...common, ...args),
  })
}

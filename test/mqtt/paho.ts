import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { passwordOf } from '../crash/devices.ts'
import { python } from './tools.ts'

export type Does = 'read' | 'reading' | 'lamp' | 'grant' | 'listen'
export type DeviceOptions = {
  readonly id: string
  readonly does: Does
  readonly version: 4 | 5
  readonly port: number
  /** At another broker than the box: how it signs in there, and what stands before its topics. */
  readonly at?: { readonly username: string; readonly password: string; readonly prefix: string } | undefined
  /** Seconds between two messages; as fast as it can where nothing is said. */
  readonly every?: number | undefined
}

export type Got = { readonly lamp: string; readonly n: number; readonly dup: boolean }

const script = new URL('./paho-device.py', import.meta.url).pathname

/** A device in a process of its own, and what it has told: the ledger outside of the box. It can be killed at any moment. */
export class PahoDevice {
  readonly options: DeviceOptions
  readonly acked = new Set<number>()
  readonly answers = new Map<string, Set<string>>()
  readonly got: Got[] = []
  readonly words: string[] = []
  sent = 0
  connections = 0
  subscriptions = 0
  hasLeft = false
  kills = 0
  #child: ChildProcess | undefined
  #heard: Promise<unknown> = Promise.resolve()

  constructor(options: DeviceOptions) {
    this.options = options
  }

  start(): void {
    const { id, does, at = {} } = this.options
    this.connections = 0
    this.subscriptions = 0
    // It goes on with the first of which it does not know that the box has it.
    let from = 1
    while (this.acked.has(from) && (does !== 'grant' || this.answers.has(`k${from}`))) from += 1
    const begun = does === 'listen' ? 0 : this.sent
    const wanted = { ...this.options, from, begun, password: passwordOf(id), ...at, pause: 0.004 }
    const child = spawn(python, [script, JSON.stringify(wanted)], { stdio: ['pipe', 'pipe', 'pipe'] })
    createInterface({ input: child.stdout }).on('line', (line) => this.#hear(line))
    createInterface({ input: child.stderr }).on('line', (line) => this.words.push(line))
    this.#child = child
    this.#heard = once(child, 'close')
  }

  /** Until it takes part. */
  async ready(): Promise<void> {
    for (
      let waited = 0;
      (this.options.does === 'listen' ? this.subscriptions : this.connections) === 0;
      waited += 1
    ) {
      if (waited > 200) throw new Error(`${this.options.id} does not connect: ${this.words.join('\n')}`)
      await pause(50)
    }
  }

  /** `kill -9`; all that it had said has been heard. */
  async kill(): Promise<void> {
    this.kills += 1
    this.#child?.kill('SIGKILL')
    await this.#heard
  }

  /** It sends nothing new, and ends when all is acknowledged. One that has just begun must be able to hear it. */
  async leave(): Promise<void> {
    await this.ready()
    this.#child?.kill('SIGTERM')
    await this.#heard
    if (!this.hasLeft) this.words.push('it ended before it had left')
  }

  #hear(line: string): void {
    const [word, first = '', second = '', ...rest] = line.split(' ')
    if (word === 'acked') this.acked.add(Number(first))
    else if (word === 'sent') this.sent = Math.max(this.sent, Number(first))
    else if (word === 'connected') this.connections += 1
    else if (word === 'subscribed') this.subscriptions += 1
    else if (word === 'left') this.hasLeft = true
    else if (word === 'got') this.got.push({ lamp: first, n: Number(second), dup: rest[0] === '1' })
    else if (word === 'answer') {
      const said = this.answers.get(first) ?? new Set()
      this.answers.set(first, said.add(`${second} ${rest.join(' ')}`))
    } else this.words.push(line)
  }
}

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { doLocal } from '../../../src/doors/local.ts'
import type { Dice } from '../../../src/world/random.ts'
import { freePort } from '../../crash/ports.ts'

const program = fileURLToPath(new URL('./process.ts', import.meta.url))

type Said = {
  readonly port: number
  readonly ports: { readonly tls?: number; readonly mqtt?: number; readonly mqttWs?: number }
  readonly routes: readonly string[]
  readonly queries: readonly string[]
  readonly topics: readonly string[]
}

/** Room in each thread, in MiB: what is held too long ends the process, and what is only not collected yet is no growth. */
const heaps = ['--max-old-space-size=128', '--max-semi-space-size=8']

export const password = 'correct horse battery'
export const site = 'fair'

/** The whole program, set up, in a process that may be attacked by whatever reaches its ports. */
export class AttackedBox implements AsyncDisposable {
  readonly data: string
  readonly said: Said
  /** What it has written to its standard error and output: of much, the last. */
  readonly words: string[]
  /** Those of its log lines that are errors. */
  readonly errors: string[] = []
  readonly #child: ChildProcess
  #isEnding = false
  #ended: string | undefined

  private constructor(data: string, child: ChildProcess, said: Said, words: string[]) {
    this.data = data
    this.said = said
    this.words = words
    this.#child = child
    child.on('close', (code, signal) => {
      this.#ended = this.#isEnding ? undefined : `it ended with ${code ?? signal}`
    })
  }

  static async start(dice: Dice, log = 'warn'): Promise<AttackedBox> {
    const data = join(mkdtempSync(join(tmpdir(), 'regie-attacked-')), 'data')
    const [mqtt, mqttWs, tls] = [await freePort(dice), await freePort(dice), await freePort(dice)]
    const ports = [
      '--port',
      '0',
      '--mqtt-port',
      `${mqtt}`,
      '--mqtt-ws-port',
      `${mqttWs}`,
      '--tls-port',
      `${tls}`,
    ]
    const child = spawn(process.execPath, [...heaps, program, '--data', data, '--log', log, ...ports], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // As a release runs.
      env: { ...process.env, MALLOC_ARENA_MAX: '2' },
    })
    const words: string[] = []
    const lines = createInterface({ input: child.stdout })
    const early = createInterface({ input: child.stderr }).on('line', (line) => void words.push(line))
    const first = await Promise.race([once(lines, 'line'), once(child, 'close')])
    if (typeof first[0] !== 'string') throw new Error(`the box did not start:\n${words.join('\n')}`)
    const box = new AttackedBox(data, child, JSON.parse(first[0]) as Said, [...words, first[0]])
    early.removeAllListeners('line').on('line', (line) => box.#hear(line))
    lines.on('line', (line) => box.#hear(line))
    return box
  }

  /** An organisation with this site, kept by this box. */
  async setUp(): Promise<void> {
    const about = { organisation: 'Club', language: 'en', zone: 'UTC', name: 'Owner' }
    await this.by('setup', { ...about, login: 'owner', site, siteName: 'Fair', password })
  }

  /** As whoever may read the data folder does it. */
  async by<T = unknown>(name: string, input: unknown): Promise<T> {
    const outcome = await doLocal(this.data, name, input)
    if (!outcome) throw new Error(`nobody answers: ${this.#ended ?? this.words.slice(-3).join('\n')}`)
    return outcome.done as T
  }

  async token(
    login: string,
    name: string,
    allow: readonly string[],
    sites: readonly string[] | null = [site],
  ) {
    return await this.by<{ readonly id: string; readonly token: string }>('token add', {
      login,
      name,
      allow,
      sites,
    })
  }

  get origin(): string {
    return `http://127.0.0.1:${this.said.port}`
  }

  get mqtt(): number {
    return this.said.ports.mqtt ?? 0
  }

  /** Why it runs no more; undefined while it does. */
  get ended(): string | undefined {
    return this.#ended
  }

  /** Its resident memory, in MiB. */
  get memory(): number {
    const [, kb = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')) ?? []
    return Math.round(Number(kb) / 1024)
  }

  #hear(line: string): void {
    if (line.includes('"level":"error"')) this.errors.push(line)
    this.words.push(line)
    if (this.words.length > 20_000) this.words.splice(0, 10_000)
  }

  /** As SIGTERM ends it. The folder stays. */
  async stop(): Promise<void> {
    if (this.#isEnding) return
    this.#isEnding = true
    if (this.#child.exitCode !== null) return
    const closed = once(this.#child, 'close')
    this.#child.kill('SIGTERM')
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    rmSync(join(this.data, '..'), { recursive: true, force: true })
  }
}

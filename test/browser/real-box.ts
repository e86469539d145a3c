import type { ChildProcess } from 'node:child_process'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const program = fileURLToPath(new URL('../../bin/regie.ts', import.meta.url))
const run = promisify(execFile)

/** Regie as a user starts it: a process of its own, on one port for all its lives. */
export class RealBox implements AsyncDisposable {
  readonly data: string
  #child: ChildProcess | undefined
  #port = 0

  constructor(data: string) {
    this.data = data
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async start(): Promise<void> {
    const off = ['--mqtt-port', '0', '--mqtt-ws-port', '0']
    const child = spawn(
      process.execPath,
      [
        program,
        'start',
        '--json',
        '--data',
        this.data,
        '--host',
        '127.0.0.1',
        '--port',
        String(this.#port),
        ...off,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    this.#child = child
    for await (const line of createInterface({ input: child.stdout })) {
      const { event, port } = JSON.parse(line) as { readonly event: string; readonly port?: number }
      if (event === 'listening') this.#port = port ?? 0
      if (event === 'running') return
    }
    throw new Error('it ended before it ran')
  }

  /** Any command beside it; what it printed. */
  async regie(...args: readonly string[]): Promise<string> {
    const { stdout } = await run(process.execPath, [program, ...args, '--data', this.data])
    return stdout
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'close')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}

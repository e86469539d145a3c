import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { delimiter, dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { sleep } from './time.ts'

/** The program in a process of its own: the bundled file, started as `npm start` and a service start it. */
export class Program implements AsyncDisposable {
  /** Seconds from the start of the process to the first `200` of /ready. */
  readonly startSeconds: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, startSeconds: number) {
    this.#child = child
    this.startSeconds = startSeconds
  }

  static async start(file: string, data: string): Promise<Program> {
    const from = performance.now()
    const args = ['start', '--data', data, '--port', '0', '--host', '127.0.0.1', '--json', '--log', 'error']
    const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}` }
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'], env })
    const port = await listening(child)
    while (!(await isReady(port))) await sleep(2)
    return new Program(child, (performance.now() - from) / 1000)
  }

  /** What the process holds in memory now, in MB of 10^6 bytes. */
  get megabytes(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
    return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1e6
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await ended
  }
}

async function listening(child: ChildProcess): Promise<number> {
  if (!child.stdout) throw new Error('nothing to read from')
  for await (const line of createInterface({ input: child.stdout })) {
    const { event, port } = JSON.parse(line) as { event: string; port?: number }
    if (event !== 'listening' || port === undefined) continue
    // Left open, and read to its end: what the program says later must not end it.
    child.stdout.resume()
    return port
  }
  throw new Error('the program ended before it listened')
}

async function isReady(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/ready`)
  await answer.arrayBuffer()
  return answer.ok
}

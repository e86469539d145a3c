import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { makeFolder } from '../crash/box-folder.ts'

const program = fileURLToPath(new URL('./box-process.ts', import.meta.url))

/** A box with a page, in a process of its own that can be killed, on one port for all its lives. */
export class ServedBox implements AsyncDisposable {
  readonly #folder: string
  readonly #script: string
  #child: ChildProcess | undefined
  #port = 0

  constructor(folder: string, script: string) {
    makeFolder(folder, { bytes: randomBytes })
    this.#folder = folder
    this.#script = script
  }

  get port(): number {
    return this.#port
  }

  async start(): Promise<void> {
    const args = [program, '--folder', this.#folder, '--port', String(this.#port), '--script', this.#script]
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child = child
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    this.#port = Number(line)
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'close')
  }

  /** The keys of the tries that came since it was started. */
  async heard(): Promise<readonly string[]> {
    const answer = await fetch(`http://127.0.0.1:${this.#port}/heard`)
    return ((await answer.json()) as readonly { readonly key: string }[]).map(({ key }) => key)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { linkPath } from '../../src/doors/link.ts'
import type { Above } from '../../src/kernel/box/contract.ts'
import type { Identity } from '../../src/kernel/link/identity.ts'
import type { Random } from '../../src/kernel/machine.ts'
import { makeFolder } from './box-folder.ts'
import type { BoxStatus, Order, ReplyLine } from './control.ts'
import { site } from './fair-packs.ts'

/** `lost`: the process died before it answered. */
export type Reply =
  | { readonly is: 'value'; readonly value: unknown }
  | { readonly is: 'error'; readonly error: string }
  | { readonly is: 'lost' }

export type RealBoxOptions = {
  readonly name: string
  readonly folder: string
  readonly port: number
  readonly random: Random
  /** Truth that does not wait for the disk: for proving that the proofs see it. */
  readonly unsafe?: boolean | undefined
  /** More for the command line of the process. */
  readonly args?: readonly string[] | undefined
  readonly env?: ((folder: string) => Readonly<Record<string, string>>) | undefined
}

const program = fileURLToPath(new URL('./box-process.ts', import.meta.url))

type Life = {
  readonly child: ChildProcess
  readonly ready: PromiseWithResolvers<boolean>
  readonly ended: Promise<void>
  readonly asked: Map<number, (reply: Reply) => void>
}

/** A box in a process of its own, seen from outside: it is asked, and it can be killed at any moment. */
export class RealBox {
  readonly name: string
  readonly folder: string
  readonly identity: Identity
  readonly words: string[] = []
  readonly #options: RealBoxOptions
  #life: Life | undefined
  #next = 1

  constructor(options: RealBoxOptions) {
    this.#options = options
    this.name = options.name
    this.folder = options.folder
    this.identity = makeFolder(options.folder, options.random)
  }

  get above(): Above {
    const { box, publicKey } = this.identity
    return { address: `ws://127.0.0.1:${this.#options.port}${linkPath}`, box, publicKey }
  }

  get pid(): number | undefined {
    return this.#life?.child.pid
  }

  start(): void {
    const { folder, port, unsafe, env, args: more = [] } = this.#options
    const args = [
      program,
      '--folder',
      folder,
      '--port',
      String(port),
      ...(unsafe ? ['--unsafe'] : []),
      ...more,
    ]
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...env?.(folder) },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const asked: Life['asked'] = new Map()
    const ready = Promise.withResolvers<boolean>()
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { id, value, error } = JSON.parse(line) as ReplyLine
      if (id === 0) return ready.resolve(true)
      const settle = asked.get(id)
      asked.delete(id)
      settle?.(error === undefined ? { is: 'value', value } : { is: 'error', error })
    })
    createInterface({ input: child.stderr }).on('line', (line) => this.words.push(line))
    // What a killed process was not in time to read.
    child.stdin.on('error', () => {})
    const ended = new Promise<void>((resolve) => {
      // Not `exit`: what the process had written is still to be read.
      child.once('close', (code, signal) => {
        if (signal !== 'SIGKILL' && code !== 0) this.words.push(`ended with ${code ?? signal}`)
        ready.resolve(false)
        resolve()
      })
    })
    this.#life = { child, ready, ended, asked }
  }

  /** Whether the process came up; false if it was killed before. */
  async ready(): Promise<boolean> {
    return (await this.#life?.ready.promise) ?? false
  }

  async ask(order: Order): Promise<Reply> {
    const life = this.#life
    if (!life || !(await life.ready.promise) || life !== this.#life) return { is: 'lost' }
    return new Promise((resolve) => {
      const id = this.#next++
      life.asked.set(id, resolve)
      life.child.stdin?.write(`${JSON.stringify({ ...order, id })}\n`)
    })
  }

  /** The value, where nothing else than a value is any use. */
  async tell<T>(order: Order): Promise<T> {
    const reply = await this.ask(order)
    if (reply.is === 'value') return reply.value as T
    const why = reply.is === 'error' ? reply.error : 'it died'
    throw new Error(`${this.name} could not ${order.do}: ${why}\n${this.words.slice(-5).join('\n')}`)
  }

  async siteStatus() {
    const { sites } = await this.tell<BoxStatus>({ do: 'status' })
    return sites.find((each) => each.site === site)
  }

  /** `kill -9`. Resolves with how many requests it never answered, once all that it had said has been heard. */
  async kill(): Promise<number> {
    const life = this.#life
    if (!life) return 0
    life.child.kill('SIGKILL')
    await life.ended
    this.#life = undefined
    const lost = [...life.asked.values()]
    for (const settle of lost) settle({ is: 'lost' })
    return lost.length
  }

  async stop(): Promise<void> {
    const life = this.#life
    if (!life || !(await life.ready.promise)) return
    await this.tell({ do: 'stop' })
    await life.ended
    this.#life = undefined
  }
}

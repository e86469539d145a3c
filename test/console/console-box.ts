import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { realMachine } from '../../src/cli/machine.ts'
import type { Program } from '../../src/cli/program.ts'
import { startProgram } from '../../src/cli/program.ts'
import { readSettings } from '../../src/cli/settings.ts'
import { doLocal } from '../../src/doors/local.ts'

export const password = 'correct horse battery'
export const site = 'trail-2026'
export const aSetup = {
  organisation: 'Trail Club',
  language: 'fr',
  zone: 'Europe/Paris',
  login: 'marie',
  name: 'Marie Dupont',
  password,
  site,
  siteName: 'Trail 2026',
}

/** No port that another box of this machine may have, and so no devices. */
const alone = { port: '0', host: '127.0.0.1', 'mqtt-port': '0', 'mqtt-ws-port': '0' }
/** What stands between this box and the rest of the world is believed. */
export const behindProxy = { 'trusted-proxies': '127.0.0.1' }

export type Body = Readonly<Record<string, unknown>>
export type Told = {
  readonly status: number
  readonly body: Body
  readonly text: string
  readonly headers: Headers
}

/** A real program on a real folder and a real port, whose clock can be moved on. */
export class ConsoleBox implements AsyncDisposable {
  readonly data = join(mkdtempSync(join(tmpdir(), 'regie-console-')), 'data')
  readonly said: string[] = []
  program: Program | undefined
  shiftMs = 0

  async start(flags: Readonly<Record<string, string>> = {}): Promise<this> {
    const to = { write: (text: string) => void this.said.push(text), isTTY: false, least: 'debug' } as const
    const real = realMachine(to)
    const clock = { ...real.clock, mono: () => real.clock.mono() + this.shiftMs }
    this.program = await startProgram({
      settings: readSettings({}, { data: this.data, ...alone, ...flags }),
      machine: { ...real, clock },
      listening: () => {},
    })
    return this
  }

  async restart(): Promise<void> {
    await this.program?.stop()
    await this.start()
  }

  get origin(): string {
    return `http://127.0.0.1:${this.program?.port ?? 0}`
  }

  /** What the command line does. */
  async by(name: string, input: unknown): Promise<unknown> {
    return (await doLocal(this.data, name, input))?.done
  }

  /** Set up by the command line, and the owner signed in. */
  async withOwner(flags: Readonly<Record<string, string>> = {}): Promise<Browser> {
    await this.start(flags)
    await this.by('setup', aSetup)
    return this.signedIn('marie', password)
  }

  browser(headers: Readonly<Record<string, string>> = {}): Browser {
    return new Browser(this, headers)
  }

  async signedIn(login: string, secret: string): Promise<Browser> {
    const browser = this.browser()
    await until(async () => (await browser.signIn(login, secret)).status === 200)
    return browser
  }

  /** Somebody vouches for the clock: codes of apps can be judged from now on. */
  async setClock(): Promise<void> {
    const ask = { action: 'clock.set', who: 'test', input: { time: Date.now() } }
    for (const at of ['fleet', site])
      await this.program?.box.act(at, { ...ask, key: `a watch ${Date.now()}` })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program?.stop()
    rmSync(join(this.data, '..'), { recursive: true })
  }
}

/** Keeps cookies, and says whose page it shows, as browsers do. */
export class Browser {
  readonly #box: ConsoleBox
  readonly #headers: Readonly<Record<string, string>>
  readonly #cookies = new Map<string, string>()

  constructor(box: ConsoleBox, headers: Readonly<Record<string, string>>) {
    this.#box = box
    this.#headers = headers
  }

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  signIn(login: string, secret: string, code?: string): Promise<Told> {
    return this.ask('POST', 'session', { login, secret, ...(code === undefined ? {} : { code }) })
  }

  get(path: string): Promise<Told> {
    return this.ask('GET', path)
  }

  async ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Told> {
    const { origin } = this.#box
    const answer = await fetch(`${origin}/api/fleet/${path}`, {
      method,
      headers: {
        ...(this.#cookies.size > 0 ? { cookie: this.cookie } : {}),
        ...(method === 'GET' ? {} : { origin }),
        ...(method === 'GET' || (method === 'DELETE' && body === undefined)
          ? {}
          : { 'content-type': 'application/json' }),
        ...this.#headers,
        ...headers,
      },
      ...(method === 'GET' || (method === 'DELETE' && body === undefined)
        ? {}
        : { body: JSON.stringify(body ?? {}) }),
    })
    for (const each of answer.headers.getSetCookie()) {
      const [pair = ''] = each.split(';', 1)
      const at = pair.indexOf('=')
      if (pair.slice(at + 1) === '') this.#cookies.delete(pair.slice(0, at))
      else this.#cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    const text = await answer.text()
    const isJson = (answer.headers.get('content-type') ?? '').includes('json')
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      body: isJson && text !== '' ? (JSON.parse(text) as Body) : {},
    }
  }
}

/** Whatever the views need to show what was decided. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries += 1) {
    if (tries > 300) throw new Error('it never came about')
    await rest(20)
  }
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { buildWeb } from '../../scripts/build-web.ts'
import { realMachine } from '../../src/cli/machine.ts'
import type { Program } from '../../src/cli/program.ts'
import { startProgram } from '../../src/cli/program.ts'
import { readSettings } from '../../src/cli/settings.ts'
import { findWebFiles } from '../../src/doors/web-files.ts'
import { directNames } from '../../src/kernel/site/direct.ts'
import { doLocal } from '../../src/doors/local.ts'
import { Dice } from '../../src/world/random.ts'
import { known } from './box/known.ts'
import { freePort } from '../crash/ports.ts'
import { fairTrades } from './box/fair-trades.ts'
import { roles } from './expected.ts'

export const password = 'correct horse battery'
export const [site, elsewhere] = ['one', 'two'] as const
/** Nobody is served these; whoever has a name is one of `visitors`. */
export const shut = [
  'nobody',
  'ended session',
  'expired session',
  'made-up session',
  'revoked token',
  'expired token',
  'made-up token',
] as const
export const visitors = [...roles, 'lead elsewhere', 'token elsewhere', ...shut] as const
export type Visitor = (typeof visitors)[number]
type Headers = Readonly<Record<string, string>>

/** All that a token can list. */
export const everything = [
  ...known.actions.keys(),
  ...known.queries.keys(),
  ...known.topics.map(({ name }) => name),
  ...directNames,
  // What doors do themselves, and a token may list (AUDIT, REACH).
  'audit',
  'reach',
]

const dayMs = 24 * 3_600_000

/** The whole program with the fair and all its doors, and everybody who may stand at them. */
export class Scene implements AsyncDisposable {
  readonly program: Program
  readonly #data: string
  readonly #headers: Map<Visitor, Headers>

  private constructor(data: string, program: Program, headers: Map<Visitor, Headers>) {
    this.#data = data
    this.program = program
    this.#headers = headers
  }

  /** With `pages`, as after a build of them. */
  static async open({ pages = false } = {}): Promise<Scene> {
    const data = join(mkdtempSync(join(tmpdir(), 'regie-attack-')), 'data')
    const web = join(data, '..', 'web')
    if (pages) await buildWeb(join(import.meta.dirname, '../..'), web)
    let shiftMs = 0
    const real = realMachine({ write: () => {}, isTTY: false, least: 'error' })
    const { mono, wall } = real.clock
    const clock = { ...real.clock, mono: () => mono() + shiftMs, wall: () => wall() + shiftMs }
    const dice = new Dice(data)
    const ports = { 'mqtt-port': await freePort(dice), 'mqtt-ws-port': await freePort(dice) }
    const flags = { data, port: '0', host: '127.0.0.1', 'tls-port': `${await freePort(dice)}` }
    const program = await startProgram({
      settings: readSettings({}, { ...flags, ...mapText(ports) }),
      machine: { ...real, clock },
      trades: fairTrades,
      web: findWebFiles([web]),
      listening: () => {},
    })
    const scene = new Scene(data, program, new Map())
    try {
      await scene.#people(() => (shiftMs += 2 * dayMs))
    } catch (error) {
      await scene[Symbol.asyncDispose]()
      throw error
    }
    return scene
  }

  get origin(): string {
    return `http://127.0.0.1:${this.program.port}`
  }

  headers(visitor: Visitor): Headers {
    return this.#headers.get(visitor) ?? {}
  }

  /** As whoever may read the data folder does it. */
  async by<T = unknown>(name: string, input: unknown): Promise<T> {
    return (await doLocal(this.#data, name, input))?.done as T
  }

  async token(
    login: string,
    name: string,
    sites: readonly string[] | null,
    days = 90,
    allow: readonly string[] = everything,
  ) {
    const asked = { login, name, allow, sites, days }
    return await this.by<{ readonly id: string; readonly token: string }>('token add', asked)
  }

  /** Revoked, and known to be so at the doors. */
  async revokedToken(login: string, name: string, sites: readonly string[] | null): Promise<string> {
    const { id, token } = await this.token(login, name, sites)
    await this.by('token revoke', { token: id })
    return this.#shutOut(token, 401)
  }

  /** Of a lead of the site, and known to count no more at the doors. */
  async tokenOfSuspended(login: string): Promise<string> {
    await this.#add(login, 'lead', site)
    const { token } = await this.token(login, login, [site])
    await this.by('account suspend', { login })
    return this.#shutOut(token, 403)
  }

  async #shutOut(token: string, status: number): Promise<string> {
    const headers = { authorization: `Bearer ${token}` }
    await until(async () => (await fetch(`${this.origin}/api/fleet/sites`, { headers })).status === status)
    return token
  }

  async #add(login: string, role: string, at: string | null): Promise<void> {
    await this.by('account add', { login, name: login, language: 'en', role, site: at, password })
  }

  async signIn(login: string): Promise<Headers> {
    let cookie = ''
    await until(async () => {
      const answer = await fetch(`${this.origin}/api/fleet/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ login, secret: password }),
      })
      cookie = answer.headers
        .getSetCookie()
        .map((each) => each.split(';', 1)[0])
        .join('; ')
      return answer.status === 200
    })
    return { cookie, origin: this.origin }
  }

  async #people(later: () => void): Promise<void> {
    const about = { organisation: 'Club', language: 'en', zone: 'UTC', name: 'Owner', site, siteName: 'One' }
    await this.by('setup', { ...about, login: 'owner', password })
    await this.by('site add', { site: elsewhere, name: 'Two', zone: 'UTC', exercise: false })
    for (const role of roles.slice(1)) await this.#add(role, role, role === 'manager' ? null : site)
    await this.#add('stranger', 'lead', elsewhere)
    for (const login of ['gone', 'late']) await this.#add(login, 'lead', site)
    // What was opened so long ago.
    const late = await this.signIn('late')
    const old = await this.token('owner', 'old', null, 1)
    later()
    const gone = await this.signIn('gone')
    await this.by('account sign-out', { login: 'gone' })
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
    const made: Readonly<Record<Exclude<Visitor, (typeof roles)[number]>, Headers>> = {
      nobody: {},
      'ended session': gone,
      'expired session': late,
      'made-up session': { cookie: `regie_session=${'A'.repeat(43)}`, origin: this.origin },
      'revoked token': bearer(await this.revokedToken('owner', 'revoked', null)),
      'expired token': bearer(old.token),
      'made-up token': bearer(`rgt_${'A'.repeat(43)}`),
      'lead elsewhere': await this.signIn('stranger'),
      'token elsewhere': bearer((await this.token('owner', 'elsewhere', [elsewhere])).token),
    }
    for (const [visitor, headers] of Object.entries(made)) this.#headers.set(visitor as Visitor, headers)
    for (const role of roles) this.#headers.set(role, await this.signIn(role))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program.stop()
    rmSync(join(this.#data, '..'), { recursive: true })
  }
}

const mapText = (named: Readonly<Record<string, number>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(named).map(([name, value]) => [name, `${value}`]))

export async function until(is: () => boolean | Promise<boolean>, tries = 200): Promise<void> {
  for (let left = tries; !(await is()); left -= 1) {
    if (left === 0) throw new Error(`it has not come true: ${String(is)}`)
    await rest(50)
  }
}

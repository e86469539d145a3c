import type { FastifyInstance } from 'fastify'
import type { ApiDoor } from '../../src/doors/api/door.ts'
import { apiDoor } from '../../src/doors/api/door.ts'
import { blobDoor } from '../../src/doors/blob-door.ts'
import { httpDoor } from '../../src/doors/http.ts'
import { linkDoor } from '../../src/doors/link.ts'
import type { Vitals } from '../../src/doors/api/health.ts'
import { Readiness } from '../../src/doors/readiness.ts'
import type { Showing } from '../../src/doors/readiness.ts'
import type { Visitor } from '../../src/doors/visitor.ts'
import { nobody } from '../../src/doors/visitor.ts'
import { mayWith } from '../../src/kernel/pack/roles.ts'
import type { Boxes, TestBox } from '../kernel/boxes.ts'
import { known, until } from '../kernel/boxes.ts'

/** Roles by site. */
export type Roles = Readonly<Record<string, readonly string[]>>

export function visitor(who: string, roles: Roles, kind: Visitor['kind'] = 'person'): Visitor {
  return { kind, who, may: ({ allow }, site) => mayWith(roles[site] ?? [], allow) }
}

const whoHeader = 'test-visitor'

/** A box with its web door on a real port. Who asks is said by a header, until there are accounts. */
export class ApiServer implements AsyncDisposable {
  readonly host: TestBox
  readonly door: ApiDoor
  readonly visitors = new Map<string, Visitor>()
  readonly server: FastifyInstance
  url = ''
  vitals: Vitals = { disk: 'good', above: [], drivers: [], broker: [], measured: {} }

  private constructor(host: TestBox) {
    this.host = host
    const machine = host.machine()
    const readiness = new Readiness(machine.clock.mono)
    const showing = (): Showing => ({ is: 'running', status: host.box.status() })
    this.door = apiDoor({
      known,
      version: '1.2.3',
      machine,
      watched: { showing, readiness, vitals: () => this.vitals },
    })
    this.server = httpDoor({
      log: machine.log,
      showing,
      readiness,
      link: linkDoor(),
      blobs: blobDoor(machine),
      api: this.door,
      visitorOf: ({ headers }) => this.visitors.get(String(headers[whoHeader])) ?? nobody,
    })
  }

  /** A box that keeps these sites. */
  static async keeping(boxes: Boxes, ...sites: readonly string[]): Promise<ApiServer> {
    const host = boxes.make('keeper')
    await host.start()
    for (const site of sites) {
      await host.box.found(site)
      await until(() => host.site(site).role === 'keeping')
    }
    return ApiServer.on(host)
  }

  static async on(host: TestBox): Promise<ApiServer> {
    const made = new ApiServer(host)
    made.url = await made.server.listen({ port: 0, host: '127.0.0.1' })
    made.door.open(host.box)
    return made
  }

  let(who: string, roles: Roles, kind?: Visitor['kind']): void {
    this.visitors.set(who, visitor(who, roles, kind))
  }

  get(path: string, who = '', headers: Readonly<Record<string, string>> = {}): Promise<Told> {
    return this.#fetch(path, { headers: { [whoHeader]: who, ...headers } })
  }

  post(path: string, body: unknown, who = '', headers: Readonly<Record<string, string>> = {}): Promise<Told> {
    return this.#fetch(path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', [whoHeader]: who, ...headers },
    })
  }

  async #fetch(path: string, init: RequestInit): Promise<Told> {
    const answer = await fetch(`${this.url}${path}`, init)
    const text = await answer.text()
    const isJson = (answer.headers.get('content-type') ?? '').includes('json')
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      body: isJson && text !== '' ? (JSON.parse(text) as Body) : {},
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.server.closeAllConnections()
    await this.server.close()
  }
}

type Body = Readonly<Record<string, unknown>>
export type Told = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Body
}

import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { realMachine, standardError } from '../../src/cli/machine.ts'
import { apiDoor } from '../../src/doors/api/door.ts'
import { blobDoor } from '../../src/doors/blob-door.ts'
import { httpDoor } from '../../src/doors/http.ts'
import { linkDoor } from '../../src/doors/link.ts'
import type { LiveLimits } from '../../src/doors/live/limits.ts'
import { usualLimits } from '../../src/doors/live/limits.ts'
import type { LiveDoor } from '../../src/doors/live/live-door.ts'
import { liveDoor } from '../../src/doors/live/live-door.ts'
import { Readiness } from '../../src/doors/readiness.ts'
import type { TestBox } from '../kernel/boxes.ts'
import { Boxes, known, until } from '../kernel/boxes.ts'
import type { ActHeard } from './hear-acts.ts'
import { hearActs } from './hear-acts.ts'
import { TestReception } from './test-reception.ts'

/** A box that keeps the fair, with its doors on a port of this machine. */
export class House implements AsyncDisposable {
  readonly boxes = new Boxes()
  readonly box: TestBox = this.boxes.make('keeper')
  readonly reception = new TestReception()
  /** Every try of an action that came through the door. */
  readonly heard: ActHeard[] = []
  readonly #limits: LiveLimits
  #server: FastifyInstance | undefined
  #live: LiveDoor | undefined
  #port = 0
  #keys = 0

  private constructor(limits: Partial<LiveLimits>) {
    this.#limits = { ...usualLimits, ...limits }
  }

  static async open(limits: Partial<LiveLimits> = {}): Promise<House> {
    const house = new House(limits)
    await house.start()
    await house.found('fair')
    house.reception.set('anna', { fair: ['volunteer'] })
    return house
  }

  get live(): LiveDoor {
    if (!this.#live) throw new Error('the house is closed')
    return this.#live
  }

  get port(): number {
    return this.#port
  }

  async found(site: string): Promise<void> {
    await this.box.box.found(site)
    await until(() => this.box.site(site).role === 'keeping')
  }

  /** The box and its doors, on the port that they had before. */
  async start({ isOpen = true } = {}): Promise<void> {
    await this.box.start()
    const machine = realMachine(standardError('error'))
    const live = liveDoor({ machine, reception: this.reception, limits: this.#limits })
    const api = apiDoor({ known, machine })
    const server = httpDoor({
      log: machine.log,
      showing: () => ({ is: 'running', status: this.box.box.status() }),
      readiness: new Readiness(machine.clock.mono),
      link: linkDoor(),
      live,
      blobs: blobDoor(machine),
      api,
      visitorOf: ({ headers, caller }) => this.reception.visitorOf({ headers, ip: caller.address }),
    })
    hearActs(server, this.heard)
    if (isOpen) {
      api.open(this.box.box)
      live.open({ box: this.box.box, known })
    }
    await server.listen({ port: this.#port, host: '127.0.0.1' })
    this.#port = (server.server.address() as AddressInfo).port
    this.#server = server
    this.#live = live
  }

  async stop(): Promise<void> {
    this.#live?.close()
    this.#server?.server.closeAllConnections()
    await this.#server?.close()
    this.#server = undefined
    await this.box.stop()
  }

  async grant(tag: string, cents = 5, site = 'fair') {
    const [action, key] = ['fair.grant', `house ${(this.#keys += 1)}`]
    return this.box.box.act(site, { action, key, who: 'house', input: { tag, cents } })
  }

  async close(stall: string, site = 'fair') {
    const [action, key] = ['fair.close', `house ${(this.#keys += 1)}`]
    return this.box.box.act(site, { action, key, who: 'house', input: { stall } })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    await this.boxes[Symbol.asyncDispose]()
  }
}

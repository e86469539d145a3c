import type { Machine } from '../../../kernel/machine.ts'
import type { KnownTopic } from '../../../kernel/topics/known-topics.ts'
import type { Carried } from '../carried.ts'
import { isOver, lifeLeft } from '../carried.ts'
import type { Complaints } from '../complaints.ts'
import type { Device, DeviceOf } from '../device.ts'
import type { MqttLimits } from '../limits.ts'
import type { Routes } from '../routes.ts'
import type { Item, Outlet, Session } from '../session.ts'
import type { Sessions } from '../sessions.ts'
import type { Wire } from '../socket.ts'
import type { Taken, Taking } from '../taking.ts'
import type { Tells } from '../tells.ts'
import type { Publish } from '../wire/incoming.ts'
import { publish } from '../wire/outgoing.ts'
import { reason } from '../wire/reasons.ts'
import { connect } from '../wire/to-broker.ts'
import { dialBroker } from './dial.ts'
import { heardFrom, Prefix, retainedAt, toldTo } from './filters.ts'
import type { Room } from './line.ts'
import { Line } from './line.ts'
import type { SiteBrokerOptions, SiteBrokerStatus } from './options.ts'
import { addressOf } from './options.ts'

export type SiteBrokerParts = {
  readonly options: SiteBrokerOptions
  /** Under which this box is known there. */
  readonly client: string
  readonly machine: Machine
  readonly limits: MqttLimits
  readonly topics: readonly KnownTopic[]
  readonly deviceOf: DeviceOf
  readonly serves: (site: string) => boolean
  readonly routes: Routes
  readonly sessions: Sessions
  readonly taking: Taking
  readonly tells: Tells
  readonly complaints: Complaints
}

/** The broker as a device of this box, and the devices that speak through it. */
type Known = { readonly devices: readonly [Device, ...Device[]]; readonly session: Session }

const firstWaitMs = 500
const longestWaitMs = 30_000
const keepAliveSeconds = 30
/** The name of its session here: one that no client can have that connects, even with the same token. */
const sessionName = '\0broker of the site'

/**
 * The broker of the site as one more client of this box: what it is owed waits in a session like any other's, and
 * what comes from it is taken like what a device sends, as the device that its topic names.
 */
export class SiteBroker {
  readonly #parts: SiteBrokerParts
  readonly #prefix: Prefix
  #state: Pick<SiteBrokerStatus, 'is' | 'why'> = { is: 'connecting', why: '' }
  #known: Known | undefined
  #line: Line | undefined
  #waitMs = firstWaitMs
  /** Its session has begun, and it has not been told yet what was retained before. */
  #isNew = false
  #isStopped = false
  #giveUp: () => void = () => {}

  constructor(parts: SiteBrokerParts) {
    this.#parts = parts
    this.#prefix = new Prefix(parts.options.prefix)
  }

  get status(): SiteBrokerStatus {
    return { address: addressOf(this.#parts.options), ...this.#state }
  }

  get who(): string | undefined {
    return this.#known?.devices[0].who
  }

  start(): void {
    void this.#try().catch((error: unknown) => this.#away(String(error)))
  }

  /** Its token is not what it was. */
  sendAway(): void {
    this.#line?.end('its token does not let it in any more')
  }

  stop(): void {
    this.#isStopped = true
    this.#giveUp()
    this.#line?.end('this box stops')
  }

  async #try(): Promise<void> {
    const { options, limits } = this.#parts
    this.#state = { is: 'connecting', why: this.#state.why }
    const device = await this.#whoIsIt()
    if (typeof device === 'string') return this.#away(device)
    if (await this.#open(device)) this.#isNew = true
    if (this.#isStopped) return
    this.#giveUp = dialBroker(
      options,
      (wire) => this.#greet(wire),
      (why) => this.#away(why),
      limits.connectMs,
    )
  }

  async #whoIsIt(): Promise<Device | string> {
    const { deviceOf, serves, options, client } = this.#parts
    const password = Buffer.from(options.token)
    const presented = { clientId: client, username: undefined, password, address: 'the broker of the site' }
    const device = await deviceOf(presented)
    if (!device) return 'its token is not known here: it must be good, and name one site'
    return serves(device.site) ? device : `${device.site} is not served here`
  }

  /** Its session is there before it is reached, so that messages wait for it. Resolves whether it is a new one. */
  async #open(device: Device): Promise<boolean> {
    const { sessions, topics, routes, options, limits } = this.#parts
    const behind = options.devices.map((id): Device => ({ ...device, id, who: `${device.who} for ${id}` }))
    const devices = [device, ...behind] as const
    const agreed = { anew: false, expirySeconds: limits.sessionSeconds }
    const opened = await sessions.open(device, sessionName, agreed)
    if (!opened) throw new Error('there are too many sessions')
    const { session, isPresent } = opened
    session.behind = new Set(behind.map(({ who }) => who))
    session.subscriptions.clear()
    for (const filter of toldTo(topics, routes, devices))
      session.subscriptions.set(filter, {
        filter,
        qos: 1,
        noLocal: true,
        asPublished: true,
        handling: 0,
        parts: filter.split('/'),
        number: undefined,
      })
    await sessions.save(session)
    this.#known = { devices, session }
    return !isPresent
  }

  #greet(wire: Wire) {
    const { machine, limits, options, client, topics, routes, complaints } = this.#parts
    const { username, password } = options
    const { devices = [] } = this.#known ?? {}
    const properties = {
      sessionExpiry: limits.sessionSeconds,
      receiveMaximum: limits.inflight,
      maximumPacket: limits.packetBytes,
    }
    const line: Line = new Line(
      {
        machine,
        limits,
        hello: connect({ client, username, password, keepAlive: keepAliveSeconds, properties }),
        keepAliveMs: keepAliveSeconds * 1000,
        wanted: [...heardFrom(topics, routes, devices), ...retainedAt(topics, routes, devices)].map(
          (one) => ({
            ...one,
            filter: this.#prefix.there(one.filter),
          }),
        ),
        take: (packet) => this.#take(packet),
        opened: (room) => this.#connected(line, room),
        acknowledged: (id) => this.#known?.session.acknowledged(id),
        complain: (text) => complaints.say('site broker', `the broker of the site: ${text}`),
        over: (why) => this.#over(why),
      },
      wire,
    )
    this.#line = line
    if (this.#isStopped) line.end('this box stops')
    return line.events
  }

  #connected(line: Line, room: Room): void {
    const { sessions, tells, machine } = this.#parts
    const { session } = this.#known ?? {}
    if (!session || session.isOver) return line.end('what waited for it was too much, and is gone')
    this.#waitMs = firstWaitMs
    this.#state = { is: 'connected', why: '' }
    machine.log('info', `mqtt: connected with ${addressOf(this.#parts.options)}`)
    session.attach(this.#outlet(line, room, session))
    for (const filter of session.subscriptions.keys()) {
      if (this.#isNew)
        for (const kept of sessions.retained.by(session.site, filter, machine.clock.mono()))
          sessions.give(session, kept, { retain: true, replaces: false })
      tells.listen(session, filter, true)
    }
    this.#isNew = false
    session.pump()
  }

  #outlet(line: Line, { window, maximumPacket }: Room, session: Session): Outlet {
    const { machine, routes, limits } = this.#parts
    const takes = (carried: Carried): boolean =>
      !isOver(carried, machine.clock.mono()) &&
      (this.#known?.devices ?? []).some((device) => routes.mayRead(device, carried.topic))
    const bytesOf = (
      { topic, payload, properties, ...carried }: Carried,
      retain: boolean,
      item?: Item,
      id = 0,
    ) =>
      publish(5, {
        topic: this.#prefix.there(topic),
        payload,
        properties: {
          ...properties,
          responseTopic:
            properties.responseTopic === undefined ? undefined : this.#prefix.there(properties.responseTopic),
          expiry: lifeLeft({ topic, payload, properties, ...carried }, machine.clock.mono()),
        },
        id,
        retain,
        dup: item?.sent ?? false,
      })
    return {
      window,
      takes,
      send: (item, id) => {
        const bytes = bytesOf(item.carried, item.retain, item, id)
        if (bytes.length <= maximumPacket) line.send(bytes)
        else queueMicrotask(() => session.acknowledged(id))
      },
      sendLoose: (carried, retain) => {
        if (!takes(carried) || line.waiting() > limits.socketBytes) return
        const bytes = bytesOf(carried, retain)
        if (bytes.length <= maximumPacket) line.send(bytes)
      },
      end: (why) => line.end(why === 'too slow' ? 'more waits for it than may' : `its session is ${why}`),
    }
  }

  async #take(packet: Publish): Promise<Taken> {
    const { properties, qos } = packet
    const topic = this.#prefix.here(packet.topic)
    const responseTopic =
      properties.responseTopic === undefined ? undefined : this.#prefix.here(properties.responseTopic)
    const { session } = this.#known ?? {}
    const told = topic === undefined ? undefined : this.#parts.routes.find(topic)?.known
    if (session && topic !== undefined && told?.topic.is === 'tell') {
      if (packet.retain && packet.payload.length > 0) this.#parts.tells.standsAt(session, told, topic)
      return { is: 'taken' }
    }
    const device = topic === undefined ? undefined : this.#sender(topic)
    if (!session || topic === undefined || !device)
      return refused('nobody who may speak through this broker has this topic')
    if (properties.responseTopic !== undefined && responseTopic === undefined)
      return refused('the answer may not go to this topic')
    const sent = {
      ...packet,
      topic,
      qos: qos === 0 ? 0 : 1,
      properties: { ...properties, responseTopic },
    } as const
    return this.#parts.taking.take({ device, session }, sent)
  }

  /** Whom the topic names; the broker itself where it names nobody. */
  #sender(topic: string): Device | undefined {
    const [self] = this.#known?.devices ?? []
    const named = this.#parts.routes.find(topic)?.levels['device']
    return named === undefined ? self : this.#known?.devices.find(({ id }) => id === named)
  }

  #over(why: string): void {
    this.#line = undefined
    const { session } = this.#known ?? {}
    if (session?.outlet) {
      if (session.isOver) session.detach()
      else this.#parts.sessions.closed(session)
    }
    this.#parts.tells.left()
    this.#away(why)
  }

  #away(why: string): void {
    if (this.#isStopped) return
    const { machine, complaints, options } = this.#parts
    if (this.#state.why !== why || this.#state.is === 'connected')
      complaints.say('site broker away', `${addressOf(options)} is away: ${why}`)
    this.#state = { is: 'away', why }
    // Never in step with others who lost the same broker.
    const [chance = 0] = machine.random.bytes(1)
    const wait = Math.round(this.#waitMs * (0.75 + chance / 512))
    this.#waitMs = Math.min(longestWaitMs, this.#waitMs * 2)
    this.#giveUp = machine.timers.after(wait, () => this.start())
  }
}

const refused = (why: string): Taken => ({ is: 'refused', code: reason.notAllowed, why, strange: true })

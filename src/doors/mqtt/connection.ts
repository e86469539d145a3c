import type { Machine } from '../../kernel/machine.ts'
import { randomId } from '../../kernel/machine.ts'
import { replyRoot } from '../../kernel/topics/known-topics.ts'
import { isClientFilter } from './topic-names.ts'
import { Acks } from './acks.ts'
import type { Carried } from './carried.ts'
import { isOver, lifeLeft } from './carried.ts'
import type { Complaints } from './complaints.ts'
import type { Device, DeviceOf } from './device.ts'
import type { Agreed } from './greeting.ts'
import { agree, welcome } from './greeting.ts'
import type { MqttLimits } from './limits.ts'
import { Pace } from './pace.ts'
import type { Routes } from './routes.ts'
import type { Item, Outlet, Session } from './session.ts'
import type { Sessions } from './sessions.ts'
import type { Wire, WireEvents } from './socket.ts'
import type { Taken, Taking } from './taking.ts'
import type { Tells } from './tells.ts'
import type { Wills } from './wills.ts'
import type { Frame } from './wire/frames.ts'
import { Frames } from './wire/frames.ts'
import type { Connect, Incoming, Publish, Version, Wanted } from './wire/incoming.ts'
import { readConnect, readPacket } from './wire/incoming.ts'
import { connack, disconnect, pingresp, puback, publish, suback, unsuback } from './wire/outgoing.ts'
import { Malformed } from './wire/reader.ts'
import type { Reason } from './wire/reasons.ts'
import { reason } from './wire/reasons.ts'

export type ConnectionParts = {
  readonly machine: Machine
  readonly limits: MqttLimits
  readonly deviceOf: DeviceOf
  readonly serves: (site: string) => boolean
  readonly routes: Routes
  readonly sessions: Sessions
  readonly taking: Taking
  readonly tells: Tells
  readonly wills: Wills
  readonly complaints: Complaints
  /** How many connections a device has now. */
  readonly countOf: (who: string) => number
  readonly ended: (connection: Connection) => void
}

type Open = {
  readonly version: Version
  readonly device: Device
  readonly session: Session
  readonly agreed: Agreed
  /** The name under which its will is kept. */
  readonly will: string | undefined
}

type State =
  | { readonly is: 'new' }
  | { readonly is: 'connecting'; readonly version: Version }
  | ({ readonly is: 'open' } & Open)
  | { readonly is: 'over' }

/** A refused CONNECT, or a client that is sent away, may still read why. */
const lingerMs = 1_000

/** One client from its first byte to its last. */
export class Connection {
  readonly #parts: ConnectionParts
  readonly #wire: Wire
  readonly #frames = new Frames()
  readonly #acks: Acks
  readonly #pace: Pace
  #state: State = { is: 'new' }
  /** Something is under way that all that comes later waits for. */
  #isHeld = false
  #loose = 0
  #isWaiting = false
  #heard: number
  #isPaused = false
  #isWorking = false
  #cancelWatch: () => void
  #cancelWait: () => void = () => {}

  constructor(parts: ConnectionParts, wire: Wire) {
    this.#parts = parts
    this.#wire = wire
    this.#acks = new Acks((bytes) => this.#write(bytes))
    this.#pace = new Pace(parts.machine, parts.limits.messagesPerSecond)
    this.#heard = parts.machine.clock.mono()
    const { connectMs } = parts.limits
    this.#cancelWatch = parts.machine.timers.after(connectMs, () => {
      if (this.#state.is === 'new' || this.#state.is === 'connecting')
        this.#drop('it did not sign in in time')
    })
  }

  readonly events: WireEvents = {
    data: (bytes) => {
      if (this.#state.is === 'over') return
      this.#heard = this.#parts.machine.clock.mono()
      this.#frames.add(bytes)
      this.#work()
    },
    closed: () => this.#over(false),
  }

  get who(): string | undefined {
    return this.#state.is === 'open' ? this.#state.device.who : undefined
  }

  /** Sends the client away; MQTT 5 is told why. */
  end(code: Reason, why: string): void {
    const state = this.#state
    if (state.is === 'over') return
    if (state.is === 'open' && state.version === 5) this.#write(disconnect(code, why))
    this.#over(false)
    this.#linger()
  }

  /** As if the line were cut: for a box that stops, whose clients come back to the next process. */
  leave(): void {
    const state = this.#state
    if (state.is === 'over') return
    if (state.is === 'open' && state.version === 5) this.#write(disconnect(reason.shuttingDown))
    this.#over(true)
    this.#linger()
  }

  /** Takes packet by packet, until something is under way that the next must wait for. */
  #work(): void {
    if (this.#isWorking) return
    this.#isWorking = true
    try {
      while (this.#state.is !== 'over' && !this.#isBusy()) {
        const { packetBytes, connectBytes } = this.#parts.limits
        const frame = this.#frames.next(this.#state.is === 'new' ? connectBytes : packetBytes)
        if (!frame) break
        this.#take(frame)
      }
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      this.#malformed(error)
    } finally {
      this.#isWorking = false
    }
    this.#throttle()
  }

  #isBusy(): boolean {
    const { inflight } = this.#parts.limits
    return this.#isHeld || this.#isWaiting || this.#acks.size + this.#loose >= inflight
  }

  #throttle(): void {
    const wanted = this.#isBusy()
    if (this.#state.is === 'over' || wanted === this.#isPaused) return
    this.#isPaused = wanted
    if (wanted) this.#wire.pause()
    else this.#wire.resume()
  }

  #take(frame: Frame): void {
    if (this.#state.is === 'new') return this.#connect(readConnect(frame))
    if (this.#state.is !== 'open') return
    const packet = readPacket(frame, this.#state.version)
    const wait = packet.is === 'puback' ? 0 : this.#pace.take()
    if (wait > 0) this.#rest(wait)
    this.#handle(packet, this.#state)
  }

  #rest(ms: number): void {
    this.#isWaiting = true
    this.#cancelWait = this.#parts.machine.timers.after(ms, () => {
      this.#isWaiting = false
      this.#work()
    })
  }

  #handle(packet: Incoming, open: Open): void {
    switch (packet.is) {
      case 'connect':
        throw new Malformed('a second CONNECT', reason.protocolError)
      case 'publish':
        return this.#publish(packet, open)
      case 'puback':
        return open.session.acknowledged(packet.id)
      case 'subscribe': {
        const [number] = packet.properties.subscription ?? []
        return this.#hold(this.#subscribe(packet.id, packet.wanted, number, open))
      }
      case 'unsubscribe':
        return this.#hold(this.#unsubscribe(packet.id, packet.filters, open))
      case 'ping':
        return this.#write(pingresp)
      case 'disconnect':
        return this.#goodbye(packet, open)
    }
  }

  /** What comes after this waits until it is done. */
  #hold(work: Promise<void>): void {
    this.#isHeld = true
    work
      .catch((error: unknown) => this.#drop(`it could not be served: ${String(error)}`))
      .finally(() => {
        this.#isHeld = false
        this.#work()
      })
  }

  #connect(connect: Connect): void {
    this.#state = { is: 'connecting', version: connect.version }
    this.#hold(this.#letIn(connect))
  }

  async #letIn(connect: Connect): Promise<void> {
    const { limits, machine, deviceOf, serves, sessions, taking, wills, countOf } = this.#parts
    const { version, username, password, will } = connect
    const agreed = agree(connect, limits, () => `box-${randomId(machine.random, 16)}`)
    if ('refused' in agreed) return this.#refuse(version, agreed.refused, agreed.why)
    const presented = { clientId: agreed.client, username, password, address: this.#wire.address }
    const device = await deviceOf(presented).catch(() => 'not known now' as const)
    if (device === 'not known now')
      return this.#refuse(version, reason.unavailable, 'nobody can say now who it is')
    if (!device) {
      const code = username === undefined ? reason.notAllowed : reason.wrongPassword
      return this.#refuse(version, code, 'nobody who is known here')
    }
    if (!serves(device.site)) return this.#refuse(version, reason.unavailable, `${device.site} is not served`)
    if (
      countOf(device.who) >= limits.clientsOfOne &&
      sessions.ofDevice(device.who).every(isOther(agreed.client))
    )
      return this.#refuse(version, reason.quota, 'this device has too many connections')
    if (will && !taking.takesWill(device, will))
      return this.#refuse(version, reason.notAllowed, 'a will for a topic that nobody declared for it')
    if (this.#isOver()) return
    const opened = await sessions.open(device, agreed.client, agreed)
    if (!opened) return this.#refuse(version, reason.quota, 'too many sessions')
    const { session, isPresent } = opened
    wills.resumed(session)
    const left = will && (await wills.leave(session, device, will))
    if (this.#isOver() || session.isOver) {
      if (left !== undefined) wills.drop(left)
      if (!session.outlet) sessions.closed(session)
      return this.#drop('it was gone before it was let in')
    }
    this.#open({ version, device, session, agreed, will: left }, connect, isPresent)
  }

  #open(open: Open, connect: Connect, isPresent: boolean): void {
    const { limits, sessions, tells } = this.#parts
    const { version, device, session, agreed } = open
    session.attach(this.#outlet(open))
    this.#state = { is: 'open', ...open }
    this.#cancelWatch()
    this.#watch(agreed.keepAlive)
    const properties = welcome(connect, agreed, limits, `${replyRoot}/${device.id}`)
    this.#write(connack(version, reason.done, isPresent, properties))
    if (session.isOnDisk) void sessions.save(session).catch(() => {})
    for (const filter of session.subscriptions.keys()) tells.listen(session, filter, true)
    session.pump()
  }

  #outlet({ version, device, session, agreed }: Open): Outlet {
    const { machine, routes, limits } = this.#parts
    const bytesOf = (carried: Carried, retain: boolean, numbers: readonly number[], item?: Item, id = 0) =>
      publish(version, {
        topic: carried.topic,
        payload: carried.payload,
        properties: {
          ...carried.properties,
          expiry: lifeLeft(carried, machine.clock.mono()),
          subscription: numbers,
        },
        id,
        retain,
        dup: item?.sent ?? false,
      })
    const takes = (carried: Carried): boolean =>
      !isOver(carried, machine.clock.mono()) &&
      carried.payload.length + carried.topic.length < agreed.maximumPacket &&
      routes.mayRead(device, carried.topic)
    const fits = (bytes: Uint8Array) => bytes.length <= agreed.maximumPacket
    return {
      window: agreed.window,
      takes,
      send: (item, id) => {
        const bytes = bytesOf(item.carried, item.retain, item.numbers, item, id)
        if (fits(bytes)) this.#write(bytes)
        else queueMicrotask(() => session.acknowledged(id))
      },
      sendLoose: (carried, retain, numbers) => {
        if (!takes(carried) || this.#wire.waiting() > limits.socketBytes) return
        const bytes = bytesOf(carried, retain, numbers)
        if (fits(bytes)) this.#write(bytes)
      },
      end: (why) => {
        if (why === 'taken over') this.end(reason.takenOver, 'another client has this name')
        else this.end(why === 'too slow' ? reason.quota : reason.ownReason, `the session is ${why}`)
      },
    }
  }

  #publish(packet: Publish, { version, device, session }: Open): void {
    const { properties, qos, id } = packet
    if (qos === 2) return this.#sendAway(reason.noSuchQos, 'it sends with QoS 2')
    if (properties.alias !== undefined) throw new Malformed('a topic alias', reason.aliasInvalid)
    if (qos === 1 && this.#acks.has(id)) return
    const acknowledge = qos === 1 ? this.#acks.expect(id) : undefined
    if (!acknowledge) this.#loose += 1
    const sent = { ...packet, qos }
    const ended = (became: Taken) => {
      if (!acknowledge) this.#loose -= 1
      this.#became(became, packet, version, acknowledge)
      this.#work()
    }
    this.#parts.taking
      .take({ device, session }, sent)
      .then(ended, (error: unknown) => ended({ is: 'not now', why: String(error) }))
  }

  #became(
    became: Taken,
    { topic, id }: Publish,
    version: Version,
    acknowledge: ((bytes: Uint8Array) => void) | undefined,
  ): void {
    if (this.#isOver()) return
    switch (became.is) {
      case 'taken':
        return acknowledge?.(puback(version, id))
      case 'not now':
        if (acknowledge) this.#sendAway(reason.busy, `${topic} cannot be taken now: ${became.why}`)
        return
      case 'refused':
        this.#complain(`${topic.slice(0, 100)} refused: ${became.why}`)
        // Older clients cannot be told that a message was refused; one that they must not send ends them.
        if (version === 4 && became.strange) return this.#drop(became.why)
        return acknowledge?.(puback(version, id, became.code, became.why))
    }
  }

  async #subscribe(
    id: number,
    all: readonly Wanted[],
    number: number | undefined,
    { version, device, session }: Open,
  ): Promise<void> {
    const { routes, limits, sessions, tells } = this.#parts
    const before = new Set(session.subscriptions.keys())
    const codes = all.map((wanted) => {
      const { filter } = wanted
      if (filter.startsWith('$share/')) return reason.noShared
      if (!isClientFilter(filter)) return reason.filterInvalid
      if (!routes.maySubscribe(device, filter)) return reason.notAllowed
      if (!session.subscriptions.has(filter) && session.subscriptions.size >= limits.subscriptions)
        return reason.quota
      session.subscriptions.set(filter, { ...wanted, parts: filter.split('/'), number })
      return Math.min(wanted.qos, 1)
    })
    const refused = all.filter((_, at) => (codes[at] ?? 0) > 2)
    if (refused.length > 0) this.#complain(`may not subscribe to ${refused[0]?.filter.slice(0, 100)}`)
    await sessions.save(session)
    if (this.#isOver()) return
    this.#write(suback(version, id, codes))
    for (const [at, { filter, handling }] of all.entries()) {
      if ((codes[at] ?? 0) > 2 || handling === 2) continue
      const isNew = handling === 0 || !before.has(filter)
      if (isNew) this.#sendRetained(session, filter)
      tells.listen(session, filter, isNew)
    }
  }

  #sendRetained(session: Session, filter: string): void {
    const { sessions, machine } = this.#parts
    for (const kept of sessions.retained.by(session.site, filter, machine.clock.mono()))
      sessions.give(session, kept, { retain: true, replaces: false })
  }

  async #unsubscribe(id: number, filters: readonly string[], { version, session }: Open): Promise<void> {
    const { sessions, tells } = this.#parts
    const codes = filters.map((filter) =>
      session.subscriptions.delete(filter) ? reason.done : reason.noSubscription,
    )
    await sessions.save(session)
    tells.left()
    this.#write(unsuback(version, id, codes))
  }

  #goodbye(packet: Incoming & { readonly is: 'disconnect' }, { version, session, agreed, will }: Open): void {
    const { sessionSeconds } = this.#parts.limits
    if (version === 5 && packet.sessionExpiry !== undefined && agreed.expirySeconds > 0)
      session.expirySeconds = Math.min(packet.sessionExpiry, sessionSeconds)
    if (will !== undefined && packet.reason !== reason.withWill) {
      this.#parts.wills.drop(will)
      if (this.#state.is === 'open') this.#state = { ...this.#state, will: undefined }
    }
    this.#over(false)
    this.#wire.end()
  }

  #malformed({ message, reason: code }: Malformed): void {
    const state = this.#state
    this.#complain(message)
    if (state.is === 'new' && code === reason.versionUnknown) this.#write(connack(4, code, false))
    if (state.is === 'open' && state.version === 5) this.#write(disconnect(code, message))
    this.#over(false)
    this.#linger()
  }

  #refuse(version: Version, code: Reason, why: string): void {
    this.#complain(`refused: ${why}`)
    this.#write(connack(version, code, false))
    this.#over(false)
    this.#linger()
  }

  #sendAway(code: Reason, why: string): void {
    this.#complain(why)
    this.end(code, why)
  }

  #drop(why: string): void {
    if (this.#isOver()) return
    this.#complain(why)
    this.#over(false)
    this.#wire.destroy()
  }

  /** A client that has said nothing for one and a half times what it promised is gone. */
  #watch(keepAlive: number): void {
    if (keepAlive === 0 || keepAlive === Infinity) return
    const { timers, clock } = this.#parts.machine
    const patience = keepAlive * 1500
    const look = () => {
      const left = this.#heard + patience - clock.mono()
      // What it has sent may still wait for us to read it.
      if (left <= 0 && !this.#isPaused) return this.#sendAway(reason.keepAliveOver, 'it has fallen silent')
      this.#cancelWatch = timers.after(Math.max(left, 1000), look)
    }
    this.#cancelWatch = timers.after(patience, look)
  }

  #isOver(): boolean {
    return this.#state.is === 'over'
  }

  /** Nothing is heard any more. `keepWill`: the box itself goes, and the next process looks whether the client comes back. */
  #over(keepWill: boolean): void {
    const state = this.#state
    if (state.is === 'over') return
    this.#state = { is: 'over' }
    this.#cancelWatch()
    this.#cancelWait()
    if (state.is === 'open') {
      const { session, will } = state
      this.#parts.sessions.closed(session)
      if (will !== undefined && !keepWill) this.#parts.wills.gone(will, session)
      this.#parts.tells.left()
    }
    this.#parts.ended(this)
  }

  #linger(): void {
    this.#wire.resume()
    this.#wire.end()
    this.#parts.machine.timers.after(lingerMs, () => this.#wire.destroy())
  }

  #complain(text: string): void {
    const state = this.#state
    const name = state.is === 'open' ? state.session.key : this.#wire.address
    this.#parts.complaints.say(`${name} ${text.slice(0, 20)}`, `${name}: ${text}`)
  }

  #write(bytes: Uint8Array): void {
    this.#wire.write(bytes)
  }
}

const isOther = (client: string) => (session: Session) => session.name.client !== client || !session.outlet

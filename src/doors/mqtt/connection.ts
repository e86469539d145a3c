import { replyRoot } from '../../kernel/topics/known-topics.ts'
import type { Complaints } from './complaints.ts'
import { welcome } from './greeting.ts'
import { Intake } from './intake.ts'
import type { LettingInParts } from './letting-in.ts'
import { letIn } from './letting-in.ts'
import type { Line, Open } from './line.ts'
import { outletOf } from './outlet.ts'
import type { Routes } from './routes.ts'
import { Silence } from './silence.ts'
import type { Wire, WireEvents } from './socket.ts'
import { subscribe, unsubscribe } from './subscribing.ts'
import type { Tells } from './tells.ts'
import type { Frame } from './wire/frames.ts'
import { Frames } from './wire/frames.ts'
import type { Connect, Incoming, Version } from './wire/incoming.ts'
import { readConnect, readPacket } from './wire/incoming.ts'
import { connack, disconnect, pingresp } from './wire/outgoing.ts'
import { Malformed } from './wire/reader.ts'
import type { Reason } from './wire/reasons.ts'
import { reason } from './wire/reasons.ts'

export type ConnectionParts = LettingInParts & {
  readonly routes: Routes
  readonly tells: Tells
  readonly complaints: Complaints
  readonly ended: (connection: Connection) => void
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
  readonly #line: Line
  readonly #frames = new Frames()
  readonly #intake: Intake
  readonly #silence: Silence
  #state: State = { is: 'new' }
  /** Something is under way that all that comes later waits for. */
  #isHeld = false
  #isPaused = false
  #isWorking = false

  constructor(parts: ConnectionParts, wire: Wire) {
    this.#parts = parts
    this.#wire = wire
    this.#line = {
      write: wire.write,
      waiting: wire.waiting,
      isOver: () => this.#isOver(),
      end: (code, why) => this.end(code, why),
      drop: (why) => this.#drop(why),
      complain: (text) => this.#complain(text),
    }
    this.#intake = new Intake(parts, this.#line, () => this.#work())
    this.#silence = new Silence(parts.machine, parts.limits.connectMs, () =>
      this.#drop('it did not sign in in time'),
    )
  }

  readonly events: WireEvents = {
    data: (bytes) => {
      if (this.#state.is === 'over') return
      this.#silence.heard()
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
    if (state.is === 'open' && state.version === 5) this.#wire.write(disconnect(code, why))
    this.#over(false)
    this.#linger()
  }

  /** As if the line were cut: for a box that stops, whose clients come back to the next process. */
  leave(): void {
    const state = this.#state
    if (state.is === 'over') return
    if (state.is === 'open' && state.version === 5) this.#wire.write(disconnect(reason.shuttingDown))
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
      if (error instanceof Malformed) this.#malformed(error)
      else this.#failed(error)
    } finally {
      this.#isWorking = false
    }
    this.#throttle()
  }

  #isBusy(): boolean {
    return this.#isHeld || this.#intake.isFull
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
    if (packet.is !== 'puback') this.#intake.count()
    this.#handle(packet, this.#state)
  }

  #handle(packet: Incoming, open: Open): void {
    switch (packet.is) {
      case 'connect':
        throw new Malformed('a second CONNECT', reason.protocolError)
      case 'publish':
        return this.#intake.publish(packet, open)
      case 'puback':
        return open.session.acknowledged(packet.id)
      case 'subscribe':
        return this.#hold(subscribe(this.#parts, packet, open, this.#line))
      case 'unsubscribe':
        return this.#hold(unsubscribe(this.#parts, packet, open, this.#line))
      case 'ping':
        return this.#wire.write(pingresp)
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
    const client = { address: this.#wire.address, isGone: () => this.#isOver() }
    const became = await letIn(this.#parts, connect, client)
    switch (became.is) {
      case 'let in':
        return this.#open(became.open, connect, became.isPresent)
      case 'refused':
        return this.#refuse(connect.version, became.code, became.why)
      case 'gone':
        return this.#drop('it was gone before it was let in')
    }
  }

  #open(open: Open, connect: Connect, isPresent: boolean): void {
    const { limits, sessions, tells } = this.#parts
    const { version, device, session, agreed } = open
    session.attach(outletOf(this.#parts, open, this.#line))
    this.#state = { is: 'open', ...open }
    this.#silence.keep(
      agreed.keepAlive,
      () => !this.#isPaused,
      () => {
        this.#complain('it has fallen silent')
        this.end(reason.keepAliveOver, 'it has fallen silent')
      },
    )
    const properties = welcome(connect, agreed, limits, `${replyRoot}/${device.id}`)
    this.#wire.write(connack(version, reason.done, isPresent, properties))
    if (session.isOnDisk) void sessions.save(session).catch(() => {})
    for (const filter of session.subscriptions.keys()) tells.listen(session, filter, true)
    session.pump()
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

  /** A mistake of ours costs the client that came upon it its line, and nobody else's. */
  #failed(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.#parts.machine.log('error', `mqtt: a packet could not be handled: ${text}`)
    this.#drop('its packet could not be handled')
  }

  #malformed({ message, reason: code }: Malformed): void {
    const state = this.#state
    this.#complain(message)
    if (state.is === 'new' && code === reason.versionUnknown) this.#wire.write(connack(4, code, false))
    if (state.is === 'open' && state.version === 5) this.#wire.write(disconnect(code, message))
    this.#over(false)
    this.#linger()
  }

  #refuse(version: Version, code: Reason, why: string): void {
    this.#complain(`refused: ${why}`)
    this.#wire.write(connack(version, code, false))
    this.#over(false)
    this.#linger()
  }

  #drop(why: string): void {
    if (this.#isOver()) return
    this.#complain(why)
    this.#over(false)
    this.#wire.destroy()
  }

  #isOver(): boolean {
    return this.#state.is === 'over'
  }

  /** Nothing is heard any more. `keepWill`: the box itself goes, and the next process looks whether the client comes back. */
  #over(keepWill: boolean): void {
    const state = this.#state
    if (state.is === 'over') return
    this.#state = { is: 'over' }
    this.#silence.stop()
    this.#intake.stop()
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
}

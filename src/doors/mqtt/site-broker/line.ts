import type { Machine } from '../../../kernel/machine.ts'
import { Acks } from '../acks.ts'
import type { MqttLimits } from '../limits.ts'
import type { Wire, WireEvents } from '../socket.ts'
import type { Taken } from '../taking.ts'
import { Frames } from '../wire/frames.ts'
import type { FromBroker } from '../wire/from-broker.ts'
import { readFromBroker } from '../wire/from-broker.ts'
import type { Publish } from '../wire/incoming.ts'
import { disconnect, puback } from '../wire/outgoing.ts'
import type { Properties } from '../wire/properties.ts'
import { Malformed } from '../wire/reader.ts'
import { reason } from '../wire/reasons.ts'
import type { Subscribing } from '../wire/to-broker.ts'
import { pingreq, subscribe } from '../wire/to-broker.ts'

/** How much of what is sent may be under way, and how large it may be. */
export type Room = { readonly window: number; readonly maximumPacket: number }

export type LineParts = {
  readonly machine: Machine
  readonly limits: MqttLimits
  readonly hello: Uint8Array
  readonly keepAliveMs: number
  readonly wanted: readonly Subscribing[]
  readonly take: (packet: Publish) => Promise<Taken>
  /** The broker knows what is wanted, and may be sent what it is owed. */
  readonly opened: (room: Room) => void
  /** The broker has what was sent with this number. */
  readonly acknowledged: (id: number) => void
  readonly complain: (text: string) => void
  /** Said once, and nothing after it. */
  readonly over: (why: string) => void
}

type State = 'greeting' | 'subscribing' | 'open' | 'over'

/** No message of a session has this number for long, and none that is under way when it is used. */
const subscribeId = 65_535
const refused = 0x80
/** So long what was written last may still leave. */
const lingerMs = 500

/** One connection to the broker of the site, from CONNECT to its end. */
export class Line {
  readonly #parts: LineParts
  readonly #wire: Wire
  readonly #frames = new Frames()
  readonly #acks: Acks
  #state: State = 'greeting'
  #room: Room = { window: 0, maximumPacket: 0 }
  #loose = 0
  #isPaused = false
  #isWorking = false
  #hasAsked = false
  #cancelWatch: () => void
  #cancelLinger: () => void = () => {}

  constructor(parts: LineParts, wire: Wire) {
    this.#parts = parts
    this.#wire = wire
    this.#acks = new Acks((bytes) => this.send(bytes))
    this.#cancelWatch = parts.machine.timers.after(parts.limits.connectMs, () =>
      this.end('it did not let us in in time'),
    )
    wire.write(parts.hello)
  }

  readonly events: WireEvents = {
    data: (bytes) => {
      if (this.#state === 'over') return
      this.#hasAsked = false
      this.#frames.add(bytes)
      this.#work()
    },
    closed: () => {
      this.#end('the line is cut')
      this.#cancelLinger()
    },
  }

  send(bytes: Uint8Array): void {
    if (this.#state !== 'over') this.#wire.write(bytes)
  }

  /** Bytes that have not left. */
  waiting(): number {
    return this.#wire.waiting()
  }

  /** What is under way is sent again by either side when there is a line again. */
  end(why: string): void {
    if (this.#state === 'over') return
    this.send(disconnect(reason.done))
    this.#wire.resume()
    this.#wire.end()
    this.#end(why)
  }

  #end(why: string): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#cancelWatch()
    this.#cancelLinger = this.#parts.machine.timers.after(lingerMs, () => this.#wire.destroy())
    this.#parts.over(why)
  }

  #work(): void {
    if (this.#isWorking) return
    this.#isWorking = true
    try {
      while (!this.#isOver() && !this.#isBusy()) {
        const frame = this.#frames.next(this.#parts.limits.packetBytes)
        if (!frame) break
        this.#handle(readFromBroker(frame))
      }
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      this.end(`it sent ${error.message}`)
    } finally {
      this.#isWorking = false
    }
    const wanted = this.#isBusy()
    if (this.#isOver() || wanted === this.#isPaused) return
    this.#isPaused = wanted
    if (wanted) this.#wire.pause()
    else this.#wire.resume()
  }

  #isBusy(): boolean {
    return this.#acks.size + this.#loose >= this.#parts.limits.inflight
  }

  #isOver(): boolean {
    return this.#state === 'over'
  }

  #handle(packet: FromBroker): void {
    if ((this.#state === 'greeting') !== (packet.is === 'connack'))
      throw new Malformed(`${packet.is} at the wrong time`, reason.protocolError)
    switch (packet.is) {
      case 'connack':
        return this.#letIn(packet.reason, packet.properties)
      case 'suback':
        return this.#subscribed(packet.codes)
      case 'publish':
        return this.#publish(packet)
      case 'puback':
        if (packet.reason >= refused)
          this.#parts.complain(`it refuses a message: ${said(packet.reason, packet.problem)}`)
        return this.#parts.acknowledged(packet.id)
      case 'pong':
        return
      case 'disconnect':
        return this.end(`it sent us away: ${said(packet.reason, packet.problem)}`)
    }
  }

  #letIn(code: number, properties: Properties): void {
    const { limits, wanted, machine } = this.#parts
    // 3.1.1 says so with 1.
    if (code === 1 || code === reason.versionUnknown) return this.end('it does not speak MQTT 5')
    if (code >= refused || code !== 0)
      return this.end(`it does not let us in: ${said(code, properties.problem ?? '')}`)
    if (properties.maximumQos === 0) return this.end('it takes no message of QoS 1')
    if (properties.retains === 0) return this.end('it retains no messages')
    this.#cancelWatch()
    this.#room = {
      window: Math.min(limits.window, properties.receiveMaximum ?? limits.window),
      maximumPacket: properties.maximumPacket ?? Infinity,
    }
    const given = properties.serverKeepAlive
    const keepAliveMs = given ? given * 1000 : this.#parts.keepAliveMs
    this.#watch(Math.max(1_000, Math.floor(keepAliveMs / 2)), machine)
    if (wanted.length === 0) return this.#open()
    this.#state = 'subscribing'
    this.send(subscribe(subscribeId, wanted))
  }

  #subscribed(codes: readonly number[]): void {
    if (this.#state !== 'subscribing') throw new Malformed('SUBACK that nobody asked for')
    const not = this.#parts.wanted.filter((_, at) => (codes[at] ?? refused) >= refused)
    for (const { filter } of not) this.#parts.complain(`it does not let us listen to ${filter}`)
    this.#open()
  }

  #open(): void {
    this.#state = 'open'
    this.#parts.opened(this.#room)
  }

  /** It is asked when it has been silent, and is gone when it does not answer. */
  #watch(everyMs: number, machine: Machine): void {
    this.#cancelWatch = machine.timers.after(everyMs, () => {
      if (this.#hasAsked) return this.end('it does not answer')
      this.#hasAsked = true
      this.send(pingreq)
      this.#watch(everyMs, machine)
    })
  }

  #publish(packet: Publish): void {
    const { qos, id, properties } = packet
    if (qos === 2) throw new Malformed('a message of QoS 2')
    if (properties.alias !== undefined) throw new Malformed('a topic alias', reason.aliasInvalid)
    if (qos === 1 && this.#acks.has(id)) return
    const acknowledge = qos === 1 ? this.#acks.expect(id) : undefined
    if (!acknowledge) this.#loose += 1
    void this.#parts
      .take(packet)
      .catch((error: unknown): Taken => ({ is: 'not now', why: String(error) }))
      .then((became) => {
        if (!acknowledge) this.#loose -= 1
        this.#became(became, packet, acknowledge)
        this.#work()
      })
  }

  #became(
    became: Taken,
    { topic, id }: Publish,
    acknowledge: ((bytes: Uint8Array) => void) | undefined,
  ): void {
    switch (became.is) {
      case 'taken':
        return acknowledge?.(puback(5, id))
      case 'not now':
        // It keeps what was not acknowledged, and sends it again on the next line.
        return acknowledge && this.end(`${topic} cannot be taken now: ${became.why}`)
      case 'refused':
        this.#parts.complain(`${topic.slice(0, 100)} refused: ${became.why}`)
        return acknowledge?.(puback(5, id, became.code, became.why))
    }
  }
}

/** What it says itself is read by people, on terminals too. */
const said = (code: number, problem: string): string =>
  problem.replaceAll(/\p{C}/gu, ' ').trim().slice(0, 200) || (words[code] ?? `reason 0x${code.toString(16)}`)

const words: Readonly<Record<number, string>> = {
  [reason.wrongPassword]: 'a wrong user name or password',
  [reason.notAllowed]: 'not allowed',
  [reason.clientIdInvalid]: 'it does not take our client id',
  [reason.unavailable]: 'not available',
  [reason.busy]: 'busy',
  [reason.shuttingDown]: 'it stops',
  [reason.takenOver]: 'another client has our name',
  [reason.quota]: 'too much',
  // What 3.1.1 says.
  2: 'it does not take our client id',
  3: 'not available',
  4: 'a wrong user name or password',
  5: 'not allowed',
}

import type { Machine } from '../../kernel/machine.ts'
import { Acks } from './acks.ts'
import type { MqttLimits } from './limits.ts'
import type { Line, Open } from './line.ts'
import { Pace } from './pace.ts'
import type { Taken, Taking } from './taking.ts'
import type { Publish, Version } from './wire/incoming.ts'
import { puback } from './wire/outgoing.ts'
import { Malformed } from './wire/reader.ts'
import type { Reason } from './wire/reasons.ts'
import { reason } from './wire/reasons.ts'

type Parts = { readonly machine: Machine; readonly limits: MqttLimits; readonly taking: Taking }

/** What a client has sent and is not done with: so much, and so fast, as it may. */
export class Intake {
  readonly #parts: Parts
  readonly #line: Line
  /** More may be read. */
  readonly #goOn: () => void
  readonly #acks: Acks
  readonly #pace: Pace
  /** Of QoS 0. */
  #loose = 0
  #isResting = false
  #cancelRest: () => void = () => {}

  constructor(parts: Parts, line: Line, goOn: () => void) {
    this.#parts = parts
    this.#line = line
    this.#goOn = goOn
    this.#acks = new Acks(line.write)
    this.#pace = new Pace(parts.machine, parts.limits.messagesPerSecond)
  }

  get isFull(): boolean {
    return this.#isResting || this.#acks.size + this.#loose >= this.#parts.limits.inflight
  }

  /** Counts a packet; after too many, the next is read later. */
  count(): void {
    const ms = this.#pace.take()
    if (ms === 0) return
    this.#isResting = true
    this.#cancelRest = this.#parts.machine.timers.after(ms, () => {
      this.#isResting = false
      this.#goOn()
    })
  }

  stop(): void {
    this.#cancelRest()
  }

  publish(packet: Publish, { version, device, session }: Open): void {
    const { properties, qos, id } = packet
    if (qos === 2) return this.#sendAway(reason.noSuchQos, 'it sends with QoS 2')
    if (properties.alias !== undefined) throw new Malformed('a topic alias', reason.aliasInvalid)
    if (qos === 1 && this.#acks.has(id)) return
    const acknowledge = qos === 1 ? this.#acks.expect(id) : undefined
    if (!acknowledge) this.#loose += 1
    const ended = (became: Taken) => {
      if (!acknowledge) this.#loose -= 1
      this.#became(became, packet, version, acknowledge)
      this.#goOn()
    }
    this.#parts.taking
      .take({ device, session }, { ...packet, qos })
      .then(ended, (error: unknown) => ended({ is: 'not now', why: String(error) }))
  }

  #became(
    became: Taken,
    { topic, id }: Publish,
    version: Version,
    acknowledge: ((bytes: Uint8Array) => void) | undefined,
  ): void {
    if (this.#line.isOver()) return
    switch (became.is) {
      case 'taken':
        return acknowledge?.(puback(version, id))
      case 'not now':
        if (acknowledge) this.#sendAway(reason.busy, `${topic} cannot be taken now: ${became.why}`)
        return
      case 'refused':
        this.#line.complain(`${topic.slice(0, 100)} refused: ${became.why}`)
        // Older clients cannot be told that a message was refused; one that they must not send ends them.
        if (version === 4 && became.strange) return this.#line.drop(became.why)
        return acknowledge?.(puback(version, id, became.code, became.why))
    }
  }

  #sendAway(code: Reason, why: string): void {
    this.#line.complain(why)
    this.#line.end(code, why)
  }
}

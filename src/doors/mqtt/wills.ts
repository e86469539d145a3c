import { z } from 'zod'
import type { Machine } from '../../kernel/machine.ts'
import { randomId } from '../../kernel/machine.ts'
import type { Mail, Mailbox, MailWrite } from '../../store/mailbox.ts'
import { carriedOf, docOf } from './carried.ts'
import type { Complaints } from './complaints.ts'
import type { Device } from './device.ts'
import { readDoc } from './read-doc.ts'
import type { Session } from './session.ts'
import type { Sent, Taken, Taking } from './taking.ts'
import type { Will } from './wire/incoming.ts'

const kept = z.object({
  session: z.string(),
  who: z.string(),
  id: z.string(),
  site: z.string(),
  qos: z.literal([0, 1]),
  retain: z.boolean(),
  delay: z.number(),
  message: z.string(),
})
type Doc = z.infer<typeof kept>

type Standing = { readonly doc: Doc; readonly payload: Uint8Array; cancel: () => void }

type Parts = {
  readonly machine: Machine
  readonly mailbox: Mailbox
  readonly taking: Taking
  readonly complaints: Complaints
  readonly graceMs: number
}

/**
 * What is said for clients that went without a word. A will is on disk before its client hears that it is connected:
 * so it is said even if the box goes first, unless the client comes back soon after the start.
 */
export class Wills {
  readonly #parts: Parts
  readonly #all = new Map<string, Standing>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  load(mail: Mail): void {
    for (const { session: name, doc, payload } of mail.wills) {
      const read = readDoc(kept, doc)
      if (!read) {
        this.#parts.machine.log('error', 'mqtt: a will is not as it was written; it is given up')
        void this.#forget(name)
        continue
      }
      const standing: Standing = { doc: read, payload, cancel: () => {} }
      this.#all.set(name, standing)
      this.#sayIn(name, standing, Math.max(this.#parts.graceMs, standing.doc.delay * 1000))
    }
  }

  /** Resolves with its name when it is on disk. */
  async leave(session: Session, device: Device, will: Will): Promise<string> {
    const { machine, mailbox } = this.#parts
    const { topic, payload, qos, retain, properties } = will
    const expires = undefined
    const doc: Doc = {
      session: session.key,
      who: device.who,
      id: device.id,
      site: device.site,
      qos: qos === 0 ? 0 : 1,
      retain,
      delay: properties.willDelay ?? 0,
      message: docOf({ topic, payload, properties, expires }, machine.clock.mono()),
    }
    const name = `${session.key} ${randomId(machine.random, 16)}`
    const own = new Uint8Array(payload)
    this.#all.set(name, { doc, payload: own, cancel: () => {} })
    try {
      await mailbox.commit([{ do: 'will', session: name, doc: JSON.stringify(doc), payload: own }])
    } catch (error) {
      this.#all.delete(name)
      throw error
    }
    return name
  }

  /** All that the mailbox has of them. */
  owed(): readonly MailWrite[] {
    return [...this.#all].map(([session, { doc, payload }]) => {
      return { do: 'will', session, doc: JSON.stringify(doc), payload }
    })
  }

  /** Its client has said goodbye. */
  drop(name: string): void {
    this.#all.get(name)?.cancel()
    this.#all.delete(name)
    void this.#forget(name)
  }

  /** Its client is gone; the will waits as long as it says, and no longer than the session. */
  gone(name: string, session: Session): void {
    const standing = this.#all.get(name)
    if (!standing) return
    const seconds = Math.min(standing.doc.delay, session.expirySeconds)
    if (seconds > 0) this.#sayIn(name, standing, seconds * 1000)
    else void this.#say(name, standing)
  }

  /** A session goes on: what its client has left behind, and has not been said, is not said any more. */
  resumed(session: Session): void {
    for (const [name, { doc }] of this.#all) if (doc.session === session.key) this.drop(name)
  }

  stop(): void {
    for (const { cancel } of this.#all.values()) cancel()
  }

  #sayIn(name: string, standing: Standing, ms: number): void {
    standing.cancel()
    standing.cancel = this.#parts.machine.timers.after(ms, () => void this.#say(name, standing))
  }

  async #say(name: string, { doc, payload }: Standing): Promise<void> {
    const { machine, taking, complaints } = this.#parts
    this.#all.delete(name)
    const carried = carriedOf(doc.message, payload, machine.clock.mono())
    if (!carried) return this.#forget(name)
    const { topic, properties } = carried
    const sent: Sent = { topic, payload, qos: doc.qos, retain: doc.retain, dup: false, properties }
    // Whether it may say this was looked at when it came.
    const device: Device = { kind: 'device', who: doc.who, id: doc.id, site: doc.site, may: () => true }
    const became = await taking
      .take({ device, session: undefined }, sent)
      .catch((error: unknown): Taken => ({ is: 'not now', why: String(error) }))
    if (became.is !== 'taken') complaints.say('will', `the will of ${doc.who} on ${topic}: ${became.why}`)
    // What could not be written now is tried again at the next start.
    if (became.is !== 'not now') await this.#forget(name)
  }

  async #forget(name: string): Promise<void> {
    try {
      await this.#parts.mailbox.commit([{ do: 'unwill', session: name }])
    } catch (error) {
      this.#parts.complaints.say('mailbox', `a will could not be taken back: ${String(error)}`)
    }
  }
}

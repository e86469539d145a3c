import { z } from 'zod'
import type { Machine } from '../../kernel/machine.ts'
import type { Mail, Mailbox, MailWrite, Place } from '../../store/mailbox.ts'
import type { Carried } from './carried.ts'
import { carriedOf, docOf } from './carried.ts'
import type { Complaints } from './complaints.ts'
import type { Device } from './device.ts'
import type { MqttLimits } from './limits.ts'
import { Retained } from './retained.ts'
import { readDoc } from './read-doc.ts'
import type { Fit, Item } from './session.ts'
import { Session, sessionKey } from './session.ts'

const qos = z.literal([0, 1, 2])
const kept = z.object({
  name: z.object({ who: z.string(), client: z.string() }),
  device: z.string(),
  site: z.string(),
  expirySeconds: z.number().nonnegative(),
  subscriptions: z.array(
    z.object({
      filter: z.string(),
      qos,
      noLocal: z.boolean(),
      asPublished: z.boolean(),
      handling: z.number(),
      parts: z.array(z.string()).readonly(),
      number: z.number().optional(),
    }),
  ),
})
type Doc = z.infer<typeof kept>

/** A message, and whom it is for: all who read it at its site, or the sessions of one device. */
export type Letter = {
  readonly site: string
  readonly carried: Carried
  readonly qos: 0 | 1
  readonly retain: boolean
  readonly from: Session | undefined
  readonly only?: string | undefined
}

type Parts = {
  readonly machine: Machine
  readonly mailbox: Mailbox
  readonly limits: MqttLimits
  readonly complaints: Complaints
}

/** All sessions, what waits for them, and what is retained. What was acknowledged is in the mailbox until it arrived. */
export class Sessions {
  readonly retained: Retained
  readonly #parts: Parts
  readonly #all = new Map<string, Session>()
  readonly #expiries = new Map<string, () => void>()
  #message = 0

  constructor(parts: Parts) {
    this.#parts = parts
    this.retained = new Retained(parts.limits)
  }

  [Symbol.iterator](): Iterator<Session> {
    return this.#all.values()
  }

  get size(): number {
    return this.#all.size
  }

  /** What was there when the box ended. Sessions begin to expire anew: nobody knows how long it was off. */
  load(mail: Mail): void {
    const now = this.#parts.machine.clock.mono()
    this.retained.load(mail, now, (at, topic) =>
      this.#unfit(`what was retained of ${topic}`, { do: 'forget', site: at, topic }),
    )
    for (const { session: key, doc } of mail.sessions) {
      const read = readDoc(kept, doc)
      if (read && sessionKey(read.name) === key) this.#restore(read)
      else this.#unfit(`the session ${key}`, { do: 'endSession', session: key })
    }
    const messages = new Map(
      mail.messages.map(({ message, doc, payload }) => [message, carriedOf(doc, payload, now)]),
    )
    for (const { session: key, seq, message } of mail.waiting) {
      this.#message = Math.max(this.#message, message)
      const session = this.#all.get(key)
      const carried = messages.get(message)
      if (carried) session?.restore(waited(carried, seq))
      else if (session) {
        // It has missed something, and its client is to hear so.
        this.#unfit(`a message for the session ${key}`)
        void this.end(session)
      }
    }
  }

  #restore({ subscriptions, ...known }: Doc): void {
    const session = this.#make(known)
    session.isOnDisk = true
    for (const subscription of subscriptions)
      session.subscriptions.set(subscription.filter, { ...subscription, number: subscription.number })
    this.#expireLater(session)
  }

  #unfit(what: string, ...writes: readonly MailWrite[]): void {
    if (writes.length > 0) void this.#write(what, writes)
    this.#parts.machine.log('error', `mqtt: ${what} is not as it was written; it is given up`)
  }

  ofDevice(who: string): readonly Session[] {
    return [...this].filter(({ name }) => name.who === who)
  }

  /** The session that a client goes on with, or a new one. Undefined: there are too many. */
  async open(
    device: Device,
    client: string,
    { anew, expirySeconds }: { readonly anew: boolean; readonly expirySeconds: number },
  ): Promise<{ readonly session: Session; readonly isPresent: boolean } | undefined> {
    const name = { who: device.who, client }
    const key = sessionKey(name)
    const older = this.#all.get(key)
    older?.outlet?.end('taken over')
    // A device that was given to another site has no business with what it missed at this one.
    const goesOn = older && !anew && older.site === device.site && !older.isOver
    if (goesOn) {
      this.#stay(key)
      older.expirySeconds = expirySeconds
      return { session: older, isPresent: true }
    }
    if (older) {
      await this.end(older)
      // Another connection of the same client may have come meanwhile.
      if (this.#all.has(key)) return this.open(device, client, { anew, expirySeconds })
    }
    const own = this.ofDevice(device.who)
    const left =
      own.length >= this.#parts.limits.sessionsOfOne ? own.find(({ outlet }) => !outlet) : undefined
    if (left) await this.end(left)
    // As above.
    if (this.#all.has(key)) return this.open(device, client, { anew, expirySeconds })
    if (this.#all.size >= this.#parts.limits.sessions) return undefined
    const session = this.#make({ name, device: device.id, site: device.site, expirySeconds })
    return { session, isPresent: false }
  }

  /** The client of a session is gone. */
  closed(session: Session): void {
    session.detach()
    if (!session.isKept) void this.end(session)
    else this.#expireLater(session)
  }

  /** On disk when it resolves. A session that nobody could go on with is not written down. */
  async save(session: Session): Promise<void> {
    if (session.isOver || !session.isKept) return
    session.isOnDisk = true
    await this.#parts.mailbox.commit([writeOf(session)])
  }

  /** All that the mailbox has of sessions, what waits for them, and what is retained. */
  owed(): readonly MailWrite[] {
    const now = this.#parts.machine.clock.mono()
    const places = new Map<Carried, Place[]>()
    const sessions = [...this].filter(({ isOnDisk, isOver }) => isOnDisk && !isOver)
    for (const session of sessions)
      for (const { carried, seq } of session.owed) {
        const to = places.get(carried) ?? []
        places.set(carried, [...to, { session: session.key, seq }])
      }
    const messages = [...places].map(([carried, to]) => this.#messageOf(carried, to, now))
    return [...sessions.map(writeOf), ...messages, ...this.retained.owed(now)]
  }

  async end(session: Session): Promise<void> {
    session.isOver = true
    session.outlet?.end('over')
    this.#stay(session.key)
    if (this.#all.get(session.key) === session) this.#all.delete(session.key)
    if (session.isOnDisk)
      await this.#write('a session that has ended', [{ do: 'endSession', session: session.key }])
  }

  /**
   * Resolves when the message is with all who are connected, or waits durably for those who are owed it. Rejects when
   * that could not be written: then nobody gets it but those of QoS 0.
   */
  async carry(letter: Letter): Promise<void> {
    const { site, carried, qos, retain, only } = letter
    const { mailbox, machine } = this.#parts
    const now = machine.clock.mono()
    const parts = carried.topic.split('/')
    const added: (readonly [Session, Item])[] = []
    for (const session of this.#all.values()) {
      const isFor = only === undefined || session.name.who === only || session.behind.has(only)
      if (session.site !== site || !isFor) continue
      const fit = session.fit(parts)
      if (!fit || (fit.noLocal && session === letter.from)) continue
      const item = this.#put(session, fit, letter)
      if (item) added.push([session, item])
    }
    const kept = { carried, qos }
    const writes = this.#writesOf(carried, added, now)
    if (retain) writes.push(this.retained.write(site, kept, now))
    // At once: whoever subscribes while it is being written is not among those who are sent it.
    const takeBack = retain ? this.retained.keep(site, kept) : undefined
    try {
      if (writes.length > 0) await mailbox.commit(writes)
    } catch (error) {
      for (const [session, item] of added) session.withdraw(item)
      takeBack?.()
      throw error
    }
    for (const [session, item] of added) {
      item.ready = true
      session.pump()
    }
  }

  /** A message for one session that is connected: retained, or how a state is. */
  give(
    session: Session,
    { carried, qos }: { readonly carried: Carried; readonly qos: 0 | 1 },
    { retain, replaces }: { readonly retain: boolean; readonly replaces: boolean },
  ): void {
    const fit = session.fit(carried.topic.split('/'))
    const { outlet } = session
    if (!fit || !outlet) return
    if (Math.min(qos, fit.qos) === 0) return outlet.sendLoose(carried, retain, fit.numbers)
    const item = { carried, retain, numbers: fit.numbers, kept: false, replaces, ready: true }
    if (session.add(item)) session.pump()
    else this.#missed(session)
  }

  stop(): void {
    for (const cancel of this.#expiries.values()) cancel()
    this.#expiries.clear()
  }

  #make(known: Omit<Doc, 'subscriptions'>): Session {
    const session: Session = new Session({
      ...known,
      most: this.#parts.limits,
      got: ({ seq }) => {
        if (!session.isOver)
          void this.#write('a message that arrived', [{ do: 'got', session: session.key, seq }])
      },
    })
    this.#all.set(session.key, session)
    return session
  }

  #put(session: Session, fit: Fit, { carried, qos, retain }: Letter): Item | undefined {
    const marked = retain && fit.asPublished
    if (Math.min(qos, fit.qos) === 0) {
      session.outlet?.sendLoose(carried, marked, fit.numbers)
      return undefined
    }
    if (!session.isKept && !session.outlet) return undefined
    const item = session.add({
      carried,
      retain: marked,
      numbers: fit.numbers,
      kept: session.isKept,
      replaces: false,
      ready: false,
    })
    if (!item) this.#missed(session)
    return item
  }

  #writesOf(carried: Carried, added: readonly (readonly [Session, Item])[], now: number): MailWrite[] {
    const to = added.flatMap(([session, { kept, seq }]) => (kept ? [{ session: session.key, seq }] : []))
    return to.length === 0 ? [] : [this.#messageOf(carried, to, now)]
  }

  #messageOf(carried: Carried, to: readonly Place[], now: number): MailWrite {
    this.#message += 1
    const { payload } = carried
    return { do: 'message', message: this.#message, doc: docOf(carried, now), payload, to }
  }

  /** Its queue is full. It ends, so that its client hears that it has missed something. */
  #missed(session: Session): void {
    this.#parts.complaints.say('queue', `${session.key}: more waits than may; the session ends`)
    session.outlet?.end('too slow')
    void this.end(session)
  }

  #stay(key: string): void {
    this.#expiries.get(key)?.()
    this.#expiries.delete(key)
  }

  #expireLater(session: Session): void {
    this.#stay(session.key)
    const cancel = this.#parts.machine.timers.after(
      session.expirySeconds * 1000,
      () => void this.end(session),
    )
    this.#expiries.set(session.key, cancel)
  }

  /** What may be done again after a restart, and so need not be waited for. */
  async #write(what: string, writes: readonly MailWrite[]): Promise<void> {
    try {
      await this.#parts.mailbox.commit(writes)
    } catch (error) {
      this.#parts.complaints.say('mailbox', `${what} could not be written: ${String(error)}`)
    }
  }
}

function writeOf({ key, name, device, site, expirySeconds, subscriptions }: Session): MailWrite {
  const doc: Doc = { name, device, site, expirySeconds, subscriptions: [...subscriptions.values()] }
  return { do: 'session', session: key, doc: JSON.stringify(doc) }
}

/** A message that waited when the box ended. Perhaps it was sent: nobody has written down what went over a line. */
const waited = (carried: Carried, seq: number): Item => ({
  seq,
  carried,
  retain: false,
  numbers: [],
  kept: true,
  replaces: false,
  ready: true,
  sent: true,
})

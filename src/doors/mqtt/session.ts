import { isWithin } from './topic-names.ts'
import type { Carried } from './carried.ts'
import { sizeOf as sizeOfCarried } from './carried.ts'
import type { Wanted } from './wire/incoming.ts'

export type Subscription = Wanted & {
  readonly parts: readonly string[]
  /** The number that the client gave it. */
  readonly number: number | undefined
}

/** How a session reads a topic; of several subscriptions that fit, the best. */
export type Fit = {
  readonly qos: 0 | 1
  readonly asPublished: boolean
  /** One of them wants nothing that the session itself has sent. */
  readonly noLocal: boolean
  readonly numbers: readonly number[]
}

/** A message of QoS 1 in the queue of a session. */
export type Item = {
  readonly seq: number
  readonly carried: Carried
  readonly retain: boolean
  readonly numbers: readonly number[]
  /** It is in the mailbox, and leaves it when the client has it. */
  readonly kept: boolean
  /** Of a state: a newer one replaces it while it waits. */
  readonly replaces: boolean
  ready: boolean
  sent: boolean
}

/** The connection of a session, as far as its queue sees it. */
export type Outlet = {
  readonly window: number
  /** Whether this may go there now: its rights, its age, its size. What may not is passed over. */
  readonly takes: (carried: Carried) => boolean
  readonly send: (item: Item, id: number) => void
  /** A message of QoS 0: now, or never. */
  readonly sendLoose: (carried: Carried, retain: boolean, numbers: readonly number[]) => void
  readonly end: (why: 'taken over' | 'too slow' | 'over') => void
}

export type SessionName = { readonly who: string; readonly client: string }
export const sessionKey = ({ who, client }: SessionName): string => JSON.stringify([who, client])

const overhead = 100
const sizeOf = ({ carried }: Pick<Item, 'carried'>): number => sizeOfCarried(carried) + overhead

type Most = { readonly queuedMessages: number; readonly queuedBytes: number }

/** What a client has subscribed to, and what it is owed: with a connection, or waiting for the next. */
export class Session {
  readonly key: string
  readonly name: SessionName
  readonly device: string
  readonly site: string
  readonly subscriptions = new Map<string, Subscription>()
  /** 0: it ends with its connection. */
  expirySeconds: number
  outlet: Outlet | undefined
  /** Devices that are reached through this client, and so what is for one of them alone. */
  behind: ReadonlySet<string> = new Set()
  /** It has ended: nothing is put into it any more. */
  isOver = false
  /** The mailbox knows of it. */
  isOnDisk = false
  readonly #most: Most
  readonly #got: (item: Item) => void
  #waiting: Item[] = []
  readonly #flying = new Map<number, Item>()
  #bytes = 0
  #seq = 0

  constructor(parts: {
    readonly name: SessionName
    readonly device: string
    readonly site: string
    readonly expirySeconds: number
    readonly most: Most
    /** The client has a message of the mailbox, or will never get it. */
    readonly got: (item: Item) => void
  }) {
    this.name = parts.name
    this.key = sessionKey(parts.name)
    this.device = parts.device
    this.site = parts.site
    this.expirySeconds = parts.expirySeconds
    this.#most = parts.most
    this.#got = parts.got
  }

  get isKept(): boolean {
    return this.expirySeconds > 0
  }

  get queued(): number {
    return this.#waiting.length + this.#flying.size
  }

  /** What is in the mailbox for it, in its order. */
  get owed(): readonly Item[] {
    return [...this.#flying.values(), ...this.#waiting].filter(({ kept, ready }) => kept && ready)
  }

  fit(topic: readonly string[]): Fit | undefined {
    // Most say much and listen to nothing; they are asked for each message.
    if (this.subscriptions.size === 0) return undefined
    const all: Subscription[] = []
    for (const subscription of this.subscriptions.values())
      if (isWithin(subscription.parts, topic)) all.push(subscription)
    if (all.length === 0) return undefined
    return {
      qos: all.some(({ qos }) => qos > 0) ? 1 : 0,
      asPublished: all.some(({ asPublished }) => asPublished),
      noLocal: all.some(({ noLocal }) => noLocal),
      numbers: all.flatMap(({ number }) => number ?? []),
    }
  }

  /** Undefined where there is no room: then the session has missed something, and must end. */
  add(item: Pick<Item, 'carried' | 'retain' | 'numbers' | 'kept' | 'replaces' | 'ready'>): Item | undefined {
    if (item.replaces) {
      const older = this.#waiting.findIndex(
        (each) => each.replaces && each.carried.topic === item.carried.topic,
      )
      if (older >= 0) this.#left(...this.#waiting.splice(older, 1))
    }
    if (this.queued >= this.#most.queuedMessages || this.#bytes + sizeOf(item) > this.#most.queuedBytes)
      return undefined
    this.#seq += 1
    if (item.kept) this.isOnDisk = true
    const added: Item = { ...item, seq: this.#seq, sent: false }
    this.#bytes += sizeOf(added)
    this.#waiting.push(added)
    return added
  }

  /** What waited when the box ended, in its order. */
  restore(item: Item): void {
    this.#seq = Math.max(this.#seq, item.seq)
    this.#bytes += sizeOf(item)
    this.#waiting.push(item)
  }

  /** It could not be made durable: it was never promised to anybody. */
  withdraw(item: Item): void {
    const at = this.#waiting.indexOf(item)
    if (at < 0) return
    this.#waiting.splice(at, 1)
    this.#bytes -= sizeOf(item)
  }

  /** Sends what may be sent, in order, as far as the client's window goes. */
  pump(): void {
    const { outlet } = this
    while (outlet && outlet === this.outlet && this.#flying.size < outlet.window) {
      const [item] = this.#waiting
      if (!item?.ready) return
      this.#waiting.shift()
      if (!outlet.takes(item.carried)) {
        this.#left(item)
        continue
      }
      // Its number is its place, so that it is the same when it is sent again, also by a later process.
      const id = (item.seq % 65_535) + 1
      this.#flying.set(id, item)
      outlet.send(item, id)
      item.sent = true
    }
  }

  acknowledged(id: number): void {
    const item = this.#flying.get(id)
    if (!item) return
    this.#flying.delete(id)
    this.#left(item)
    this.pump()
  }

  /** Its client has connected; whoever was connected before is told so. */
  attach(outlet: Outlet): void {
    this.outlet?.end('taken over')
    this.outlet = outlet
  }

  /** The connection is gone: what it did not acknowledge is sent again, first. States are told anew. */
  detach(): void {
    this.outlet = undefined
    const again = [...this.#flying.values(), ...this.#waiting]
    this.#flying.clear()
    this.#waiting = []
    for (const item of again.toSorted((a, b) => a.seq - b.seq)) {
      if (item.replaces) this.#left(item)
      else this.#waiting.push(item)
    }
  }

  #left(...items: readonly Item[]): void {
    for (const item of items) {
      this.#bytes -= sizeOf(item)
      if (item.kept) this.#got(item)
    }
  }
}

import { type Limits, usual } from '../kernel/box/limits.ts'
import { kernelPack } from '../kernel/site/kernel-pack.ts'
import { know } from '../kernel/pack/kinds.ts'
import { Boots, type Clocks } from './boots.ts'
import { clumsy } from './clumsy/pack.ts'
import { fair } from './fair/pack.ts'
import { Hand } from './hand.ts'
import { Ledger } from './ledger.ts'
import { Media } from './media/media.ts'
import { Panels } from './panels.ts'
import { Network } from './network.ts'
import { newer } from './newer.ts'
import { OrderBook } from './order-book.ts'
import { OrderWatch } from './order-watch.ts'
import { Dice } from './random.ts'
import type { SitePlan } from './site-plan.ts'
import { Tally } from './tally.ts'
import { Time } from './time.ts'
import { Trace } from './trace.ts'
import { Violation } from './violation.ts'
import { Witness } from './witness.ts'
import { type Surroundings, WorldBox } from './world-box.ts'

export const known = know(kernelPack, [fair, clumsy])
const knownToNewer = know(kernelPack, [fair, clumsy, newer])

export type WorldOptions = {
  readonly tell?: ((line: string) => void) | undefined
  /** What the boxes keep, and how often they tidy; as usual where nothing is said. */
  readonly limits?: Limits | undefined
  /** Boxes whose program is newer than that of the others. */
  readonly newer?: readonly string[] | undefined
  /** Boxes have blobs and samples; a number says how much quicker than usual they come and go. */
  readonly media?: number | undefined
  /** Machines whose clocks jump, are years off, or know nothing; else every machine knows the time. */
  readonly clocks?: Clocks | undefined
  /** Boxes have hands, which do what orders say. */
  readonly orders?: boolean | undefined
}

/** Time, a network, boxes, sites, and a witness: all that a seed sets in motion. */
export class World {
  readonly dice: Dice
  readonly time = new Time()
  readonly trace: Trace
  readonly network: Network
  readonly ledger = new Ledger()
  readonly witness = new Witness(this.ledger)
  readonly book = new OrderBook()
  readonly orderWatch: OrderWatch | undefined
  readonly boxes = new Map<string, WorldBox>()
  readonly twins: WorldBox[] = []
  readonly sites = new Map<string, SitePlan>()
  /** Devices that boxes set. */
  readonly panels = new Panels()
  readonly faults = new Tally()
  /** Fault x rule of the state in which it met a box. */
  readonly reached = new Tally()
  /** Until when a box had troubles of which we know. */
  readonly troubled = new Map<string, number>()
  readonly media: Media | undefined
  /** Boxes that were taken off their site: nobody vouches for them. */
  readonly unassigned = new Set<string>()
  /** People and devices go on. */
  busy = true
  #failure: Error | undefined
  /** When the boots of machines began, where clocks are lived. */
  readonly boots: Boots | undefined
  readonly #limits: Limits | undefined
  readonly #newer: ReadonlySet<string>
  readonly #hands = new Map<WorldBox, Hand>()
  readonly #troubles: { readonly box: string; readonly from: number; readonly to: number }[] = []
  readonly #log: (line: string) => void

  constructor(seed: string, options: WorldOptions = {}) {
    this.#newer = new Set(options.newer)
    this.boots = options.clocks ? new Boots(options.clocks) : undefined
    const { limits = usual, clocks } = options
    this.#limits = clocks ? limits : { ...limits, clockEveryMs: 0 }
    this.dice = new Dice(seed)
    this.trace = new Trace(options.tell && ((line) => options.tell?.(`${this.#stamp()} ${line}`)))
    this.network = new Network(this.time, this.dice.fork('network'), this.trace)
    this.media = options.media === undefined ? undefined : new Media(this, options.media)
    this.orderWatch = options.orders ? new OrderWatch(this) : undefined
    this.#log = (line) => this.trace.note(`log ${line}`)
  }

  get failure(): Error | undefined {
    return this.#failure
  }

  /** The first broken promise ends the world. */
  fail(error: unknown): void {
    if (this.#failure) return
    this.#failure = error instanceof Error ? error : new Error(String(error))
    this.trace.note(`FAILED at ${this.time.now}: ${this.#failure.message}`)
  }

  /** Runs a check of the witness. */
  check(work: () => void): void {
    if (this.#failure) return
    try {
      work()
    } catch (error) {
      this.fail(error)
    }
  }

  broken(rule: string, text: string): void {
    this.fail(new Violation(rule, text))
  }

  box(id: string): WorldBox {
    const box = this.boxes.get(id)
    if (!box) throw new Error(`no such box: ${id}`)
    return box
  }

  addBox(id: string): WorldBox {
    const box = new WorldBox(id, this.#surroundings(id))
    this.boxes.set(id, box)
    box.onStart(() => this.trouble(0, id))
    return box
  }

  /** Another machine begins to run with a copy of a box's card. */
  addTwin(of: WorldBox): WorldBox {
    const name = `${of.id}-twin${this.twins.length + 1}`
    const twin = new WorldBox(of.id, this.#surroundings(of.id), { name, image: of.card.image() })
    this.twins.push(twin)
    twin.plugIn()
    return twin
  }

  /** Somebody finds out, and takes the copy away. */
  removeTwin(twin: WorldBox): void {
    if (twin.isDestroyed) return
    twin.unplug()
    this.witness.loses(twin.card)
    twin.destroy()
  }

  /** Whether the box knows kinds that the others do not. */
  isNewer(id: string): boolean {
    return this.#newer.has(id)
  }

  #surroundings(id: string): Surroundings {
    const { time, trace, network, dice } = this
    return {
      time,
      trace,
      network,
      known: this.isNewer(id) ? knownToNewer : known,
      limits: this.#limits,
      boots: this.boots,
      drivers: (box, process) => this.#handOf(box)?.drivers(process),
      settings: (box, process) => this.panels.portFor(box, process),
      dice: dice.fork('boxes'),
      trusts: (other, publicKey) =>
        this.boxes.get(other)?.seal.publicKey === publicKey && !this.unassigned.has(other),
      cardAdded: (card) => this.witness.addCard(card),
      log: this.#log,
      media: this.media,
    }
  }

  /** From now on, for so long, a box has every excuse. */
  trouble(ms: number, ...boxes: readonly string[]): void {
    for (const box of boxes) {
      this.troubled.set(box, Math.max(this.troubled.get(box) ?? 0, this.time.now + ms))
      this.#troubles.push({ box, from: this.time.now, to: this.time.now + ms })
    }
  }

  /** Whether a box had troubles between two moments. */
  hadTrouble(box: string, from: number, to: number): boolean {
    return this.#troubles.some((each) => each.box === box && each.from <= to && each.to >= from)
  }

  #handOf(box: WorldBox): Hand | undefined {
    const watch = this.orderWatch
    if (!watch) return undefined
    const hand = this.#hands.get(box) ?? new Hand(this, box, (effort, home) => watch.began(effort, home))
    this.#hands.set(box, hand)
    return hand
  }

  /** Boxes that run now, in the order they were made. */
  running(): readonly WorldBox[] {
    return [...this.boxes.values()].filter(({ box }) => box !== undefined)
  }

  async run(ms: number): Promise<void> {
    await this.time.run(this.time.now + ms, () => this.#failure !== undefined)
  }

  /** Until it is so, but for at most so long. Tells whether it is. */
  async until(so: () => boolean, atMostMs: number, everyMs = 500): Promise<boolean> {
    const end = this.time.now + atMostMs
    while (!this.#failure && this.time.now < end) {
      if (so()) return true
      await this.run(everyMs)
    }
    return !this.#failure && so()
  }

  #stamp(): string {
    return (this.time.now / 1000).toFixed(3).padStart(10)
  }
}

import type { Box, BoxParts } from '../kernel/box/contract.ts'
import { openBox } from '../kernel/box/box.ts'
import type { Identity } from '../kernel/link/identity.ts'
import type { Known } from '../kernel/pack/kinds.ts'
import { Card, type CardImage } from './card.ts'
import type { Boots } from './boots.ts'
import { type BoxClock, KeptClock, PlainClock } from './clock.ts'
import { Disk } from './disk.ts'
import type { Media } from './media/media.ts'
import type { Network } from './network.ts'
import { Process, type End } from './process.ts'
import type { Dice } from './random.ts'
import { openRunner } from './runner.ts'
import { sealFor } from './seal.ts'
import type { Time } from './time.ts'
import type { Trace } from './trace.ts'
import { openWriter } from './writer.ts'

/** What all boxes of a world share. */
export type Surroundings = {
  readonly time: Time
  readonly dice: Dice
  readonly trace: Trace
  readonly network: Network
  readonly known: Known
  readonly trusts: BoxParts['trusts']
  readonly limits: BoxParts['limits']
  /** Clocks are kept in many ways, and boots are told apart; else every machine knows the time. */
  readonly boots: Boots | undefined
  /** What does the orders that a box is given; none where nobody gives any. */
  readonly drivers: (box: WorldBox, process: Process) => BoxParts['drivers']
  /** What one process of a box can set. */
  readonly settings: (box: string, process: Process) => BoxParts['settings']
  readonly cardAdded: (card: Card) => void
  readonly log: (line: string) => void
  /** Blobs and samples, where the scenario has them. */
  readonly media?: Media | undefined
}

/** A machine with a card, which starts the program again whenever it ends. */
export class WorldBox {
  readonly id: string
  readonly name: string
  readonly seal: Identity
  readonly clock: BoxClock
  readonly disk: Disk
  readonly #around: Surroundings
  readonly #dice: Dice
  readonly #onStart: ((box: Box, process: Process) => void)[] = []
  #card: Card
  #process: Process | undefined
  #box: Box | undefined
  #starts = 0
  #cards = 1
  #boots = 1
  /** Somebody keeps it off: no restart until `plugIn`. */
  #off = true
  #destroyed = false

  /** `name` tells machines apart: a twin has the id, the key and the card of another, and runs elsewhere. */
  constructor(id: string, around: Surroundings, twin?: { readonly name: string; readonly image: CardImage }) {
    this.id = id
    this.name = twin?.name ?? id
    this.#around = around
    this.#dice = around.dice.fork(this.name)
    this.seal = sealFor(id, around.dice.fork(id).fork('seal'))
    const drift = this.#dice.int(-50, 50) / 1e6
    this.clock = around.boots
      ? new KeptClock(around.time, this.#dice.fork('clock'), around.boots.keptAt(id))
      : new PlainClock(around.time, { drift, wrongBy: 0 })
    this.disk = new Disk({ dice: this.#dice.fork('disk'), trace: around.trace, now: () => around.time.now })
    this.#card = this.#insert(new Card(`${this.name}.1`, twin?.image))
  }

  get card(): Card {
    return this.#card
  }

  /** The running box, if one runs and has opened. */
  get box(): Box | undefined {
    return this.#box
  }

  get process(): Process | undefined {
    return this.#process
  }

  get isDestroyed(): boolean {
    return this.#destroyed
  }

  get starts(): number {
    return this.#starts
  }

  /** Called at each start, once the box has opened; at once where it has. */
  onStart(tell: (box: Box, process: Process) => void): void {
    this.#onStart.push(tell)
    if (this.#box && this.#process) tell(this.#box, this.#process)
  }

  plugIn(): void {
    this.#off = false
    if (!this.#process && !this.#destroyed) this.#start()
  }

  /** Ends the program and keeps it off. */
  unplug(how: End = 'unplugged'): void {
    this.#off = true
    this.#process?.end(how)
  }

  /** Ends the program; it starts again soon. */
  kill(how: End): void {
    this.#process?.end(how)
  }

  /** Another card in the slot. The machine must be off; the witness has been told what becomes of the old one. */
  swapCard(image?: CardImage): void {
    this.#card.destroy()
    this.#cards += 1
    this.#card = this.#insert(new Card(`${this.name}.${this.#cards}`, image))
  }

  /** The machine and its card are no more. */
  destroy(): void {
    this.unplug()
    this.#destroyed = true
    this.#card.destroy()
  }

  /** The world is over. */
  retire(): void {
    if (!this.#destroyed) this.destroy()
  }

  #insert(card: Card): Card {
    this.#around.cardAdded(card)
    return card
  }

  #start(): void {
    const { time, trace, network } = this.#around
    this.#starts += 1
    const process = new Process(`${this.name}/${this.#starts}`, time)
    this.#process = process
    trace.note(`start ${process.name} at ${time.now}`)
    process.onEnd((how) => this.#ended(process, how))
    // A process that cannot be dialled yet still has its machine: its address answers, and refuses.
    this.#open(process).then(
      (box) => {
        if (!process.alive) return
        this.#box = box
        // Only one machine answers at an address: a twin calls, and is not called.
        if (this.name === this.id) network.listen(this.id, process, (channel) => box.accept(channel))
        for (const tell of this.#onStart) tell(box, process)
      },
      (error: unknown) => {
        this.#around.log(`${process.name} did not open: ${String(error)}`)
        process.end('stopped')
      },
    )
  }

  async #open(process: Process): Promise<Box> {
    const { known, network, trusts, limits, drivers, settings, log, boots } = this.#around
    // A twin calls, and nobody calls it: it has no blobs.
    const media = this.name === this.id ? this.#around.media : undefined
    const attached = media?.attach(this, process)
    const dice = this.#dice.fork(process.name)
    const random = { bytes: (size: number) => dice.bytes(size) }
    boots?.began(this.boot, this.clock)
    const box = await openBox({
      identity: this.seal,
      known,
      trusts,
      limits,
      onSamples: attached?.onSamples,
      drivers: drivers(this, process),
      settings: this.name === this.id ? settings(this.id, process) : undefined,
      dial: network.dialer(this.id, process),
      truth: this.disk.open(this.#card, process, this.clock),
      writer: openWriter({
        card: this.#card,
        process,
        known,
        random: dice.fork('chance'),
        dice: dice.fork('delays'),
      }),
      runner: openRunner({
        card: this.#card,
        process,
        known,
        mono: this.clock.mono,
        dice: dice.fork('queries'),
      }),
      machine: {
        boot: this.boot,
        clock: this.clock,
        timers: { after: (ms, run) => process.after(ms, run) },
        random,
        log: (level, text) => {
          log(`${process.name} ${level} ${text}`)
          attached?.log(level, text)
        },
      },
    })
    void media?.opened(this, process, box)
    return box
  }

  /** The name of the boot that its machine is in. */
  get boot(): string {
    return this.#around.boots ? `${this.name}.${this.#boots}` : `boot${this.#boots}`
  }

  #ended(process: Process, how: End): void {
    if (this.#process !== process) return
    const { time, trace } = this.#around
    trace.note(`end ${process.name} ${how}`)
    this.#process = undefined
    this.#box = undefined
    if (how === 'unplugged') {
      this.#boots += 1
      this.clock.reboot()
    }
    if (this.#off) return
    time.after(this.#dice.int(500, how === 'unplugged' ? 40_000 : 5000), () => {
      if (!this.#off && !this.#process && !this.#destroyed) this.#start()
    })
  }
}

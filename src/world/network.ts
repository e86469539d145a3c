import type { Channel, ChannelEvents, Dial } from '../kernel/network.ts'
import { lan, Path, type Weather } from './path.ts'
import type { Process } from './process.ts'
import type { Dice } from './random.ts'
import { Tally } from './tally.ts'
import type { Time } from './time.ts'
import type { Trace } from './trace.ts'
import { WireEnd } from './wire.ts'

export type Accept = (channel: Channel) => ChannelEvents

/** How long a dial waits for the other side. */
const dialTimeout = 10_000

type Host = { process: Process; accept: Accept }
type Pair = { readonly ends: readonly [string, string]; readonly wires: readonly [WireEnd, WireEnd] }

/** Everything between the boxes. Addresses are `box:<id>`. */
export class Network {
  readonly #time: Time
  readonly #dice: Dice
  readonly #trace: Trace
  readonly #paths = new Map<string, Path>()
  readonly #hosts = new Map<string, Host>()
  #pairs: Pair[] = []
  /** Channels opened so far, by pair of boxes. */
  readonly opened = new Tally()
  #dials = 0

  constructor(time: Time, dice: Dice, trace: Trace) {
    this.#time = time
    this.#dice = dice
    this.#trace = trace
  }

  /** From now on, whoever dials this box reaches this process. */
  listen(box: string, process: Process, accept: Accept): void {
    this.#hosts.set(box, { process, accept })
  }

  path(from: string, to: string): Path {
    const name = `${from}>${to}`
    const known = this.#paths.get(name)
    if (known) return known
    const made = new Path(this.#time, this.#dice.fork(name), lan)
    this.#paths.set(name, made)
    return made
  }

  knownPath(from: string, to: string): Path | undefined {
    return this.#paths.get(`${from}>${to}`)
  }

  setWeather(a: string, b: string, weather: Partial<Weather>): void {
    for (const path of this.#both(a, b)) path.weather = { ...path.weather, ...weather }
  }

  /** `forth`: only what goes from a to b is cut. */
  cut(a: string, b: string, how: 'both' | 'forth' = 'both'): void {
    this.path(a, b).cut()
    if (how === 'both') this.path(b, a).cut()
  }

  heal(a: string, b: string): void {
    for (const path of this.#both(a, b)) path.heal()
  }

  isUp(a: string, b: string): boolean {
    return this.#both(a, b).every((path) => !path.isCut)
  }

  /** Makes the open channels between two boxes half-open: `forth` loses what goes from a to b only. */
  forget(a: string, b: string, how: 'both' | 'forth' = 'both'): number {
    let found = 0
    for (const { ends, wires } of this.#alive()) {
      if (!ends.includes(a) || !ends.includes(b)) continue
      found += 1
      const forth = ends[0] === a ? wires[0] : wires[1]
      forth.forget()
      if (how === 'both') wires.forEach((wire) => wire.forget())
    }
    return found
  }

  /** How a process reaches others. */
  dialer(box: string, process: Process): Dial {
    return (address, events) => {
      if (process.alive) this.#dial(box, process, address.replace(/^box:/, ''), events)
    }
  }

  #dial(from: string, caller: Process, to: string, events: Parameters<Dial>[1]): void {
    const there = this.path(from, to)
    const back = this.path(to, from)
    const label = `${from}>${to}#${(this.#dials += 1)}`
    const lanes = [there.lane(), back.lane()] as const
    let waits = true
    const giveUp = (why: string) => {
      if (!waits) return
      waits = false
      cancel()
      events.closed(why)
    }
    const cancel = caller.after(dialTimeout, () => giveUp('no answer'))
    there.send(lanes[0], 200, () => {
      const host = this.#hosts.get(to)
      if (!host?.process.alive) {
        back.send(lanes[1], 60, () => caller.alive && giveUp('nobody listens there'))
        return
      }
      const hostUp = (box: string) => () => this.#hosts.get(box)?.process.alive ?? false
      const shared = { dice: this.#dice.fork(label), trace: this.#trace }
      const near = new WireEnd({
        ...shared,
        process: caller,
        label: `${label}<`,
        path: there,
        lane: lanes[0],
        hostUp: hostUp(from),
      })
      const far = new WireEnd({
        ...shared,
        process: host.process,
        label: `${label}>`,
        path: back,
        lane: lanes[1],
        hostUp: hostUp(to),
      })
      near.join(far)
      far.join(near)
      this.opened.add([from, to].toSorted().join(' '))
      this.#pairs.push({ ends: [from, to], wires: [near, far] })
      back.send(lanes[1], 100, () => {
        if (!waits || !caller.alive) return near.close('too late')
        waits = false
        cancel()
        near.begin(events)
        events.opened(near)
      })
      far.begin(host.accept(far))
    })
  }

  #alive(): readonly Pair[] {
    this.#pairs = this.#pairs.filter(({ wires }) => wires.some((wire) => wire.open))
    return this.#pairs
  }

  #both(a: string, b: string): readonly [Path, Path] {
    return [this.path(a, b), this.path(b, a)]
  }
}

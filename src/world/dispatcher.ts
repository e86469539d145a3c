import { orders } from './fair/orders.ts'
import type { Answer } from '../kernel/box/contract.ts'
import type { Ask } from '../kernel/site/writer.ts'
import { Person } from './person.ts'
import type { Dice } from './random.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

type Kind = keyof typeof orders
type Thought = { readonly action: string; readonly input: unknown }

/** The person who tells the boxes of a site what to do, thinks better of it, and tries again. */
export function dispatcher(world: World, home: WorldBox, site: string): Person {
  const name = 'disp'
  const mind = new Mind(world, site, `${name}-${site}-${home.id}`)
  return new Person(world, home, site, {
    name,
    thinks: (dice) => mind.think(dice),
    asks: (ask) => mind.asks(ask),
    heard: (answer, open) => mind.heard(answer, open),
  })
}

class Mind {
  readonly #world: World
  readonly #site: string
  readonly #name: string
  readonly #ids: string[] = []
  #count = 0

  constructor(world: World, site: string, name: string) {
    this.#world = world
    this.#site = site
    this.#name = name
  }

  think(dice: Dice): Thought {
    const id = `${this.#name}-${(this.#count += 1)}`
    const old = this.#ids.length > 0 ? dice.pick(this.#ids.slice(-6)) : undefined
    const what = dice.weighted({ one: 6, group: 1.5, cancel: old ? 2 : 0, retry: old ? 1 : 0 })
    if (what === 'cancel') return { action: 'order.cancel', input: { order: old } }
    this.#ids.push(id)
    if (what === 'retry') {
      for (const wanted of this.#world.book.wanted.values()) {
        const ofGroup = wanted.order === `${old}.${wanted.to}`
        if (wanted.order === old) this.#want(id, wanted.to, wanted.kind as Kind, wanted.lifeMs)
        else if (ofGroup) this.#want(`${id}.${wanted.to}`, wanted.to, wanted.kind as Kind, wanted.lifeMs)
      }
      return { action: 'order.retry', input: { order: old, id } }
    }
    return this.#issue(id, what === 'group', dice)
  }

  /** Another keeper may decide it anew, so that its life begins again. */
  asks({ action, input }: Ask): void {
    if (action === 'order.cancel') return
    const { id } = input as { id: string }
    for (const { order, to } of this.#world.book.wanted.values())
      if (order === id || order === `${id}.${to}`) this.#world.book.issued(order, undefined)
  }

  heard(answer: Answer, open: number): void {
    if (answer.is !== 'answered' || open > 0) return
    const { orders: issued } = (answer.answer ?? {}) as { orders?: readonly { order: string }[] }
    for (const { order } of issued ?? []) this.#world.book.issued(order, this.#world.time.now)
  }

  #issue(id: string, group: boolean, dice: Dice): Thought {
    const members = this.#world.sites.get(this.#site)?.members ?? []
    const kind = dice.weighted({ lamp: 4, voucher: 4, restart: 2 })
    const params = { lamp: { stall: 's1' }, voucher: { cents: 100 }, restart: {} }[kind]
    const lifeMs = dice.pick([undefined, 10_000, 30_000, 120_000])
    const boxes = group ? members.filter(() => dice.chance(0.6)) : [dice.pick(members)]
    const to = boxes.length > 0 ? boxes : [dice.pick(members)]
    const priority = dice.chance(0.3) ? dice.int(1, 9) : undefined
    for (const box of to) this.#want(group ? `${id}.${box}` : id, box, kind, lifeMs ?? orders[kind].lifeMs)
    return {
      action: 'order.issue',
      input: { id, to: group ? to : to[0], kind: `fair.${kind}`, params, lifeMs, priority },
    }
  }

  #want(order: string, to: string, kind: Kind, lifeMs: number): void {
    this.#world.book.want({ order, site: this.#site, to, kind, lifeMs, askedAt: this.#world.time.now })
  }
}

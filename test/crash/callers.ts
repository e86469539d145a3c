import { setTimeout as pause } from 'node:timers/promises'
import type { Answer, Recorded } from '../../src/kernel/box/contract.ts'
import type { Ask } from '../../src/kernel/site/writer.ts'
import type { Dice } from '../../src/world/random.ts'
import { site } from './fair-packs.ts'
import type { Ledger, Move, Wish } from './ledger.ts'
import { nameOf } from './log-reading.ts'
import type { RealBox } from './real-box.ts'

const recordersPerBox = 6
const askers = 6
/** How long the last of them may wait, once nobody is killed any more. */
const patienceMs = 60_000
const tags = ['ada', 'bob', 'eve', 'kim', 'leo'] as const

/** Everybody who wants something of the boxes: each asks, waits for the answer, and asks for the next. */
export class Callers {
  readonly #boxes: readonly RealBox[]
  readonly #ledger: Ledger
  readonly #dice: Dice
  readonly #work: Promise<void>[] = []
  #leaving = false
  #gone = false

  constructor(boxes: readonly RealBox[], ledger: Ledger, dice: Dice) {
    this.#boxes = boxes
    this.#ledger = ledger
    this.#dice = dice
  }

  start(): void {
    for (const box of this.#boxes) {
      for (let i = 1; i <= recordersPerBox; i++) this.#work.push(this.#recordAt(box, `${box.name}-gate-${i}`))
    }
    for (let i = 1; i <= askers; i++) this.#work.push(this.#askAs(`asker-${i}`))
  }

  /** Nothing new is asked for; what was asked for is asked again until it is answered. */
  async leave(): Promise<void> {
    this.#leaving = true
    const late = pause(patienceMs, 'late', { ref: false })
    if ((await Promise.race([late, Promise.all(this.#work)])) === 'late')
      throw new Error(`after ${patienceMs / 1000} s there are still callers without an answer`)
  }

  /** Nobody waits for anything any more. */
  giveUp(): void {
    this.#leaving = true
    this.#gone = true
  }

  async #recordAt(box: RealBox, gate: string): Promise<void> {
    const dice = this.#dice.fork(gate)
    let hits = 0
    while (!this.#leaving) {
      if (!(await box.ready())) {
        await pause(10)
        continue
      }
      const facts = Array.from({ length: dice.chance(0.2) ? dice.int(2, 8) : 1 }, () => {
        hits += 1
        return { kind: 'fair.seen', body: { tag: dice.pick(tags), gate, at: hits, hits } }
      })
      const batch = this.#ledger.batch(
        box,
        facts.map(({ body }) => nameOf(gate, body.hits)),
      )
      const reply = await box.ask({ do: 'record', site, facts })
      if (reply.is === 'value') this.#ledger.acknowledge(batch, reply.value as Recorded)
      if (reply.is === 'error') batch.refused = reply.error
      await pause(dice.wait(6))
    }
  }

  async #askAs(who: string): Promise<void> {
    const dice = this.#dice.fork(who)
    for (let i = 1; !this.#leaving; i++) {
      const { ask, moves } = wishOf(dice, who, `${who} ${i}`)
      const wish = this.#ledger.wish(ask.key, moves)
      await this.#untilAnswered(ask, wish, dice)
      if (dice.chance(0.3)) await this.#untilAnswered(ask, wish, dice)
      await pause(dice.wait(6))
    }
  }

  /** Asks any box, with the same key, until there is an answer or a refusal that stands. */
  async #untilAnswered(ask: Ask, wish: Wish, dice: Dice): Promise<void> {
    while (!this.#gone) {
      const box = dice.pick(this.#boxes)
      const reply = await box.ask({ do: 'act', site, ask })
      const answer = reply.is === 'value' ? (reply.value as Answer) : undefined
      if (answer?.is === 'answered') {
        const { n, answer: said, copies, again } = answer
        this.#ledger.answer(wish, { n, answer: said, copies, again })
        return
      }
      if (answer?.is === 'refused' && answer.code !== 'keeper-away') {
        wish.refused = answer.code
        return
      }
      if (answer?.is !== 'refused') wish.unclear += 1
      await pause(dice.int(5, 40))
    }
  }
}

function wishOf(
  dice: Dice,
  who: string,
  key: string,
): { readonly ask: Ask; readonly moves: readonly Move[] } {
  const cents = dice.int(1, 500)
  const [tag, stall] = [dice.pick(tags), dice.pick(['tea', 'maze'])]
  if (dice.chance(0.5)) {
    return {
      ask: { action: 'fair.grant', key, who, input: { tag, cents } },
      moves: [
        { account: 'bank', cents: -cents },
        { account: `wallet:${tag}`, cents },
      ],
    }
  }
  return {
    ask: { action: 'fair.pay', key, who, input: { tag, stall, cents } },
    moves: [
      { account: `wallet:${tag}`, cents: -cents },
      { account: `stall:${stall}`, cents },
    ],
  }
}

import type { Dice } from '../random.ts'
import type { SitePlan } from '../site-plan.ts'
import type { World } from '../world.ts'
import type { WorldBox } from '../world-box.ts'
import { Evidences } from './evidences.ts'
import type { ScreenPlan } from './screen.ts'
import { Screen } from './screen.ts'

/** On a box that is well, and over a line that is free, nothing is older than this. */
const behindMs = 5_000
/** A box that had troubles is given so long. */
const calmMs = 60_000
/** When all is healed, so long may it take until every screen shows what is so. */
const restMs = 60_000

/** Everybody who looks at something, in one world. */
export class Screens {
  readonly #world: World
  readonly #evidences: Evidences
  readonly #screens: Screen[] = []

  constructor(world: World) {
    this.#world = world
    this.#evidences = new Evidences(world)
  }

  get messages(): number {
    return this.#screens.reduce((sum, { messages }) => sum + messages, 0)
  }

  /** So many screens look at a site; one in five over a line that is slow. */
  add(plan: SitePlan, count: number, haste: number): void {
    for (let index = 1; index <= count; index += 1) {
      const dice = this.#world.dice.fork(`screens ${plan.site} ${index}`)
      const screen = new Screen(this.#world, this.#evidences, planFor(plan, index, dice), () =>
        this.#places(plan),
      )
      screen.live((600_000 / haste) * (0.5 + dice.part()))
      this.#screens.push(screen)
    }
  }

  /** Looks again and again whether anybody was left behind, until the world is quiet. */
  watch(everyMs: number): void {
    this.#world.time.after(everyMs, () => {
      if (!this.#world.busy) return
      this.#look()
      this.watch(everyMs)
    })
  }

  /** All is quiet and healed: every screen must come to show what is so. */
  async comeToRest(): Promise<void> {
    const world = this.#world
    const heal = () => {
      for (const screen of this.#screens) screen.heal()
      return this.#screens.every((screen) => this.#isCurrent(screen))
    }
    if (await world.until(heal, restMs)) return
    const behind = this.#screens.find((screen) => !this.#isCurrent(screen))
    if (behind)
      world.broken(
        'BEHIND',
        `${behind.plan.name} at ${behind.box?.id ?? 'no box'} does not show what is so, although all is well`,
      )
  }

  /** Boxes with the log of the site. */
  #places(plan: SitePlan): readonly WorldBox[] {
    const boxes = plan.members.filter((id) => !plan.small.has(id)).map((id) => this.#world.box(id))
    return boxes.filter(({ box, card, isDestroyed }) => box && !isDestroyed && plan.installed.has(card.name))
  }

  #look(): void {
    const { time } = this.#world
    for (const screen of this.#screens) {
      const { box } = screen
      if (!box || !this.#isCalm(box) || !screen.isFree(behindMs)) continue
      const before = screen.holdings.map(({ question }) => this.#heads(screen, box, question.across))
      time.after(behindMs, () => {
        if (screen.box === box && this.#isCalm(box) && screen.isFree(2 * behindMs))
          screen.holdings.forEach((_, index) => this.#checkOne(screen, box, index, before[index] ?? {}))
      })
    }
  }

  /** Whether the screen shows the answer as it was at some moment since these heads. */
  #checkOne(screen: Screen, box: WorldBox, index: number, since: Readonly<Record<string, number>>): void {
    const holding = screen.holdings[index]
    if (!holding) return
    const { question, rows, at } = holding
    const behind = Object.keys(since).filter((site) => (at[site] ?? -1) < (since[site] ?? 0))
    const now = this.#heads(screen, box, question.across)
    const shows = (heads: Readonly<Record<string, number>>) => {
      const expected = this.#evidences.answer(box, question, heads)
      return this.#evidences.difference(box, question, heads, rows, expected)
    }
    // Each site for itself: what changed and changed back was never told, whatever others did meanwhile.
    const wrong = behind
      .map((site) => {
        const then = shows({ ...at, [site]: since[site] ?? 0 })
        return then === undefined ? undefined : shows({ ...at, [site]: now[site] ?? 0 }) && then
      })
      .find((text) => text !== undefined)
    if (wrong === undefined) return
    const text = `${screen.plan.name} at box ${box.id}, ${question.query}: after ${behindMs / 1000} s at ${JSON.stringify(at)} and not ${JSON.stringify(since)}: ${wrong}`
    this.#world.broken('BEHIND', text)
  }

  #isCurrent(screen: Screen): boolean {
    const { box } = screen
    if (!box || !screen.isFree(0)) return false
    return screen.holdings.every(({ question, rows, hash }) => {
      if (hash === undefined) return false
      const heads = this.#heads(screen, box, question.across)
      const expected = this.#evidences.answer(box, question, heads)
      return this.#evidences.difference(box, question, heads, rows, expected) === undefined
    })
  }

  #heads({ plan }: Screen, box: WorldBox, across: boolean) {
    return this.#evidences.heads(box, across ? this.#evidences.sitesOf(box) : [plan.site])
  }

  #isCalm({ id, box }: WorldBox): boolean {
    const { troubled, time } = this.#world
    return box !== undefined && (troubled.get(id) ?? 0) + calmMs < time.now
  }
}

function planFor(plan: SitePlan, index: number, dice: Dice): ScreenPlan {
  const gate = `${plan.site}.${dice.pick(plan.members)}`
  const one = { across: false }
  const all = [
    { often: 0.5, query: 'fair.books', input: {}, ...one },
    { often: 0.3, query: 'fair.books', input: {}, across: true },
    { often: 0.5, query: 'fair.wallet', input: { tag: `v${dice.int(1, 20)}` }, ...one },
    { often: 0.3, query: 'fair.passed', input: { gate }, ...one },
    { often: 0.1, query: 'fair.regulars', input: { least: 2 }, ...one },
    {
      often: 0.3,
      query: 'fair.carries',
      input: { tag: `t-${dice.pick(plan.members)}-${dice.int(1, 10)}` },
      ...one,
    },
  ]
  const questions = all.filter(({ often }) => dice.chance(often))
  // Some are slower than what happens: 20 to 400 bytes a second.
  const rate = dice.chance(0.2) ? dice.int(20, 400) / 1000 : dice.int(5, 200)
  const name = `screen ${plan.site} ${index}`
  return { name, site: plan.site, questions: questions.length > 0 ? questions : all.slice(0, 1), rate }
}

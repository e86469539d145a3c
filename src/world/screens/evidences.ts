import type { At } from '../../kernel/live/messages.ts'
import type { Card } from '../card.ts'
import type { World } from '../world.ts'
import type { WorldBox } from '../world-box.ts'
import type { Question, Rows } from './evidence.ts'
import { LiveEvidence } from './evidence.ts'

type Asked = Question & { readonly across: boolean }

/** What every card proves of what screens should show. */
export class Evidences {
  readonly #world: World
  readonly #cards = new Map<Card, Map<string, LiveEvidence>>()

  constructor(world: World) {
    this.#world = world
  }

  /** The sites that are set up on this box. */
  sitesOf({ card, id }: WorldBox): readonly string[] {
    const plans = [...this.#world.sites.values()]
    return plans
      .filter((plan) => plan.installed.has(card.name) && !plan.small.has(id))
      .map(({ site }) => site)
  }

  heads(box: WorldBox, sites: readonly string[]): At {
    return Object.fromEntries(sites.map((site) => [site, this.#of(box.card, site).n]))
  }

  answer({ card }: WorldBox, question: Asked, at: At): Rows {
    const answers = Object.entries(at).map(
      ([site, n]) => [site, this.#of(card, site).answer(question, n)] as const,
    )
    if (!question.across) return answers[0]?.[1] ?? new Map()
    const merged = new Map<string, string>()
    for (const [site, rows] of answers) {
      for (const [key, row] of rows) {
        const named = { site, ...(JSON.parse(row) as object) }
        merged.set(JSON.stringify([site, ...(JSON.parse(key) as readonly unknown[])]), JSON.stringify(named))
      }
    }
    return merged
  }

  /** The first row that is not as it should be, in words. */
  difference(box: WorldBox, question: Asked, at: At, shown: Rows, expected: Rows): string | undefined {
    const [site = ''] = Object.keys(at)
    const lenient = (key: string) => this.#of(box.card, site).mayBeGone(question, key, at[site] ?? 0)
    for (const [key, row] of expected) {
      if (shown.get(key) === row || (!shown.has(key) && lenient(key))) continue
      return `${key} shows ${shown.get(key) ?? 'nothing'}, and the log says ${row}`
    }
    for (const [key, row] of shown)
      if (!expected.has(key)) return `${key} shows ${row}, and the log knows none`
    return undefined
  }

  #of(card: Card, site: string): LiveEvidence {
    const sites = this.#cards.get(card) ?? new Map<string, LiveEvidence>()
    this.#cards.set(card, sites)
    const evidence = sites.get(site) ?? new LiveEvidence(card, site)
    sites.set(site, evidence)
    return evidence
  }
}

import type { Card } from './card.ts'
import { factsOn, type FactOn } from './facts-on.ts'
import type { SitePlan } from './site-plan.ts'
import { keyId } from './testimony.ts'
import { Violation } from './violation.ts'
import type { World } from './world.ts'

/** Every errand of a log has one effect where it went, or none, and the log says which (AFAR-9). */
export function checkErrands(world: World, plan: SitePlan, cardOf: (site: string) => Card | undefined): void {
  const card = cardOf(plan.site)
  if (!card) return
  let term = ''
  const facts = factsOn(card, plan.site)
  const sent = new Map<string, { readonly key: string; readonly site: string }>()
  for (const { kind, body, n, i } of facts) {
    if (kind === 'site.keeper') term = String(body['term'])
    if (kind === 'errand.sent') {
      const key = `errand ${plan.site} ${term} ${n} ${i}`
      sent.set(`${n} ${i}`, { key, site: String(body['site']) })
    }
  }
  const ends = endsOf(plan, facts)
  for (const [place, { key, site }] of sent) {
    const there = cardOf(site)
    const log = there && world.witness.read(there).site(site)
    if (!log) continue
    const end = ends.get(place)
    const granted = log.place(keyId(key)) !== undefined
    const known = granted || log.isOrphan(keyId(key)) || world.witness.gone.has(keyId(key))
    const told = `errand ${place} of ${plan.site} to ${site} ended as ${end ?? 'nothing'}`
    if (end === 'answered' && !known) throw new Violation('ERRAND', `${told}, and is not in the log there`)
    if (end === 'refused' && granted) throw new Violation('ERRAND', `${told}, and was granted there`)
  }
}

/** Errands that have not ended, although their keeper serves the site that they are for. */
export function openErrands(world: World, plan: SitePlan, card: Card): number {
  const facts = factsOn(card, plan.site)
  const ends = endsOf(plan, facts)
  const serves = (site: string) => world.sites.get(site)?.members.includes(plan.keeper) === true
  return facts.filter(
    ({ kind, body, n, i }) =>
      kind === 'errand.sent' && serves(String(body['site'])) && !ends.has(`${n} ${i}`),
  ).length
}

function endsOf({ site }: SitePlan, facts: readonly FactOn[]): ReadonlyMap<string, string> {
  const ends = new Map<string, string>()
  for (const { kind, body } of facts) {
    if (kind !== 'errand.ended') continue
    const [place, how] = [`${Number(body['n'])} ${Number(body['i'])}`, String(body['how'])]
    const before = ends.get(place)
    if (before !== undefined && before !== how)
      throw new Violation('ERRAND', `errand ${place} of ${site} ended as ${before}, and as ${how}`)
    ends.set(place, how)
  }
  return ends
}

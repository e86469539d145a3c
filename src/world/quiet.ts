import { healthy } from './disk.ts'
import { lan } from './path.ts'
import { verifyCard } from './inspector.ts'
import type { Lead } from './lead.ts'
import { type SitePlan, wholeOf } from './site-plan.ts'
import { hasKey, sameBooks, sameViews, viewsAgree } from './views-check.ts'
import { compareReigns, type Reign } from './site-evidence.ts'
import { Violation } from './violation.ts'
import type { World } from './world.ts'

/** From when the last keeper is there and all is whole, so long may it take until all boxes are equal. */
const livenessMs = 60_000

/**
 * The second phase of a world: nobody wants anything any more, every fault ends, everybody is
 * started. What must come true in the end has to come true now.
 */
export async function comeToRest(world: World, lead: Lead): Promise<void> {
  world.busy = false
  for (const twin of world.twins) world.removeTwin(twin)
  heal(world)
  const up = () => [...world.boxes.values()].every((box) => box.isDestroyed || box.box !== undefined)
  if (!(await world.until(up, 120_000)))
    return world.broken('STUCK', 'a box does not start, although nothing hinders it')
  for (const plan of world.sites.values()) await appoint(world, lead, plan)
  const highest = new Map([...world.sites.values()].map((plan) => [plan.site, highestTerm(world, plan)]))
  const answered = () => [...world.ledger.wishes.values()].every(({ open }) => open === 0)
  const rests = () => answered() && [...world.sites.values()].every((plan) => isEqual(world, plan))
  if (!(await world.until(rests, livenessMs))) return world.broken('STUCK', whatHinders(world))
  world.check(() => {
    world.witness.checkKept()
    const { sightings } = world.ledger
    if (sightings.size >= 50 && world.ledger.acknowledged().length === 0)
      throw new Violation('IDLE', `of ${sightings.size} facts not one was taken`)
    for (const plan of world.sites.values()) checkSite(world, plan, highest.get(plan.site))
  })
}

export function heal(world: World): void {
  for (const a of world.boxes.keys()) {
    for (const b of world.boxes.keys()) {
      if (a === b) continue
      const path = world.network.knownPath(a, b)
      if (!path) continue
      path.weather = lan
      path.heal()
    }
  }
  for (const box of world.boxes.values()) {
    box.disk.mood = healthy
    box.disk.disarm()
    box.plugIn()
  }
}

/** Where nobody keeps a site any more, a lead says who does. */
async function appoint(world: World, lead: Lead, plan: SitePlan): Promise<void> {
  if (await world.until(() => lead.hasKeeper(plan), 30_000)) return
  for (const heir of lead.heirs(plan)) {
    let done: boolean | undefined
    void lead.takeOver(plan, heir).then((taken) => (done = taken))
    await world.until(() => done !== undefined, 90_000)
    if (done) return
  }
  world.broken('STUCK', `nobody keeps ${plan.site}, and nobody may take it over`)
}

function isEqual(world: World, plan: SitePlan): boolean {
  const readers = membersOf(world, plan).map((box) => world.witness.read(box.card))
  const all = plan.members.map((id) => world.box(id)).filter((box) => !box.isDestroyed)
  const everybody = all.map((box) => world.witness.read(box.card))
  const logs = readers.map((reader) => reader.site(plan.site))
  const [first] = logs
  if (!first || logs.some((log) => log?.n !== first.n || log.chain !== first.chain)) return false
  if (everybody.some((reader) => reader.salvaged > 0)) return false
  const inLog = (id: string) => first.place(id) !== undefined
  for (const reader of everybody) for (const id of reader.journalled(plan.site)) if (!inLog(id)) return false
  if (!membersOf(world, plan).every(({ card }) => hasKey(card, plan.site))) return false
  return membersOf(world, plan).every((box) => viewsAgree(box.card, plan.site, first))
}

function checkSite(world: World, plan: SitePlan, highest: Reign | undefined): void {
  const boxes = membersOf(world, plan)
  const [first] = boxes
  const log = first && world.witness.read(first.card).site(plan.site)
  if (!first || !log) return
  world.witness.checkComplete(plan.site, log)
  if (highest && compareReigns(log.term, { ...highest, start: 0 }) < 0)
    throw new Violation(
      'TERM',
      `${plan.site} ends under ${log.term.reign}/${log.term.keeper}, and somebody had ${highest.reign}/${highest.keeper}`,
    )
  // Whose number two machines share, may see either of them win.
  if (world.faults.get('card cloned') === 0) world.witness.checkOrphans(plan.site, log)
  for (const box of boxes) sameViews(plan.site, first.card, box.card)
  sameBooks(first.card, log)
  verifyCard(first.card, plan.site)
}

/** The highest reign in any log, now or (where no card was lost) ever: whoever had it must win. */
function highestTerm(world: World, plan: SitePlan): Reign | undefined {
  return membersOf(world, plan)
    .flatMap((box) => {
      const reader = world.witness.read(box.card)
      return (world.witness.lostCards ? reader.site(plan.site)?.term : reader.highest(plan.site)) ?? []
    })
    .toSorted(compareReigns)
    .at(-1)
}

function membersOf(world: World, plan: SitePlan) {
  return wholeOf(plan)
    .map((id) => world.box(id))
    .filter((box) => !box.isDestroyed)
}

function whatHinders(world: World): string {
  const lines: string[] = []
  for (const wish of world.ledger.wishes.values()) if (wish.open > 0) lines.push(`${wish.key} has no answer`)
  for (const plan of world.sites.values()) {
    if (isEqual(world, plan)) continue
    const logs = membersOf(world, plan).map((box) => {
      const reader = world.witness.read(box.card)
      const log = reader.site(plan.site)
      const unsent = [...reader.journalled(plan.site)].filter((id) => log?.place(id) === undefined).length
      const status = box.box?.status().sites.find(({ site }) => site === plan.site)
      const key = hasKey(box.card, plan.site) ? '' : ', no key'
      return `${box.id}: n ${log?.n}${key}, ${unsent} unsent, ${reader.salvaged} salvaged, ${status?.role} ${status?.why} lag ${status?.viewLag}`
    })
    lines.push(`${plan.site} is not the same everywhere after 60 s (${logs.join('; ')})`)
  }
  return lines.slice(0, 5).join('\n')
}

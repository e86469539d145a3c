import { boxFaults } from './faults/box-faults.ts'
import { cardFaults } from './faults/card-faults.ts'
import { Departures } from './departures.ts'
import type { Fault, Stage } from './faults/fault.ts'
import { keeperFaults } from './faults/keeper-faults.ts'
import { networkFaults } from './faults/network-faults.ts'
import { Gate } from './gate.ts'
import { Installer } from './installer.ts'
import { Lead } from './lead.ts'
import { Patrol } from './patrol.ts'
import { Person } from './person.ts'
import { comeToRest } from './quiet.ts'
import { dayMs, scenarioFor, type Scenario } from './scenario.ts'
import { Dice } from './random.ts'
import { Registrar } from './registrar.ts'
import type { SitePlan } from './site-plan.ts'
import type { Tally } from './tally.ts'
import { World } from './world.ts'

const faults: Readonly<Record<string, Fault>> = {
  ...networkFaults,
  ...boxFaults,
  ...cardFaults,
  ...keeperFaults,
}

export const faultKinds: readonly string[] = Object.keys(faults)

/** How often a kind comes, beside the others. */
const rare: Readonly<Record<string, number>> = {
  'card re-imaged': 0.2,
  'card rewound': 0.3,
  'card cloned': 0.3,
  'hub restored': 0.3,
  'hand-over': 0.5,
  'two keepers': 0.4,
  'keeper destroyed': 0.15,
  // Only where a scenario asks for it: the boxes around it must be few.
  'keeper restored': 0,
}
const weights = Object.fromEntries(faultKinds.map((kind) => [kind, rare[kind] ?? 1]))

/** What became of one seed. */
export type Outcome = {
  readonly seed: string
  readonly scenario: Scenario
  readonly days: number
  readonly facts: number
  readonly actions: number
  readonly faults: Tally
  readonly reached: Tally
  readonly hash: string
  readonly failure: Error | undefined
  /** The newest lines of the trace. */
  readonly tail: readonly string[]
}

export type DayOptions = {
  readonly scenario?: Partial<Scenario> | undefined
  readonly tell?: ((line: string) => void) | undefined
}

/** One world from its first box to its end: a phase in which everything goes wrong, and one in which it must come right. */
export async function liveOneDay(seed: string, options: DayOptions = {}): Promise<Outcome> {
  const scenario = { ...scenarioFor(new Dice(seed).fork('scenario')), ...options.scenario }
  const world = new World(seed, { tell: options.tell, limits: scenario.limits })
  // In a real process a rejection that nobody handles is the end of it.
  const unhandled = (reason: unknown) => world.fail(reason)
  process.on('unhandledRejection', unhandled)
  let lived = 0
  try {
    lived = await live(world, scenario)
  } catch (error) {
    world.fail(error)
  } finally {
    process.off('unhandledRejection', unhandled)
    for (const box of [...world.boxes.values(), ...world.twins]) box.retire()
  }
  return {
    seed,
    scenario,
    days: (scenario.boxes.length * lived) / dayMs,
    facts: world.ledger.acknowledged().length,
    actions: [...world.ledger.wishes.values()].filter(({ answers }) => answers.length > 0).length,
    faults: world.faults,
    reached: world.reached,
    hash: world.trace.digest(),
    failure: world.failure,
    tail: world.trace.tail,
  }
}

/** Tells for how long the world went on before it came to rest. */
async function live(world: World, scenario: Scenario): Promise<number> {
  const { boxes, plans, ms, faultEveryMs, haste = 1, limits } = scenario
  const installer = new Installer(world)
  const lead = new Lead(world, installer)
  const crowd = boxes.length > 50
  for (const id of boxes) world.addBox(id)
  for (const plan of plans) await installer.begin(plan)
  for (const plan of plans) populate(world, plan.site, plan.members, haste)
  const registrars = scenario.registrars ? plans.map((plan) => register(world, plan, haste)) : []
  new Patrol(world, lead, limits && new Departures(world, limits.keptAfterTopMs)).walk(
    (crowd ? 40 : 5) * (60_000 / haste),
  )
  const stage: Stage = { world, lead, installer, dice: world.dice.fork('faults'), images: new Map() }
  strike(stage, faultEveryMs, scenario.faults ?? weights)
  if (!crowd) photograph(stage, 30 * (60_000 / haste))
  const began = world.time.now
  await world.run(ms)
  const lived = world.time.now - began
  if (!world.failure) await comeToRest(world, lead)
  for (const registrar of registrars) if (!world.failure) await registrar.comeToRest(world)
  return lived
}

/** Gates and people. A box that serves several sites has fewer of them for each. */
function populate(world: World, site: string, members: readonly string[], haste: number): void {
  for (const id of members) {
    const sites = [...world.sites.values()].filter((plan) => plan.members.includes(id)).length
    // The hub of many sites sees them all, and has no gate of its own at most of them.
    if (sites > 3 && site !== 'fair-1') continue
    const share = Math.min(sites, 3) / haste
    new Gate(world, world.box(id), site, 75_000 * share)
    new Person(world, world.box(id), site).live(500_000 * share)
  }
}

function register(world: World, plan: SitePlan, haste: number): Registrar {
  const home = plan.members.find((id) => id !== plan.keeper && id !== plan.hub) ?? plan.keeper
  const registrar = new Registrar(world, world.box(home), plan.site)
  registrar.live(300_000 / haste)
  return registrar
}

/** Things go wrong, about so far apart, until the world is quiet. */
function strike(stage: Stage, everyMs: number, chances: Readonly<Record<string, number>>): void {
  const { world, dice, lead } = stage
  world.time.after(dice.wait(everyMs), () => {
    if (!world.busy) return
    const kind = dice.weighted(chances)
    const stateOf = statesOf(world, lead)
    const met = faults[kind]?.(stage)
    if (met) {
      world.faults.add(kind)
      world.trace.note(`fault ${kind}: ${met.join(' ')}`)
      for (const state of new Set(met.flatMap((id) => stateOf.get(id) ?? [])))
        world.reached.add(`${kind} x ${state}`)
    }
    strike(stage, everyMs, chances)
  })
}

/** What each box was doing for each of its sites before the fault, as its console says. */
function statesOf(world: World, lead: Lead): ReadonlyMap<string, readonly string[]> {
  const states = new Map<string, string[]>()
  for (const plan of world.sites.values()) {
    for (const id of plan.members) {
      const box = world.box(id)
      const status = box.box?.status().sites.find(({ site }) => site === plan.site)
      const lag = status && status.unsent > 0 ? ', sending' : ''
      const state = `${lead.roleAt(box, plan.site)}${lag}`
      states.set(id, [...(states.get(id) ?? []), state])
    }
  }
  return states
}

/** Now and then somebody copies a card. */
function photograph(stage: Stage, everyMs: number): void {
  const { world, dice, images } = stage
  world.time.after(dice.wait(everyMs), () => {
    if (!world.busy) return
    const running = world.running()
    if (running.length > 0) {
      const box = dice.pick(running)
      images.set(box.id, box.card.image())
    }
    photograph(stage, everyMs)
  })
}

import { Bells, Timekeeper } from './bells.ts'
import { boxFaults } from './faults/box-faults.ts'
import { cardFaults } from './faults/card-faults.ts'
import { Borrower } from './borrower.ts'
import { Departures } from './departures.ts'
import { dispatcher } from './dispatcher.ts'
import { fleet } from './editor.ts'
import { Far } from './far.ts'
import type { Fault, Stage } from './faults/fault.ts'
import { keeperFaults } from './faults/keeper-faults.ts'
import { leavingFaults } from './faults/leaving-faults.ts'
import { networkFaults } from './faults/network-faults.ts'
import { Gate } from './gate.ts'
import { Installer } from './installer.ts'
import { Lead } from './lead.ts'
import { Organisation } from './organisation.ts'
import { Patrol } from './patrol.ts'
import { Person } from './person.ts'
import { statesOf } from './protocol-states.ts'
import { comeToRest } from './quiet.ts'
import { dayMs, scenarioFor, type Scenario } from './scenario.ts'
import { Dice } from './random.ts'
import { Registrar } from './registrar.ts'
import { Sensor } from './sensor.ts'
import { Screens } from './screens/screens.ts'
import type { SitePlan } from './site-plan.ts'
import type { Tally } from './tally.ts'
import { muddled, settling } from './thoughts.ts'
import { TimeCheck } from './time-check.ts'
import { World } from './world.ts'

const faults: Readonly<Record<string, Fault>> = {
  ...networkFaults,
  ...boxFaults,
  ...cardFaults,
  ...keeperFaults,
  ...leavingFaults,
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
  'box unassigned': 0,
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
  /** Somebody has no time to see the end of it. */
  readonly signal?: AbortSignal | undefined
}

/** How a world ends that was not lived to its end: it says nothing of the promises. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted')
    this.name = 'Interrupted'
  }
}

/** One world from its first box to its end: a phase in which everything goes wrong, and one in which it must come right. */
export async function liveOneDay(seed: string, options: DayOptions = {}): Promise<Outcome> {
  const scenario = { ...scenarioFor(new Dice(seed).fork('scenario')), ...options.scenario }
  const { limits, newer, media, clocks, orders } = scenario
  const world = new World(seed, { tell: options.tell, limits, newer, media, clocks, orders })
  // In a real process a rejection that nobody handles is the end of it.
  const unhandled = (reason: unknown) => world.fail(reason)
  const interrupt = () => world.fail(new Interrupted())
  process.on('unhandledRejection', unhandled)
  options.signal?.addEventListener('abort', interrupt)
  let lived = 0
  try {
    lived = await live(world, scenario)
  } catch (error) {
    world.fail(error)
  } finally {
    process.off('unhandledRejection', unhandled)
    options.signal?.removeEventListener('abort', interrupt)
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
  const far = new Far(world, scenario)
  const fairs = plans.filter(({ site }) => site !== fleet)
  for (const id of boxes) world.addBox(id)
  for (const plan of plans) await installer.begin(plan)
  // A crowd goes about it at half the pace: a box-day has its 500 facts and 20 actions all the same.
  for (const plan of fairs) populate(world, plan.site, plan.members, crowd ? 0.55 : haste)
  if (scenario.visitors) for (const plan of fairs) visit(world, plan, haste)
  far.populate(haste)
  world.media?.begin(fairs)
  const registrars = scenario.registrars ? fairs.map((plan) => register(world, plan, haste)) : []
  const screens = look(world, { ...scenario, plans: fairs })
  const offices = scenario.people ? fairs.map((plan) => new Organisation(world, plan)) : []
  for (const office of offices) office.live(60_000 / haste)
  const times = world.boots && new TimeCheck(world, world.boots)
  if (scenario.clocks) for (const plan of fairs) ringBells(world, plan, haste)
  if (scenario.orders) for (const plan of fairs) dispatch(world, plan, haste, crowd)
  world.orderWatch?.walk((crowd ? 20 : 2) * 60_000)
  new Patrol(world, lead, limits && new Departures(world, limits.keptAfterTopMs), times).walk(
    (crowd ? 40 : 5) * (60_000 / haste),
  )
  const stage: Stage = { world, lead, installer, dice: world.dice.fork('faults'), images: new Map() }
  strike(stage, faultEveryMs, scenario.faults ?? weights)
  if (!crowd) photograph(stage, 30 * (60_000 / haste))
  const began = world.time.now
  await world.run(ms)
  const lived = world.time.now - began
  if (!world.failure) await comeToRest(world, lead)
  if (!world.failure) await screens.comeToRest()
  if (!world.failure) await world.media?.comeToRest()
  if (times && !world.failure) await times.comeToRest()
  if (!world.failure) await world.orderWatch?.comeToRest(world)
  if (!world.failure) await far.comeToRest()
  for (const office of offices) if (!world.failure) await office.comeToRest()
  for (const registrar of registrars) if (!world.failure) await registrar.comeToRest(world)
  return lived
}

/** Gates and people. A box that serves several sites has fewer of them for each. */
function populate(world: World, site: string, members: readonly string[], haste: number): void {
  for (const id of members) {
    const sites = [...world.sites.values()].filter(
      (plan) => plan.site !== fleet && plan.members.includes(id),
    ).length
    // The hub of many sites sees them all, and has no gate of its own at most of them.
    if (sites > 3 && site !== 'fair-1') continue
    const share = Math.min(sites, 3) / haste
    new Gate(world, world.box(id), site, 75_000 * share)
    new Person(world, world.box(id), site).live(500_000 * share)
  }
}

/** Drivers with mistakes, people who ask for nonsense, and somebody who settles orphans. */
function visit(world: World, plan: SitePlan, haste: number): void {
  const { site, members, keeper } = plan
  const last = world.box(members.at(-1) ?? keeper)
  new Sensor(world, last, site, 240_000 / haste)
  new Borrower(world, last, site).live(1_800_000 / haste)
  new Person(world, last, site, { name: 'm', thinks: muddled }).live(900_000 / haste)
  const settles = settling(world, plan)
  new Person(world, world.box(keeper), site, { name: 'c', thinks: settles }).live(300_000 / haste)
}

/** Screens have chances of their own: where there are none, nothing else changes. */
function look(world: World, { plans, screens: count = 0, haste = 1 }: Scenario): Screens {
  const screens = new Screens(world)
  if (count === 0) return screens
  for (const plan of plans) screens.add(plan, count, haste)
  screens.watch(60_000 / haste)
  return screens
}

function dispatch(world: World, plan: SitePlan, haste: number, crowd: boolean): void {
  dispatcher(world, world.box(plan.keeper), plan.site).live((crowd ? 1_200_000 : 120_000) / haste)
}

function register(world: World, plan: SitePlan, haste: number): Registrar {
  const others = plan.members.filter((id) => id !== plan.keeper && id !== plan.hub)
  const home = others.find((id) => world.isNewer(id)) ?? others[0] ?? plan.keeper
  const registrar = new Registrar(world, world.box(home), plan.site)
  registrar.live(300_000 / haste)
  return registrar
}

/** Bells are struck and rounds called at some boxes of a site, and a lead looks at its clock. */
function ringBells(world: World, plan: SitePlan, haste: number): void {
  const crowd = world.boxes.size > 50
  for (const id of crowd ? plan.members.slice(0, 2) : plan.members)
    new Bells(world, world.box(id), plan.site).live(200_000 / haste)
  new Timekeeper(world, plan).live((20 * 60_000) / haste)
}

/** Things go wrong, about so far apart, until the world is quiet. */
function strike(stage: Stage, everyMs: number, chances: Readonly<Record<string, number>>): void {
  const { world, dice } = stage
  world.time.after(dice.wait(everyMs), () => {
    if (!world.busy) return
    const kind = dice.weighted(chances)
    const before = statesOf(world)
    const met = faults[kind]?.(stage)
    if (met) {
      world.faults.add(kind)
      world.trace.note(`fault ${kind}: ${met.join(' ')}`)
      for (const state of new Set(met.flatMap((id) => [...(before.get(id) ?? [])])))
        world.reached.add(`${kind} x ${state}`)
    }
    strike(stage, everyMs, chances)
  })
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

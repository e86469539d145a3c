import { usual } from '../../kernel/box/limits.ts'
import { fleetOf, type Scenario } from '../scenario.ts'
import { makePlan, type SitePlan } from '../site-plan.ts'

/** Few boxes, short hours, and much that goes wrong. Plans change while they are lived, so each life gets its own. */
export type Arena = { readonly plan: () => SitePlan } & Omit<Scenario, 'shape' | 'boxes' | 'plans'>

const minutes = (count: number): number => count * 60_000

const pair = () => makePlan({ site: 'fair-1', keeper: 'keep1', hub: 'hub0' })
const hall = () =>
  makePlan({ site: 'fair-1', keeper: 'keep1', hub: 'hub0', under: { sat1: 'keep1', sat2: 'keep1' } })
const chain = () =>
  makePlan({ site: 'fair-1', keeper: 'keep1', hub: 'hub0', under: { link1: 'keep1', link2: 'link1' } })
/** The highest box is two hops above the lowest, and does not keep. */
const small = () =>
  makePlan({
    site: 'fair-1',
    keeper: 'keep1',
    hub: 'hub0',
    under: { sat1: 'keep1', sat2: 'keep1' },
    small: ['sat2'],
  })

/** The organisation's own site, at the hub and nowhere else. */
const office = () => makePlan({ site: 'fleet', keeper: 'hub0', hub: 'hub0' })

/** What takes weeks on a real box takes minutes here. */
const shortLived = {
  ...usual,
  keptAfterTopMs: minutes(4),
  markEveryMs: minutes(1),
  tidyEveryMs: 20_000,
  baseEvery: 60,
}

const kills = {
  'kill at begin': 1,
  'kill at write': 1,
  'kill at commit': 2,
  'kill at reply': 1,
  'kill at any moment': 1,
  'power cut': 1,
}
const disks = { 'disk error': 3, 'disk full': 1, 'stalled disk': 1, 'slow fsync': 1 }
const links = {
  cut: 2,
  'one-way link': 1,
  'half-open link': 2,
  'half-open, one way': 1,
  loss: 1,
  late: 1,
}
const frames = { 'dropped messages': 3, 'duplicated messages': 2, 'reordered messages': 2 }

export const arenas = {
  /** A keeper whose card fails, and a hub that follows. */
  'failing cards': {
    plan: pair,
    ms: minutes(40),
    faultEveryMs: 50_000,
    haste: 6,
    faults: { ...kills, ...disks },
  },
  'hostile links': {
    plan: chain,
    ms: minutes(40),
    faultEveryMs: 60_000,
    haste: 6,
    faults: { ...links, ...frames, 'disk error': 1 },
  },
  /** Keepers behind cuts, hand-overs, take-overs: branches, salvage, orphans. */
  'two keepers': {
    plan: hall,
    ms: minutes(45),
    faultEveryMs: minutes(2.5),
    haste: 4,
    limits: { ...shortLived, keptAfterTopMs: minutes(600) },
    faults: { 'two keepers': 5, 'hand-over': 3, ...kills, 'disk error': 1 },
  },
  /** The same, and what the top has is soon forgotten below: a lost branch may hold it alone. */
  'short memories': {
    plan: hall,
    ms: minutes(45),
    faultEveryMs: minutes(2.5),
    haste: 4,
    limits: { ...shortLived, keptAfterTopMs: minutes(1) },
    faults: { 'two keepers': 5, 'hand-over': 3, ...kills, 'disk error': 1 },
  },
  /** The keeper's queue is long while it hands over. */
  'slow hand-overs': {
    plan: pair,
    ms: minutes(30),
    faultEveryMs: minutes(1),
    haste: 30,
    limits: { ...shortLived, keptAfterTopMs: minutes(600) },
    faults: { 'slow fsync': 3, 'hand-over': 5 },
  },
  /** Cards that go back to what they were: the keeper does not know it. */
  rewinds: {
    plan: hall,
    ms: minutes(60),
    faultEveryMs: 80_000,
    haste: 8,
    limits: { ...shortLived, keptAfterTopMs: minutes(600) },
    faults: { 'card rewound': 6, 'hub restored': 2, cut: 3, 'kill at any moment': 1, 'views behind': 1 },
  },
  /** Backups that say so. */
  restores: {
    plan: pair,
    ms: minutes(40),
    faultEveryMs: 90_000,
    haste: 6,
    faults: { 'keeper restored': 4, 'kill at any moment': 1 },
  },
  /** What boxes may forget, and when. Bases, and views that are built from them. */
  forgetting: {
    plan: chain,
    ms: minutes(45),
    faultEveryMs: 50_000,
    haste: 8,
    limits: shortLived,
    faults: {
      cut: 5,
      'one-way link': 1,
      'views lost': 2,
      'views behind': 1,
      'power cut': 1,
      'kill at commit': 1,
    },
  },
  /** A box without the log, and a hub that is often away. */
  'small boxes': {
    plan: small,
    ms: minutes(40),
    faultEveryMs: 60_000,
    haste: 8,
    limits: shortLived,
    faults: { cut: 5, 'half-open link': 1, 'disk error': 1, ...kills },
  },
  /** Boxes are taken off their site while they are away, and come back with what they recorded. */
  unassigned: {
    plan: small,
    ms: minutes(30),
    faultEveryMs: minutes(2),
    haste: 8,
    // Who is away while it is no member keeps no base from being laid.
    limits: { ...shortLived, keptAfterTopMs: minutes(600), baseEvery: 10_000 },
    faults: { 'box unassigned': 4, 'kill at any moment': 1, 'disk error': 1 },
  },
  /** Clocks that jump, are years off or know nothing; bells, rounds, and keepers that come and go. */
  'wild clocks': {
    plan: chain,
    clocks: { keep1: 'network', hub0: 'network', link1: 'hardware', link2: 'nothing' },
    ms: minutes(25),
    faultEveryMs: minutes(1),
    haste: 10,
    limits: { ...shortLived, keptAfterTopMs: minutes(600), baseEvery: 10_000 },
    faults: {
      'clock years off': 3,
      'clock steps': 3,
      'time lost': 3,
      'power cut': 3,
      'kill at commit': 2,
      'kill at any moment': 2,
      'hand-over': 3,
      'two keepers': 2,
      cut: 2,
      late: 2,
      'slow fsync': 1,
    },
  },
  /** The same without a change of keeper: what boxes may forget while they do not know the time. */
  'forgetting clocks': {
    plan: pair,
    clocks: { keep1: 'nothing', hub0: 'nothing' },
    ms: minutes(25),
    faultEveryMs: minutes(1),
    haste: 10,
    limits: { ...shortLived, keptAfterTopMs: minutes(1), markEveryMs: 10_000 },
    faults: {
      'clock years off': 3,
      'clock steps': 2,
      'time lost': 2,
      'power cut': 3,
      cut: 1,
      'views lost': 1,
    },
  },
  /** Persons are written down and erased, while boxes come and go. */
  erasures: {
    plan: hall,
    ms: minutes(20),
    faultEveryMs: 50_000,
    haste: 6,
    registrars: true,
    limits: { ...shortLived, keptAfterTopMs: minutes(600), baseEvery: 30 },
    faults: { 'power cut': 2, 'views lost': 1, 'kill at commit': 1, 'kill at any moment': 1 },
  },
  /** The same at a box without the log, whose journal must hear of it. */
  'erasures without the log': {
    plan: small,
    ms: minutes(20),
    faultEveryMs: 50_000,
    haste: 6,
    registrars: true,
    newer: ['sat2'],
    limits: { ...shortLived, keptAfterTopMs: minutes(600), baseEvery: 10_000 },
    faults: { cut: 3, 'power cut': 2, 'kill at commit': 1, 'kill at any moment': 1 },
  },
  /** Screens that come and go, on lines good and bad, while what they show is given up, erased and built again. */
  screens: {
    plan: hall,
    ms: minutes(15),
    faultEveryMs: minutes(2),
    haste: 12,
    registrars: true,
    screens: 24,
    limits: { ...shortLived, keptAfterTopMs: minutes(600) },
    faults: { 'two keepers': 4, 'kill at any moment': 1, 'power cut': 1, 'views lost': 1 },
  },
  /** Screens that play clips, sources that lie, cards that are full, and logs that must stay small. */
  media: {
    plan: hall,
    ms: minutes(40),
    faultEveryMs: minutes(2),
    haste: 2,
    media: 12,
    faults: {
      cut: 2,
      loss: 1,
      'half-open link': 1,
      'power cut': 2,
      'kill at any moment': 1,
      'disk error': 1,
    },
  },
  /** Boxes are told what to do, and die around the moment at which they accept it. */
  orders: {
    plan: small,
    ms: minutes(30),
    faultEveryMs: 30_000,
    haste: 12,
    orders: true,
    faults: {
      ...kills,
      'kill at commit': 4,
      'kill at reply': 3,
      'disk error': 1,
      'stalled disk': 2,
      cut: 3,
      late: 1,
    },
  },
  /** The same, where keepers come and go, and clocks are not known. */
  'orders of two keepers': {
    plan: hall,
    ms: minutes(45),
    faultEveryMs: minutes(1.5),
    haste: 8,
    orders: true,
    limits: { ...shortLived, keptAfterTopMs: minutes(600) },
    faults: { 'two keepers': 3, 'hand-over': 2, ...kills, cut: 3, 'clock years off': 1, 'clock steps': 1 },
  },
  /** Keepers out of reach, answers that are lost, and people who wait for both. */
  'from afar': {
    plan: hall,
    ms: minutes(40),
    faultEveryMs: 40_000,
    haste: 12,
    afar: true,
    faults: { cut: 5, 'half-open link': 3, 'one-way link': 1, late: 2, ...kills },
  },
  /** Settings that are saved on both sides of cuts, on boxes that fall over them. */
  settings: {
    plan: pair,
    ms: minutes(40),
    faultEveryMs: 80_000,
    haste: 15,
    settings: true,
    faults: { cut: 4, 'half-open link': 1, ...kills, 'disk error': 1 },
  },
  /** Accounts come and go at the hub, while boxes that let people in are away from it, and keepers change. */
  'lent logins': {
    plan: small,
    ms: minutes(30),
    faultEveryMs: 50_000,
    haste: 6,
    people: true,
    limits: { ...shortLived, keptAfterTopMs: minutes(600) },
    // What a disk refuses to erase goes at the next start: that is tried where persons are written down.
    faults: { ...kills, cut: 1, 'one-way link': 1, 'half-open link': 3, 'hand-over': 2, 'views lost': 1 },
  },
} satisfies Readonly<Record<string, Arena>>

export type ArenaName = keyof typeof arenas

export const isArena = (name: string): name is ArenaName => Object.hasOwn(arenas, name)

/** The whole scenario of an arena, for one life. */
export function scenarioOf(name: ArenaName): Scenario {
  const { plan, ...rest }: Arena = arenas[name]
  const made = plan()
  const plans = [made, ...(rest.settings ? [fleetOf([made])] : rest.people ? [office()] : [])]
  // Only where an arena asks for them, so that the lives of the others stay as they were.
  const plain = {
    limits: undefined,
    registrars: false,
    visitors: false,
    newer: [],
    screens: 0,
    clocks: false,
    orders: false,
    afar: false,
    settings: false,
  }
  return { shape: 'hall', boxes: made.members, plans, ...plain, ...rest }
}

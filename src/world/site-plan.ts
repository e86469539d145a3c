/** What the people in charge want: who serves a site, and through which box each of them links. */
export type SitePlan = {
  readonly site: string
  readonly members: readonly string[]
  /** The box in the control room, if the site has one. Nothing is above it. */
  readonly hub: string | undefined
  /** Boxes that record and ask without the log. */
  readonly small: ReadonlySet<string>
  keeper: string
  founded: boolean
  readonly above: Map<string, string | null>
  /** Cards on which the site has been set up, and under which wish. */
  readonly installed: Map<string, string>
}

export function makePlan(parts: {
  readonly site: string
  readonly keeper: string
  readonly hub?: string | undefined
  /** Who links to whom; the keeper and the hub need no line. */
  readonly under?: Readonly<Record<string, string>> | undefined
  readonly small?: readonly string[] | undefined
}): SitePlan {
  const { site, keeper, hub, under = {}, small = [] } = parts
  const above = new Map<string, string | null>([[keeper, hub === keeper ? null : (hub ?? null)]])
  if (hub !== undefined) above.set(hub, null)
  for (const [box, to] of Object.entries(under)) above.set(box, to)
  const members = [...above.keys()]
  return { site, keeper, hub, small: new Set(small), founded: false, above, members, installed: new Map() }
}

/** Another box keeps the site from now on: all others link to it, and it to the hub. */
export function replant(plan: SitePlan, keeper: string): void {
  plan.keeper = keeper
  for (const box of plan.members) plan.above.set(box, box === plan.hub ? null : keeper)
  plan.above.set(keeper, keeper === plan.hub ? null : (plan.hub ?? null))
}

/** Pairs of boxes that link for this site. */
export function linksOf(plan: SitePlan): readonly (readonly [string, string])[] {
  return [...plan.above].flatMap(([box, above]) => (above === null ? [] : [[box, above] as const]))
}

/** Members that follow the log. */
export function wholeOf(plan: SitePlan): readonly string[] {
  return plan.members.filter((id) => !plan.small.has(id))
}

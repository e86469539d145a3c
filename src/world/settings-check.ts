import { fleet } from './editor.ts'
import { clockWasWrong } from './far-asks.ts'
import { factsOn, type FactOn } from './facts-on.ts'
import { badVolumes, type Panel } from './panel.ts'
import type { SitePlan } from './site-plan.ts'
import { Violation } from './violation.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

/** Values by path. The witness's own way to read patches; it shares nothing with the kernel's. */
type Flat = Map<string, string>
type Value = unknown

const isObject = (value: Value): value is Readonly<Record<string, Value>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const itemsIn = (value: Value): readonly Readonly<Record<string, Value>>[] | undefined =>
  Array.isArray(value) && value.length > 0 && value.every((each) => isObject(each) && 'id' in each)
    ? (value as readonly Readonly<Record<string, Value>>[])
    : undefined

function drop(flat: Flat, path: string): void {
  for (const key of flat.keys()) if (key === path || key.startsWith(`${path}/`)) flat.delete(key)
}

/** Puts a patch, or a whole document, over what is there. */
function lay(flat: Flat, path: string, value: Value): void {
  const items = itemsIn(value)
  if (value === null) return drop(flat, path)
  if (items) {
    for (const { id, removed, ...fields } of items) {
      const at = `${path}/#${String(id)}`
      if (removed === true) drop(flat, at)
      else {
        flat.set(at, 'item')
        lay(flat, at, fields)
      }
    }
  } else if (isObject(value))
    for (const [name, inner] of Object.entries(value)) lay(flat, `${path}/${name}`, inner)
  else flat.set(path, JSON.stringify(value))
}

/** One log's half of all documents, counted from its text. */
class HalfSeen {
  readonly saved = new Map<string, Flat>()
  readonly versions = new Map<string, number>()
  readonly overrides = new Map<string, { readonly target: string; readonly patch: Value }>()

  constructor(facts: readonly FactOn[]) {
    for (const { kind, body } of facts) {
      const target = String(body['target'])
      const version = Number(body['version'])
      if (!['setting.saved', 'setting.overridden', 'setting.returned'].includes(kind)) continue
      const before = this.versions.get(target) ?? 0
      if (version !== before + 1)
        throw new Violation('SETTING', `version ${version} of ${target} follows version ${before}`)
      this.versions.set(target, version)
      if (kind === 'setting.overridden')
        this.overrides.set(`${target} ${version}`, { target, patch: body['patch'] })
      if (kind === 'setting.returned') this.overrides.delete(`${target} ${Number(body['override'])}`)
      if (kind !== 'setting.saved') continue
      const flat = this.saved.get(target) ?? new Map<string, string>()
      lay(flat, '', body['patch'])
      this.saved.set(target, flat)
    }
  }
}

type Seen = { readonly hub: HalfSeen; readonly site: HalfSeen }

const targetsOf = (site: string, box: string): readonly string[] => [
  'organisation',
  'group:all',
  `site:${site}`,
  'post:stand',
  `box:${box}`,
]

function desiredOf(seen: Seen, targets: readonly string[]): Flat {
  const flat: Flat = new Map()
  for (const target of targets) {
    for (const half of [seen.hub, seen.site])
      for (const [path, value] of half.saved.get(target) ?? []) flat.set(path, value)
    for (const half of [seen.hub, seen.site])
      for (const override of half.overrides.values())
        if (override.target === target) lay(flat, '', override.patch)
  }
  return flat
}

/** What is not yet as it should be, for each box that has a panel at this site; nothing: all is well (SET-5, SET-11). */
export function unsettled(
  world: World,
  plan: SitePlan,
  panels: ReadonlyMap<string, Panel>,
): readonly string[] {
  const boxes = plan.members.filter((id) => panels.has(`${id} ${plan.site}`) && !world.box(id).isDestroyed)
  const [first] = boxes.map((id) => world.box(id))
  if (!first) return []
  const facts = factsOn(first.card, plan.site)
  const seen = { hub: new HalfSeen(factsOn(first.card, fleet)), site: new HalfSeen(facts) }
  const [open] = [...seen.hub.overrides.keys(), ...seen.site.overrides.keys()]
  if (open !== undefined && !clockWasWrong(world)) return [`the override ${open} has not ended`]
  return boxes.flatMap((id) => unsettledAt(world.box(id), plan.site, seen, facts, panels))
}

function unsettledAt(
  box: WorldBox,
  site: string,
  seen: Seen,
  facts: readonly FactOn[],
  panels: ReadonlyMap<string, Panel>,
): readonly string[] {
  const targets = targetsOf(site, box.id)
  const answers = facts.filter((fact) => fact.kind === 'setting.answered' && fact.box === box.id)
  const open = targets.flatMap((target) => [
    ...unanswered(answers, target, 'hub', seen.hub.versions.get(target) ?? 0),
    ...unanswered(answers, target, 'site', seen.site.versions.get(target) ?? 0),
  ])
  if (open.length > 0) return open.map((text) => `box ${box.id}: ${text}`)
  const touched = targets.some((target) => seen.hub.versions.has(target) || seen.site.versions.has(target))
  if (!touched) return []
  const desired = desiredOf(seen, targets)
  const has: Flat = new Map()
  lay(has, '/fair', panels.get(`${box.id} ${site}`)?.has)
  const last = answers.at(-1)?.body
  const bad = Object.values(badVolumes).some((volume) => desired.get('/fair/volume') === String(volume))
  const twice = JSON.stringify(last?.['reason'] ?? '').includes('ended twice')
  if (last?.['outcome'] === 'refused' && !bad && !twice)
    return [`box ${box.id} refused what its panel can have: ${String(last['reason'])}`]
  if (last?.['outcome'] === 'applied' && bad)
    return [`box ${box.id} says that it applied what its panel cannot have`]
  if (bad || twice) return []
  const differs = [...new Set([...desired.keys(), ...has.keys()])].find(
    (key) => desired.get(key) !== has.get(key),
  )
  return differs === undefined
    ? []
    : [`box ${box.id} has ${has.get(differs)} at ${differs}, and should have ${desired.get(differs)}`]
}

/** Versions of one half that no answer has ended. */
function unanswered(
  answers: readonly FactOn[],
  target: string,
  side: string,
  upTo: number,
): readonly string[] {
  const ended = new Set<number>()
  for (const { body } of answers) {
    const range = body[side] as { readonly from: number; readonly to: number } | null
    if (body['target'] !== target || range === null) continue
    for (let version = range.from; version <= range.to; version += 1) ended.add(version)
  }
  for (let version = 1; version <= upTo; version += 1)
    if (!ended.has(version)) return [`version ${version} of the ${side}'s half of ${target} has no answer`]
  return []
}

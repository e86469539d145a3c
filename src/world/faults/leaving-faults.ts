import type { SitePlan } from '../site-plan.ts'
import type { World } from '../world.ts'
import type { WorldBox } from '../world-box.ts'
import { minutes, seconds, type Fault } from './fault.ts'

/** What a box recorded before it came back is at the keeper within this, where nothing hinders it. */
const arrivesMs = minutes(2)

type Leaving = {
  readonly world: World
  readonly plan: SitePlan
  readonly gone: WorldBox
  /** The keeper has said so. */
  isOut: boolean
}

/** When it came back: what its journal held, and how far its log had come. */
type Return = { readonly held: readonly string[]; readonly n: number }

export const leavingFaults: Readonly<Record<string, Fault>> = {
  /** Somebody takes a box off its site while it is away. It comes back, and brings what it recorded (LINK-7). */
  'box unassigned': ({ world, dice, lead }) => {
    const found = [...world.sites.values()].flatMap((plan) =>
      plan.members
        .filter((id) => id !== plan.keeper && id !== plan.hub && ![...plan.above.values()].includes(id))
        .map((id) => ({ world, plan, gone: world.box(id), isOut: false }))
        .filter(({ gone }) => gone.box !== undefined && !world.unassigned.has(gone.id)),
    )
    if (found.length === 0) return undefined
    const leaving = dice.pick(found)
    const { plan, gone } = leaving
    if (lead.roleAt(world.box(plan.keeper), plan.site) !== 'keeping') return undefined
    const others = plan.members.filter((id) => id !== gone.id)
    for (const id of others) world.network.cut(gone.id, id)
    const ms = dice.int(minutes(1), minutes(4))
    world.trouble(ms + seconds(30), ...plan.members)
    world.unassigned.add(gone.id)
    world.time.after(dice.int(seconds(5), seconds(30)), () => void unassign(leaving))
    comeBackAt(leaving, others, world.time.now + ms)
    return [plan.keeper, gone.id]
  },
}

/** When its time has come, or the world comes to rest. */
function comeBackAt(leaving: Leaving, others: readonly string[], at: number): void {
  const { world, plan, gone } = leaving
  world.time.after(Math.min(seconds(5), at - world.time.now), () => {
    if (world.busy && world.time.now < at) return comeBackAt(leaving, others, at)
    // Its keeper is to know it by what its log says, and not by the link that was there.
    gone.kill('killed')
    for (const id of others) world.network.heal(gone.id, id)
    const reader = world.witness.read(gone.card)
    const back = { held: [...reader.journalled(plan.site)], n: reader.site(plan.site)?.n ?? 0 }
    look(leaving, back, world.time.now)
  })
}

async function unassign(leaving: Leaving): Promise<void> {
  const { world, plan, gone } = leaving
  const key = `unassign ${gone.id} at ${world.time.now}`
  const ask = { action: 'box.unassign', key, who: 'lead', input: { box: gone.id } }
  const answer = await world.box(plan.keeper).box?.act(plan.site, ask)
  world.trace.note(`${gone.id} leaves ${plan.site}: ${JSON.stringify(answer ?? 'no answer')}`)
  leaving.isOut = answer?.is === 'answered'
}

/** Waits for what it had recorded; then it is assigned again, so that the world can come to rest. */
function look(leaving: Leaving, back: Return, since: number): void {
  const { world, plan, gone } = leaving
  world.time.after(seconds(5), () => {
    const log = world.witness.read(gone.card).site(plan.site)
    if (leaving.isOut && (log?.n ?? 0) > back.n)
      world.broken('LEFT', `box ${gone.id} left ${plan.site}, and was given entries after ${back.n}`)
    const keeper = world.witness.read(world.box(plan.keeper).card).site(plan.site)
    const open = back.held.filter((id) => keeper?.place(id) === undefined)
    if (open.length === 0 || !world.busy) return void assign(leaving)
    const { now } = world.time
    const hindered = [gone.id, plan.keeper].some((id) => world.hadTrouble(id, now - seconds(5), now))
    if (now - since > arrivesMs && !hindered)
      world.broken('LEFT', `box ${gone.id} left ${plan.site}, and ${open[0]} of its journal did not arrive`)
    look(leaving, back, hindered ? now : since)
  })
}

async function assign(leaving: Leaving): Promise<void> {
  const { world, plan, gone } = leaving
  leaving.isOut = false
  const { publicKey } = gone.seal
  const answer = await world
    .box(plan.keeper)
    .box?.assign(plan.site, { box: gone.id, publicKey, small: plan.small.has(gone.id) })
  world.trace.note(`${gone.id} is back at ${plan.site}: ${JSON.stringify(answer ?? 'no answer')}`)
  if (answer?.is === 'answered') world.unassigned.delete(gone.id)
  else world.time.after(seconds(5), () => void assign(leaving))
}

import type { Answer } from '../kernel/box/contract.ts'
import type { Installer } from './installer.ts'
import { replant, type SitePlan, wholeOf } from './site-plan.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

/** The person who may say which box keeps a site. Looks at the consoles, as people do. */
export class Lead {
  readonly #world: World
  readonly #installer: Installer

  constructor(world: World, installer: Installer) {
    this.#world = world
    this.#installer = installer
  }

  /** A box goes on as the keeper, whatever has become of the old one. */
  async takeOver(plan: SitePlan, box: WorldBox): Promise<boolean> {
    const answer = await this.#ask(box, (running) => running.takeOver(plan.site, 'lead'))
    this.#note(`take-over of ${plan.site} by ${box.id}`, answer)
    const done = answer?.is === 'answered' || (answer?.is === 'refused' && answer.code === 'keeps-already')
    if (done) this.#replant(plan, box.id)
    return done
  }

  /** Planned: the keeper hands over. */
  async handOver(plan: SitePlan, to: string): Promise<boolean> {
    const answer = await this.#ask(this.#world.box(plan.keeper), (running) => running.handOver(plan.site, to))
    this.#note(`hand-over of ${plan.site} to ${to}`, answer)
    if (answer?.is !== 'answered') return false
    this.#replant(plan, to)
    return true
  }

  /** What the console of a box says about a site. */
  roleAt(box: WorldBox, site: string): string {
    if (!box.box) return box.isDestroyed ? 'destroyed' : 'down'
    return box.box.status().sites.find((each) => each.site === site)?.role ?? 'stranger'
  }

  /** Whether some running box keeps the site. */
  hasKeeper(plan: SitePlan): boolean {
    return plan.members.some((id) => this.roleAt(this.#world.box(id), plan.site) === 'keeping')
  }

  /** Followers that run and could go on, the longest log first. */
  heirs(plan: SitePlan): readonly WorldBox[] {
    const length = (box: WorldBox) => box.box?.status().sites.find(({ site }) => site === plan.site)?.n ?? -1
    return wholeOf(plan)
      .map((id) => this.#world.box(id))
      .filter((box) => box.box && length(box) > 0)
      .toSorted((a, b) => length(b) - length(a))
  }

  async #ask(
    box: WorldBox,
    how: (box: NonNullable<WorldBox['box']>) => Promise<Answer>,
  ): Promise<Answer | undefined> {
    const { process, box: running } = box
    if (!process || !running) return undefined
    try {
      return await Promise.race([
        how(running),
        new Promise<undefined>((resolve) => {
          process.onEnd(() => resolve(undefined))
          process.after(60_000, () => resolve(undefined))
        }),
      ])
    } catch (error) {
      this.#world.trace.note(`lead at ${box.id}: ${String(error)}`)
      return undefined
    }
  }

  #replant(plan: SitePlan, keeper: string): void {
    replant(plan, keeper)
    this.#installer.refresh(plan)
  }

  #note(what: string, answer: Answer | undefined): void {
    this.#world.trace.note(`${what}: ${JSON.stringify(answer ?? 'no answer')}`)
  }
}

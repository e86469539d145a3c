import { orders } from './fair/orders.ts'
import type { Effort, Wanted } from './order-book.ts'
import type { OrderStory } from './order-evidence.ts'
import type { SiteEvidence } from './site-evidence.ts'
import { keyId } from './testimony.ts'
import { type SitePlan, wholeOf } from './site-plan.ts'
import { Violation } from './violation.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

/** Clocks of boxes drift, and messages take a moment. */
const slackMs = 2_000
/** From the deadline to the end in the log. */
const endedWithinMs = 60_000
/** After troubles, links come up and logs catch up before anything else is expected. */
const settleMs = 60_000

/**
 * Holds what the logs say of orders against what hands did and people wanted. Of the kernel it reads
 * what stands committed on the cards, and its table of orders only to compare it with the log.
 */
export class OrderWatch {
  readonly #world: World
  /** By box: when it lost its card, and with it its memory. */
  readonly #losses = new Map<string, number[]>()

  constructor(world: World) {
    this.#world = world
    world.witness.beforeLoss(({ name }) => {
      const box = name.split('.')[0]?.split('-twin')[0] ?? ''
      this.#losses.set(box, [...(this.#losses.get(box) ?? []), world.time.now])
    })
  }

  /** A hand is about to do something: may it? */
  began(effort: Effort, home: WorldBox): void {
    this.#world.check(() => {
      this.#checkGiven(effort)
      this.#checkAccepted(effort, home)
      this.#checkOnce(effort)
      this.#checkTime(effort)
      this.#checkAlone(effort)
    })
  }

  /** Looks again and again, until the world is quiet. */
  walk(everyMs: number): void {
    this.#world.time.after(everyMs, () => {
      if (!this.#world.busy) return
      this.#world.check(() => this.#look())
      this.walk(everyMs)
    })
  }

  /**
   * Everybody starts once more, so that nobody lives off what it has in mind. Then nothing goes wrong any
   * more: every order comes to its end, and the logs tell the truth about it.
   */
  async comeToRest(world: World): Promise<void> {
    const boxes = [...world.boxes.values()].filter((box) => !box.isDestroyed)
    for (const { id } of boxes) world.trouble(0, id)
    for (const box of boxes) box.kill('unplugged')
    await world.until(() => boxes.every(({ box }) => box), 120_000)
    const longest = Math.max(...Object.values(orders).map(({ lifeMs }) => lifeMs))
    const settled = () => [...world.sites.values()].every((plan) => this.#open(plan).length === 0)
    if (!(await world.until(settled, longest + endedWithinMs + settleMs, 2_000))) {
      const open = [...world.sites.values()].flatMap((plan) => this.#open(plan))
      const names = open.map(({ order, to }) => `${order} for ${to}`)
      return world.broken(
        'ORDER-END',
        `all is well for a whole life, and these are open: ${names.join(', ')}`,
      )
    }
    await world.run(settleMs)
    world.check(() => {
      this.#look()
      for (const plan of world.sites.values()) this.#checkViews(plan)
    })
  }

  /** Somebody gave it, to this box, and that is in a log. */
  #checkGiven({ order, box, site }: Effort): void {
    const plan = this.#world.sites.get(site)
    const stories = plan ? this.#logs(plan).flatMap((log) => log.orders.story(order) ?? []) : []
    if (stories.some(({ to }) => to === box)) return
    if (stories.length > 0)
      throw new Violation('ORDER-GIVEN', `${order} began on ${box}, and is for another box`)
    const lost =
      this.#losses.size > 0 || [...this.#world.boxes.values()].some(({ isDestroyed }) => isDestroyed)
    if (!lost) throw new Violation('ORDER-GIVEN', `${order} began on ${box}, and stands in no log`)
  }

  /** ORDER-3: what stands on the card now would be there after a power cut. */
  #checkAccepted({ order, attempt, box }: Effort, home: WorldBox): void {
    const { truth } = home.card
    const part = `{"order":"${order}","attempt":${attempt},%`
    const found = truth.prepare('SELECT count(*) AS n FROM journal WHERE body LIKE ?').get(part)?.['n']
    if (found === 0)
      throw new Violation(
        'ORDER-FIRST',
        `${order}, try ${attempt}, began on ${box} before it was accepted on its card`,
      )
  }

  /** ORDER-4. */
  #checkOnce(effort: Effort): void {
    const efforts = this.#world.book.effortsOf(effort.order)
    const limit = orders[effort.kind as keyof typeof orders].mode === 'repeat' ? 3 : 1
    if (efforts.length <= limit || this.#hasForgotten(efforts)) return
    throw new Violation('ORDER-ONCE', `${effort.order} began ${efforts.length} times on ${effort.box}`)
  }

  /** ORDER-6. */
  #checkTime({ order, at, box }: Effort): void {
    const wanted = this.#world.book.wanted.get(order)
    const deadline = wanted && deadlineOf(wanted)
    if (deadline !== undefined && at > deadline + slackMs)
      throw new Violation('ORDER-LATE', `${order} began on ${box} ${at - deadline} ms after its deadline`)
  }

  /** ORDER-11: a barrier runs alone. */
  #checkAlone(effort: Effort): void {
    for (const other of this.#world.book.efforts()) {
      if (other === effort || other.over || other.site !== effort.site) continue
      if (other.process !== effort.process || (other.kind !== 'restart' && effort.kind !== 'restart'))
        continue
      throw new Violation('ORDER-ALONE', `${effort.order} began on ${effort.box} while ${other.order} ran`)
    }
  }

  #look(): void {
    for (const plan of this.#world.sites.values()) {
      const logs = this.#logs(plan)
      for (const log of logs) {
        for (const story of log.orders.stories) {
          // Asked of two keepers at a time, it was issued by both, and one of them will have lost.
          const twice = logs.some(({ orders: other }) => (other.story(story.order)?.n ?? story.n) !== story.n)
          if (!twice) this.#checkTruth(story, log)
        }
      }
      this.#checkEnds(plan)
    }
  }

  /** What a log says of an order, against what the hands did. */
  #checkTruth({ order, to, mode, ended }: OrderStory, log: SiteEvidence): void {
    if (!ended) return
    const efforts = this.#world.book.effortsOf(order).filter(({ box }) => box === to)
    const wrong = (why: string) =>
      new Violation(
        'ORDER-TRUTH',
        `${order} is said to be ${ended.outcome} by the ${ended.by}, ${why} (${log.site})`,
      )
    const effect = efforts.some(({ effectAt }) => effectAt !== undefined)
    if (ended.outcome === 'done' && !effect) throw wrong('and had no effect')
    if (this.#hasForgotten(efforts) || log.isOrphan(keyId(order.split('.')[0] ?? ''))) return
    if (ended.outcome === 'expired' && efforts.length > 0) throw wrong('and was begun')
    // What was repeated may have had an effect that nobody saw, before it was refused or cancelled.
    const sure = ['refused', 'cancelled', 'failed'].includes(ended.outcome)
    if (mode !== 'repeat' && sure && effect) throw wrong('and had its effect')
    if (ended.outcome === 'unknown') this.#checkUnknown(order, efforts)
  }

  /** Unknown is what nobody could know: something went wrong around it, or its hand never came to an end. */
  #checkUnknown(order: string, efforts: readonly Effort[]): void {
    const wanted = this.#world.book.wanted.get(order)
    const deadline = wanted && deadlineOf(wanted)
    if (!wanted || deadline === undefined || efforts.some(({ hangs, end }) => hangs || end !== undefined))
      return
    const members = this.#world.sites.get(wanted.site)?.members ?? []
    const [from, to] = [wanted.askedAt - settleMs, deadline + endedWithinMs]
    if (members.some((id) => this.#world.hadTrouble(id, from, to))) return
    const slow = efforts.some(({ kind, at, effectAt }) => {
      const { runMs } = orders[kind as keyof typeof orders]
      return (effectAt ?? Number.POSITIVE_INFINITY) - at > runMs
    })
    if (!slow) throw new Violation('ORDER-KNOWN', `${order} is unknown, and nothing went wrong`)
  }

  /** ORDER-7, where the boxes of a site have been well for long enough. */
  #checkEnds(plan: SitePlan): void {
    const { time, book } = this.#world
    const members = plan.members.map((id) => this.#world.box(id)).filter((box) => !box.isDestroyed)
    const calmSince = Math.max(...members.map(({ id }) => this.#world.troubled.get(id) ?? 0)) + settleMs
    for (const { order } of this.#open(plan)) {
      const wanted = book.wanted.get(order)
      if (wanted?.issuedBy === undefined) continue
      // A keeper that does not know the time counts a life from its start.
      const due = Math.max(wanted.issuedBy, calmSince) + wanted.lifeMs + endedWithinMs + slackMs
      if (time.now > due)
        throw new Violation('ORDER-END', `${order} has no end ${time.now - due} ms after it should have one`)
    }
  }

  /** Orders without an end in the longest log of the site. */
  #open(plan: SitePlan): readonly OrderStory[] {
    const [log] = this.#logs(plan).toSorted((a, b) => b.n - a.n)
    return log ? [...log.orders.stories].filter(({ ended }) => !ended) : []
  }

  /** The table of the kernel, against the log as the witness reads it. */
  #checkViews(plan: SitePlan): void {
    const [id] = wholeOf(plan).filter((each) => !this.#world.box(each).isDestroyed)
    if (id === undefined) return
    const { card } = this.#world.box(id)
    const log = this.#world.witness.read(card).site(plan.site)
    for (const story of log?.orders.stories ?? []) {
      const sql = 'SELECT outcome, by, accepted, learned, open FROM kernel_orders WHERE "order" = ?'
      const row = card.views(plan.site).prepare(sql).get(story.order)
      const shown = [row?.['outcome'], row?.['by'], row?.['learned']].map(plain).join(' ')
      const told = [story.ended?.outcome, story.ended?.by, story.learned].map((each) => each ?? '-').join(' ')
      if (shown !== told || row?.['accepted'] !== story.accepted || (row['open'] === 1) !== !story.ended)
        throw new Violation('ORDER-VIEW', `${story.order} is shown as ${shown}, and the log says ${told}`)
    }
  }

  /** Its box lost its card after it had begun, or two machines had one: it could not know. */
  #hasForgotten(efforts: readonly Effort[]): boolean {
    if (this.#world.faults.get('card cloned') > 0) return true
    return efforts.some(({ box, at }) => (this.#losses.get(box) ?? []).some((lost) => lost >= at))
  }

  #logs(plan: SitePlan): readonly SiteEvidence[] {
    return wholeOf(plan).flatMap((id) => {
      const box = this.#world.box(id)
      return box.isDestroyed ? [] : (this.#world.witness.read(box.card).site(plan.site) ?? [])
    })
  }
}

const plain = (value: unknown): string => (typeof value === 'string' ? value.slice(1, -1) : '-')

/** In the time of the world; undefined while nobody knows when it was decided. */
const deadlineOf = ({ issuedBy, lifeMs }: Wanted): number | undefined =>
  issuedBy === undefined ? undefined : issuedBy + Math.ceil(lifeMs * 1.0002)

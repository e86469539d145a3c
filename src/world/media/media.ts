import { hash } from 'node:crypto'
import type { Box } from '../../kernel/box/contract.ts'
import { StoreError } from '../../store/truth.ts'
import type { Process } from '../process.ts'
import type { Dice } from '../random.ts'
import type { SitePlan } from '../site-plan.ts'
import type { World } from '../world.ts'
import type { WorldBox } from '../world-box.ts'
import { Attached, type BoxMood } from './attached.ts'
import { BlobWire } from './blob-wire.ts'
import { Inspector } from './inspector.ts'
import { lieNames, type Lie } from './lies.ts'
import { Player, type MediaSet } from './player.ts'
import { cardBytes, worldBlobs } from './setting.ts'

/** So many blobs of a site stay in the box that they come from. */
const kept = 10
const lookEveryMs = 20_000
/** When all is well, so long may it take until every screen plays what it should: a round or two after the longest wait. */
const livenessMs = 300_000

type Show = { readonly plan: SitePlan; readonly originals: { sha256: string; size: number }[]; set: MediaSet }

/** Media and samples in a world: who makes blobs, who needs them, what goes wrong with them, and who looks. */
export class Media {
  readonly inspector: Inspector
  readonly #world: World
  readonly #dice: Dice
  readonly #haste: number
  readonly #wire: BlobWire
  readonly #attached = new Map<string, Attached>()
  readonly #moods = new Map<string, BoxMood>()
  readonly #lies = new Map<string, Lie>()
  readonly #shows: Show[] = []
  readonly #players: Player[] = []

  constructor(world: World, haste: number) {
    this.#world = world
    this.#dice = world.dice.fork('media')
    this.#haste = haste
    this.inspector = new Inspector(world)
    this.#wire = new BlobWire(world.network, (box) => {
      const home = world.box(box)
      return { process: home.process, blobs: this.#attached.get(box)?.blobs, lie: this.#lies.get(box) }
    })
  }

  attach(home: WorldBox, process: Process): Attached {
    const attached = new Attached(home, process, this.#dice.fork(process.name), (line) =>
      this.#world.trace.note(line),
    )
    this.#attached.set(home.id, attached)
    return attached
  }

  /** The box has opened. */
  async opened(home: WorldBox, process: Process, box: Box): Promise<void> {
    const attached = this.#attached.get(home.id)
    await attached?.open(box, {
      wire: this.#wire,
      mood: this.#moodOf(home.id),
      dice: this.#dice.fork(`${process.name} disk`),
      fill: () => this.#fillNearly(home),
    })
    if (!attached?.blobs) return
    for (const player of this.#players)
      if (player.home === home) void this.#guarded(player.live(process, attached.blobs))
  }

  begin(plans: readonly SitePlan[]): void {
    const { world, inspector } = { world: this.#world, inspector: this.inspector }
    for (const plan of plans) {
      const show: Show = { plan, originals: [], set: { version: 0, items: [] } }
      this.#shows.push(show)
      for (const id of plan.members) {
        const wanted = () => show.set
        const player = new Player({ world, home: world.box(id), inspector, site: plan.site, wanted })
        this.#players.push(player)
        const { process } = world.box(id)
        const blobs = this.#attached.get(id)?.blobs
        if (process && blobs) void this.#guarded(player.live(process, blobs))
      }
      this.#again(6 * 60_000, () => void this.#guarded(this.#make(show)))
      this.#again(12 * 60_000, () => this.#publish(show))
    }
    this.#again(15 * 60_000, () => this.#strike())
    this.#patrol()
  }

  /** Nothing goes wrong any more: every screen must come to play what it should. */
  async comeToRest(): Promise<void> {
    const world = this.#world
    this.#lies.clear()
    for (const id of this.#moods.keys()) {
      Object.assign(this.#moodOf(id), { killIn: 0, fillIn: 0 })
      this.#fill(world.box(id), 0)
    }
    for (const attached of this.#attached.values()) attached.blobs?.pause(null)
    const behind = () => this.#players.filter((player) => this.#canPlay(player) && !player.isCurrent)
    if (!(await world.until(() => behind().length === 0, livenessMs, 2_000)))
      world.broken('UNPLAYED', `${behind()[0]?.home.id} does not get what the box above it has`)
    this.inspector.look()
  }

  /** Where the set is on the box itself or on the one above it, nothing can hinder it. */
  #canPlay(player: Player): boolean {
    const { home } = player
    if (home.isDestroyed || !home.box) return false
    const show = this.#shows.find(({ plan }) => player.isAt(plan.site, home.id))
    const above = show?.plan.above.get(home.id)
    if (!show || show.set.version === 0) return false
    const cards = [home, ...(above ? [this.#world.box(above)] : [])].map(({ card }) => card)
    return show.set.items.every(({ sha256 }) => cards.some((card) => card.blobs.whole.has(sha256)))
  }

  /** Somebody brings a new clip to the box that stands above all others of the site. */
  async #make(show: Show): Promise<void> {
    const top = this.#world.box(show.plan.hub ?? show.plan.keeper)
    const blobs = this.#attached.get(top.id)?.blobs
    if (!blobs) return
    const chunks = this.#dice.weighted({ 1: 2, 3: 2, 9: 3, 24: 3, 90: 2 })
    const size = Number(chunks) * worldBlobs.chunkBytes - this.#dice.int(0, worldBlobs.chunkBytes - 1)
    const bytes = this.#dice.bytes(size)
    const added = await blobs.add(size, [bytes.subarray(0, 100), bytes.subarray(100)]).catch(unlessDisk)
    if (added?.is !== 'present') return
    const { sha256 } = added.ref
    if (sha256 !== hash('sha256', bytes, 'base64url'))
      return this.#world.broken('BLOB', `box ${top.id} calls a clip ${sha256}`)
    const originals = [...show.originals, added.ref].slice(-kept)
    const names = originals.map((each) => each.sha256)
    const holder = `originals of ${show.plan.site}`
    this.inspector.asks(top.card, holder, names)
    const { card } = top
    await blobs.hold(holder, names).then(() => {
      this.inspector.granted(card, holder, names)
      show.originals.splice(0, kept, ...originals)
    }, unlessDisk)
  }

  #publish(show: Show): void {
    if (show.originals.length === 0) return
    const count = this.#dice.int(1, 4)
    const items = Array.from({ length: count }, () => this.#dice.pick(show.originals))
    const unique = [...new Map(items.map((item) => [item.sha256, item])).values()]
    show.set = { version: show.set.version + 1, items: unique }
    this.#world.trace.note(`${show.plan.site} plays ${unique.map(({ sha256 }) => sha256).join(' ')}`)
  }

  #strike(): void {
    const running = this.#world.running()
    if (running.length === 0) return
    const kind = this.#dice.weighted({ lie: 5, 'card fills up': 3, 'kill in a download': 4, pause: 1 })
    // Only who has somebody below is asked for anything.
    const givers = running.filter(({ id }) =>
      this.#shows.some(({ plan }) => [...plan.above.values()].includes(id)),
    )
    const home = this.#dice.pick(kind === 'lie' && givers.length > 0 ? givers : running)
    const { id } = home
    const ms = this.#dice.int(30_000, 5 * 60_000)
    this.#world.trace.note(`media fault ${kind}: ${id}`)
    this.#world.faults.add(`media: ${kind}`)
    switch (kind) {
      case 'lie':
        this.#lies.set(id, this.#dice.pick(lieNames))
        this.#world.time.after(ms, () => this.#lies.delete(id))
        return
      case 'card fills up':
        if (this.#dice.chance(0.5)) this.#moodOf(id).fillIn = this.#dice.int(1, 40)
        else this.#fillNearly(home)
        return
      case 'kill in a download':
        this.#moodOf(id).killIn = this.#dice.int(1, 60)
        return
      case 'pause':
        this.#attached.get(id)?.blobs?.pause('event lock')
        this.#world.time.after(ms, () => this.#attached.get(id)?.blobs?.pause(null))
    }
  }

  /** About as much as the reserve is left, for some minutes. */
  #fillNearly(home: WorldBox): void {
    const left = this.#dice.int(0, 1.5 * worldBlobs.reserve(cardBytes))
    this.#fill(home, Math.max(0, cardBytes - home.card.blobs.used - left))
    this.#world.time.after(this.#dice.int(30_000, 5 * 60_000), () => this.#fill(home, 0))
  }

  #fill(home: WorldBox, others: number): void {
    this.#moodOf(home.id).others = others
    this.inspector.others(home.card, others)
  }

  #moodOf(id: string): BoxMood {
    const mood = this.#moods.get(id) ?? { others: 0, killIn: 0, fillIn: 0 }
    this.#moods.set(id, mood)
    return mood
  }

  #patrol(): void {
    this.#world.time.after(lookEveryMs, () => {
      this.inspector.look()
      if (this.#world.busy) this.#patrol()
    })
  }

  #again(meanMs: number, work: () => void): void {
    this.#world.time.after(this.#dice.wait(meanMs / this.#haste), () => {
      if (!this.#world.busy) return
      work()
      this.#again(meanMs, work)
    })
  }

  async #guarded(work: Promise<unknown>): Promise<void> {
    await work.catch((error: unknown) => this.#world.fail(error))
  }
}

function unlessDisk(error: unknown): undefined {
  if (!(error instanceof StoreError)) throw error
}

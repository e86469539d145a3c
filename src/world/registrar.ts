import { zstdDecompressSync } from 'node:zlib'
import type { Card } from './card.ts'
import { takeImage } from './image.ts'
import type { Dice } from './random.ts'
import type { SiteEvidence } from './site-evidence.ts'
import { nameId } from './testimony.ts'
import { Violation } from './violation.ts'
import { type SitePlan, wholeOf } from './site-plan.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

type Named = { readonly id: string; readonly name: string }

/** The person who writes down who carries which token, and has some of it erased later. */
export class Registrar {
  readonly #world: World
  readonly #home: WorldBox
  readonly #site: string
  readonly #dice: Dice
  readonly #named: Named[] = []
  #names = 0
  #asks = 0

  constructor(world: World, home: WorldBox, site: string) {
    this.#world = world
    this.#home = home
    this.#site = site
    this.#dice = world.dice.fork(`registrar ${site} ${home.name}`)
  }

  /** Lives until the world is quiet. */
  live(meanMs: number): void {
    this.#world.time.after(this.#dice.wait(meanMs), () => {
      if (!this.#world.busy) return
      if (this.#dice.chance(0.6)) this.#write()
      else void this.#erase()
      this.live(meanMs)
    })
  }

  /** All is quiet. What an erasure could not do at once, the next start does: so everybody starts again. */
  async comeToRest(world: World): Promise<void> {
    const plan = world.sites.get(this.#site)
    if (!plan) return
    const boxes = plan.members.map((id) => world.box(id)).filter((box) => !box.isDestroyed)
    await world.run(10_000)
    if (world.faults.get('disk error') + world.faults.get('disk full') === 0) this.#check(world, plan, boxes)
    for (const box of boxes) box.kill('unplugged')
    await world.until(() => boxes.every(({ box }) => box), 60_000)
    await world.run(30_000)
    this.#check(world, plan, boxes)
  }

  #check(world: World, plan: SitePlan, boxes: readonly WorldBox[]): void {
    const first = boxes.find(({ id }) => !plan.small.has(id))
    const cards = boxes.map(({ card }) => card)
    world.check(() => {
      const log = first && world.witness.read(first.card).site(this.#site)
      if (log) checkErased(this.#named, log, cards)
    })
  }

  #write(): void {
    const { box, process, id } = this.#home
    if (!box || !process) return
    // The same home may write down persons for several sites.
    const where = this.#world.sites.size > 1 ? `${this.#site}-${id}` : id
    const tag = `t-${where}-${(this.#names += 1)}`
    const name = `Unverwechselbar ${tag}`
    box.record(this.#site, [{ kind: this.#kind(), body: { tag, name } }]).then(
      ({ stream, from }) => {
        if (process.alive) this.#named.push({ id: nameId(stream, from), name })
      },
      () => {},
    )
  }

  /** A box whose program is newer has words for it that its keeper does not know. */
  #kind(): string {
    if (!this.#world.isNewer(this.#home.id)) return 'fair.named'
    return this.#dice.pick(['fair.named', 'newer.greeted', 'newer.waved'])
  }

  /** The list of names is read where the log is. */
  #card(): Card {
    const plan = this.#world.sites.get(this.#site)
    const whole = plan ? wholeOf(plan).map((id) => this.#world.box(id)) : []
    const place = whole.includes(this.#home) ? this.#home : whole.find(({ isDestroyed }) => !isDestroyed)
    return (place ?? this.#home).card
  }

  async #erase(): Promise<void> {
    const { box, id } = this.#home
    const known = this.#named
    const named = known.length > 0 ? this.#dice.pick(known) : undefined
    if (!box) return
    const n = named && this.#world.witness.read(this.#card()).site(this.#site)?.place(named.id)
    if (n === undefined) return
    const key = `erase-${id}-${(this.#asks += 1)}`
    const ask = { action: 'facts.erase', key, who: 'owner', input: { places: [{ n, i: 0 }] } }
    const answer = await box.act(this.#site, ask)
    this.#world.trace.note(`erasing ${named?.name} at ${n}: ${answer.is}`)
  }
}

/** A name that the log erases is on no card: not in a log, a journal, a salvage, a view or a base (LOG-16). */
function checkErased(named: readonly Named[], log: SiteEvidence, cards: readonly Card[]): void {
  const erased = new Set(log.erased.filter(({ i }) => i === 0).map(({ n }) => n))
  const texts = cards.map((card) => ({ card, text: everythingOn(card) }))
  for (const { id, name } of named) {
    const n = log.place(id)
    if (n === undefined || !erased.has(n)) continue
    const still = texts.find(({ text }) => text.includes(`${name}"`) || text.includes(`${name}\\`))
    if (still)
      throw new Violation(
        'ERASED',
        `${name}, erased at entry ${n}, can still be read on card ${still.card.name}`,
      )
  }
}

/** All that can be read on a card: its truth, its views, its bases. */
export function everythingOn(card: Card): string {
  const databases = [card.truth, ...card.sites.map((site) => card.views(site))]
  const rows = databases.flatMap((database) =>
    [...takeImage(database).tables].map(([name, table]) => `${name} ${JSON.stringify(table)}`),
  )
  const bases = card.sites.flatMap((site) => [...card.bases(site).values()])
  return [...rows, ...bases.map((base) => JSON.stringify(zstdDecompressSync(base).toString()))].join('\n')
}

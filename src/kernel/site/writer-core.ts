import type { Database } from '../../store/database.ts'
import type { LogRow } from '../../store/truth.ts'
import type { Instant } from '../instant.ts'
import type { Random } from '../machine.ts'
import type { Known } from '../pack/kinds.ts'
import { hashViews } from '../views/hash.ts'
import { loadBase, saveBase } from '../views/base.ts'
import type { Touched } from '../views/touched.ts'
import { nothingToWake } from '../timers/rules.ts'
import { sequence } from './sequencer.ts'
import { SiteViews } from './views.ts'
import type { Erased, Followed, Item, Member, OpenOrderRow, Opened, SiteState, Stepped } from './writer.ts'

/** Where views live: one database a site, and the bases beside them. All of it may be lost. */
export type ViewsHome = {
  /** Opens a site's database, new where there is none. */
  readonly open: (site: string) => Database
  /** Forgets a site's database, so that the next open is new. */
  readonly drop: (site: string) => void
  readonly bases: Bases
}

/** Copies of whole views at a base, by site and entry. */
export type Bases = {
  readonly save: (site: string, n: number, copy: Uint8Array) => void
  readonly list: (site: string) => readonly number[]
  readonly load: (site: string, n: number) => Uint8Array | undefined
  /** Forgets the bases before entry n. */
  readonly drop: (site: string, before: number) => void
}

/** The work behind the Writer port, in whatever thread it runs. Synchronous and deterministic. */
export class WriterCore {
  readonly #known: Known
  readonly #home: ViewsHome
  readonly #random: Random
  readonly #sites = new Map<string, SiteViews>()

  constructor(known: Known, home: ViewsHome, random: Random) {
    this.#known = known
    this.#home = home
    this.#random = random
  }

  open(site: string): Opened {
    const views = this.#sites.get(site) ?? new SiteViews(this.#home.open(site), this.#known)
    this.#sites.set(site, views)
    return { cursor: views.cursor, rules: this.#known.rules }
  }

  reset(site: string, n: number): Opened {
    this.#sites.get(site)?.close()
    this.#sites.delete(site)
    this.#home.drop(site)
    const opened = this.open(site)
    const newest = this.#home.bases.list(site).filter((base) => base <= n)
    for (const base of newest.toSorted((a, b) => b - a)) {
      const copy = this.#home.bases.load(site, base)
      if (copy && loadBase(this.#views(site), copy)) return { ...opened, cursor: this.#views(site).cursor }
    }
    return opened
  }

  step(site: string, items: readonly Item[], at: Instant): Stepped {
    const views = this.#views(site)
    if (items.some((item) => item.do === 'base')) {
      // Who has the bodies would find other rows than a base of these views says.
      if (views.sawHollow) return { rows: [], outcomes: [], wake: nothingToWake }
      this.#home.bases.save(site, views.cursor.n, saveBase(views))
    }
    const step = sequence(views, items, { at, random: this.#random, site })
    return { ...step, wake: views.timers.wake(views.keeperBoot) }
  }

  settle(site: string, how: 'commit' | 'rollback'): Touched {
    const views = this.#views(site)
    views[how]()
    // What an earlier commit touched, and could not tell, is told with the next.
    return how === 'commit' ? views.takeTouched() : { n: views.cursor.n, tables: {} }
  }

  follow(site: string, rows: readonly LogRow[]): Followed {
    const views = this.#views(site)
    const parted: number[] = []
    try {
      let rest = rows.filter(({ n }) => n > views.cursor.n)
      while (rest.length > 0) {
        // A base says what the views are before it, so it is met alone.
        if (isBase(rest[0]) && this.#meetsBase(site, rest[0])) parted.push(rest[0].n)
        const next = rest.findIndex((row, index) => index > 0 && isBase(row))
        const chunk = next < 0 ? rest : rest.slice(0, next)
        views.applyAll(chunk)
        rest = rest.slice(chunk.length)
      }
      views.commit()
    } catch (error) {
      views.rollback()
      throw error
    }
    return { cursor: views.cursor, parted, touched: views.takeTouched() }
  }

  position(site: string, streams: readonly string[]): readonly number[] {
    return streams.map((stream) => this.#views(site).position(stream))
  }

  state(site: string): SiteState {
    const { kernel, hollow } = this.#views(site)
    return {
      hollow,
      boxes: kernel.boxes.all().map(asMember),
      left: kernel.left.all().map(asMember),
      base: kernel.bases.all().at(-1)?.n ?? 0,
      handover: kernel.handovers.all().at(-1) ?? null,
      unknownKinds: kernel.unknownKinds.all().map(({ kind }) => kind),
      orphans: kernel.orphans.count('bySettled', null),
      quarantine: kernel.quarantine.count('byKind'),
      clones: kernel.clones.all().length,
      openOrders: kernel.orders.count('byOpen', true),
      hasAccounts: kernel.accounts.all().length > 0,
    }
  }

  openOrders(site: string, box: string | null): readonly OpenOrderRow[] {
    const { orders, orderTexts } = this.#views(site).kernel
    if (box === null) return orders.list('byOpen', true).map((row) => ({ ...row, params: null }))
    const params = (order: string) => orderTexts.get(order)?.params ?? null
    return orders.list('byBox', box, true).map((row) => ({ ...row, params: params(row.order) }))
  }

  query(site: string, packName: string, table: string): readonly Readonly<Record<string, unknown>>[] {
    const pack = this.#known.packs.find(({ name }) => name === packName)
    if (!pack?.tables[table]) throw new Error(`no table ${packName}.${table}`)
    return this.#views(site).settled(() => this.#views(site).rows(pack)[table]?.all() ?? [])
  }

  erased(site: string, from: number): readonly Erased[] {
    return this.#views(site)
      .kernel.erased.list('byEntry')
      .filter(({ by }) => by >= from)
  }

  /** Bases older than an erasure still show the person, and so does what SQLite keeps beside the views: they go. */
  dropBases(site: string, before: number): void {
    this.#home.bases.drop(site, before)
    this.#views(site).scrub()
  }

  hash(site: string): string {
    return this.#views(site).settled((database) => hashViews(database, this.#known))
  }

  close(): void {
    for (const views of this.#sites.values()) views.close()
    this.#sites.clear()
  }

  /** Keeps a copy of the views before a base, and tells whether they differ from what it says. */
  #meetsBase(site: string, row: LogRow): boolean {
    const views = this.#views(site)
    const { rules, views: expected } = JSON.parse(row.bodies) as { rules: string; views: string }
    if (rules !== this.#known.rules || views.sawHollow) return false
    views.commit()
    const hash = views.settled((database) => hashViews(database, this.#known))
    if (hash === expected) this.#home.bases.save(site, row.n - 1, saveBase(views))
    return hash !== expected
  }

  #views(site: string): SiteViews {
    const views = this.#sites.get(site)
    if (!views) throw new Error(`the views of ${site} are not open`)
    return views
  }
}

const asMember = ({ box, publicKey, small }: Member): Member => ({ box, publicKey, small })

function isBase(row: LogRow | undefined): row is LogRow {
  return row !== undefined && row.head.startsWith('["k"') && row.head.includes('"base.laid"')
}

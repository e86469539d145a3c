import type { Blobs } from '../../kernel/blobs/blobs.ts'
import type { BlobRef } from '../../kernel/blobs/blob.ts'
import { StoreError } from '../../store/truth.ts'
import type { Process } from '../process.ts'
import type { World } from '../world.ts'
import type { WorldBox } from '../world-box.ts'
import type { Inspector } from './inspector.ts'

/** What a site plays from now on. */
export type MediaSet = { readonly version: number; readonly items: readonly BlobRef[] }

const lookEveryMs = 5_000
const againMs = 60_000

/** A screen at a box: it needs the set that it plays and the one that comes next, and switches when that is complete. */
export class Player {
  readonly #world: World
  readonly #home: WorldBox
  readonly #inspector: Inspector
  readonly #name: string
  readonly #site: string
  readonly #wanted: () => MediaSet
  /** By card: which version it plays. */
  readonly #plays = new Map<string, number>()

  constructor(parts: {
    readonly world: World
    readonly home: WorldBox
    readonly inspector: Inspector
    readonly site: string
    readonly wanted: () => MediaSet
  }) {
    this.#world = parts.world
    this.#home = parts.home
    this.#inspector = parts.inspector
    this.#site = parts.site
    this.#name = `player of ${parts.site}`
    this.#wanted = parts.wanted
  }

  get home(): WorldBox {
    return this.#home
  }

  isAt(site: string, box: string): boolean {
    return site === this.#site && box === this.#home.id
  }

  /** It plays what it should. */
  get isCurrent(): boolean {
    return this.#plays.get(this.#home.card.name) === this.#wanted().version
  }

  /** For one process of its box. */
  async live(process: Process, blobs: Blobs): Promise<void> {
    while (process.alive) {
      if (!this.isCurrent) {
        const set = this.#wanted()
        const isDone = await this.#follow(process, blobs, set).catch(unlessDisk)
        if (process.alive)
          this.#world.trace.note(`${this.#name} at ${this.#home.id}: ${set.version} ${isDone}`)
        if (!isDone && set.version === this.#wanted().version) await process.wait(againMs)
      }
      await process.wait(lookEveryMs)
    }
  }

  /** Tells whether the whole set is there and played. */
  async #follow(process: Process, blobs: Blobs, set: MediaSet): Promise<boolean> {
    const { card } = this.#home
    const names = set.items.map(({ sha256 }) => sha256)
    await this.#hold(blobs, 'next', names)
    const wants = set.items.map((ref) => {
      const want = blobs.want(ref)
      const unwatch = this.#inspector.watch(this.#home.id, want.state)
      process.onEnd(unwatch)
      void want.ended.then((end) => {
        unwatch()
        if (process.alive) this.#inspector.ended(card, ref.sha256, end)
      })
      return want
    })
    const all = Promise.all(wants.map(({ ended }) => ended))
    let ends: Awaited<typeof all> | undefined
    void all.then((found) => (ends = found))
    while (!ends) {
      await process.wait(1_000)
      if (this.#wanted() === set) continue
      for (const { cancel } of wants) cancel()
      return false
    }
    if (!ends.every(({ is }) => is === 'present')) return false
    await this.#hold(blobs, 'current', names)
    await this.#hold(blobs, 'next', [])
    this.#plays.set(card.name, set.version)
    return true
  }

  async #hold(blobs: Blobs, what: string, names: readonly string[]): Promise<void> {
    const holder = `${this.#name}.${what}`
    const { card } = this.#home
    this.#inspector.asks(card, holder, names)
    await blobs.hold(holder, names)
    this.#inspector.granted(card, holder, names)
  }
}

function unlessDisk(error: unknown): false {
  if (error instanceof StoreError) return false
  throw error
}

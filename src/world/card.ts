import { BlobDisk } from '../store/blob-memory.ts'
import type { Database } from '../store/database.ts'
import { openSqlite } from '../store/sqlite.ts'
import { openTruthFile } from '../store/truth-tables.ts'
import { isAtRest, putImage, takeImage, type Image } from './image.ts'

/** What was on a card at one moment. */
export type CardImage = { readonly truth: Image; readonly views: ReadonlyMap<string, Image> }

/**
 * The SD card of a box: truth, and views that may lag behind or be gone. Files live as long as the
 * card; what a process had not committed goes when the process does.
 */
export class Card {
  readonly name: string
  readonly truth: Database
  /** Copies of a card are made without them: what needs them asks for them again. */
  readonly blobs = new BlobDisk()
  #samples: Database | undefined
  readonly #views = new Map<string, Database>()
  readonly #bases = new Map<string, Map<number, Uint8Array>>()

  constructor(name: string, image?: CardImage) {
    this.name = name
    if (!image) {
      this.truth = openTruthFile(':memory:')
      return
    }
    this.truth = openSqlite(':memory:', { durable: true })
    putImage(this.truth, image.truth)
    for (const [site, views] of image.views) putImage(this.views(site), views)
  }

  get sites(): readonly string[] {
    return [...this.#views.keys()].toSorted()
  }

  /** Log lines and metrics, new where there are none. */
  get samples(): Database {
    this.#samples ??= openSqlite(':memory:', { durable: false })
    return this.#samples
  }

  /** A site's views, new where there are none. */
  views(site: string): Database {
    const known = this.#views.get(site)
    if (known) return known
    const made = openSqlite(':memory:', { durable: false })
    this.#views.set(site, made)
    return made
  }

  dropViews(site: string): void {
    this.#views.get(site)?.close()
    this.#views.delete(site)
  }

  /** The views are what they once were: a power cut has undone the newest commits. */
  putViews(site: string, image: Image): void {
    this.dropViews(site)
    putImage(this.views(site), image)
  }

  bases(site: string): Map<number, Uint8Array> {
    const bases = this.#bases.get(site) ?? new Map<number, Uint8Array>()
    this.#bases.set(site, bases)
    return bases
  }

  /** The process that used the card is gone: what it had begun is undone. */
  release(): void {
    for (const database of [this.truth, ...this.#views.values()]) rollBack(database)
  }

  /** What is committed. Views that are being written into are left out: they can be made again. */
  image(): CardImage {
    const atRest = [...this.#views].filter(([, database]) => isAtRest(database))
    const views = atRest.map(([site, database]) => [site, takeImage(database)] as const)
    return { truth: takeImage(this.truth), views: new Map(views) }
  }

  /** The card stops being. */
  destroy(): void {
    for (const database of [this.truth, ...this.#views.values()]) database.close()
    this.#views.clear()
    this.#samples?.close()
  }
}

function rollBack(database: Database): void {
  try {
    database.exec('ROLLBACK')
  } catch {
    // Nothing had been begun.
  }
}

import type { Database } from './database.ts'
import { numberIn, textIn } from './rows.ts'
import type { StreamName } from './truth.ts'

export type SiteHead = { readonly id: number; readonly n: number; readonly chain: string }
export type StreamHead = { readonly id: number; readonly first: number; readonly last: number }

/**
 * Where every log and journal ends, in memory. A layer on top holds what a group has changed; it is
 * written and poured into the layer below once, when the group commits, or dropped when it fails.
 */
export class Heads {
  readonly #under: Heads | undefined
  readonly #sites = new Map<string, SiteHead>()
  readonly #streams = new Map<string, StreamHead>()

  constructor(under?: Heads) {
    this.#under = under
  }

  static load(db: Database): Heads {
    const heads = new Heads()
    for (const row of db.prepare('SELECT id, site, n, chain FROM sites').iterate()) {
      heads.setSite(textIn(row, 'site'), {
        id: numberIn(row, 'id'),
        n: numberIn(row, 'n'),
        chain: textIn(row, 'chain'),
      })
    }
    for (const row of db.prepare('SELECT id, site, box, stream, first, last FROM streams').iterate()) {
      const name = { site: textIn(row, 'site'), box: textIn(row, 'box'), stream: textIn(row, 'stream') }
      heads.setStream(name, {
        id: numberIn(row, 'id'),
        first: numberIn(row, 'first'),
        last: numberIn(row, 'last'),
      })
    }
    return heads
  }

  site(site: string): SiteHead | undefined {
    return this.#sites.get(site) ?? this.#under?.site(site)
  }

  setSite(site: string, head: SiteHead): void {
    this.#sites.set(site, head)
  }

  stream(name: StreamName): StreamHead | undefined {
    return this.#find(key(name))
  }

  setStream(name: StreamName, head: StreamHead): void {
    this.#streams.set(key(name), head)
  }

  /** Writes this layer's changes to the tables: once a group, not once a row. */
  save(db: Database): void {
    const site = db.prepare('UPDATE sites SET n = ?, chain = ? WHERE id = ?')
    for (const head of this.#sites.values()) site.run(head.n, head.chain, head.id)
    const stream = db.prepare('UPDATE streams SET first = ?, last = ? WHERE id = ?')
    for (const head of this.#streams.values()) stream.run(head.first, head.last, head.id)
  }

  /** Hands this layer's changes to the layer below. */
  pour(): void {
    const under = this.#under
    if (under === undefined) return
    for (const [site, head] of this.#sites) under.#sites.set(site, head)
    for (const [stream, head] of this.#streams) under.#streams.set(stream, head)
  }

  #find(stream: string): StreamHead | undefined {
    const own = this.#streams.get(stream)
    if (own !== undefined || this.#under === undefined) return own
    return this.#under.#find(stream)
  }
}

function key(name: StreamName): string {
  return JSON.stringify([name.site, name.box, name.stream])
}

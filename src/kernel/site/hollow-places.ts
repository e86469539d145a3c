import type { Database } from '../../store/database.ts'
import type { Place } from '../pack/pack.ts'

export const hollowTable =
  'CREATE TABLE IF NOT EXISTS regie_hollow (n INTEGER NOT NULL, i INTEGER NOT NULL, PRIMARY KEY (n, i)) STRICT, WITHOUT ROWID'

/**
 * The facts that these views met without their bodies, before the entry that erases them. It stands
 * beside the cursor and not in a table of the kernel: other views of the same log have met the bodies.
 */
export class HollowPlaces {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  get any(): boolean {
    return this.#database.prepare('SELECT 1 FROM regie_hollow LIMIT 1').get() !== undefined
  }

  /** The first of them. */
  list(most: number): readonly Place[] {
    const rows = this.#database.prepare('SELECT n, i FROM regie_hollow ORDER BY n, i LIMIT ?').all(most)
    return rows.map(({ n, i }) => ({ n: Number(n), i: Number(i) }))
  }

  met(n: number, i: number): void {
    this.#database.prepare('INSERT OR IGNORE INTO regie_hollow (n, i) VALUES (?, ?)').run(n, i)
  }

  erased(places: readonly Place[]): void {
    const remove = this.#database.prepare('DELETE FROM regie_hollow WHERE n = ? AND i = ?')
    for (const { n, i } of places) remove.run(n, i)
  }
}

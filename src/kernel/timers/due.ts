import type { Database } from '../../store/database.ts'
import type { Instant } from '../instant.ts'
import type { Wake } from './rules.ts'

/** A timer by its place: only the one that was set there may ring. */
export type DueTimer = {
  readonly pack: string
  readonly name: string
  readonly n: number
  readonly i: number
}

const table = 'kernel_timers'
const columns = 'pack, name, n, i'

/** Reads the timers of a site in the order in which they are over, by their indexes. */
export class DueTimers {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Those that may be over now, the first ones. */
  over([mono, offset, quality]: Instant, boot: string, most: number): readonly DueTimer[] {
    const inBoot = `SELECT ${columns} FROM ${table} WHERE boot = ? AND mono <= ?`
    const known = quality > 0 && offset !== null
    const own = this.#read(`${inBoot} ${known ? 'AND after IS NOT NULL' : ''} ORDER BY mono, n, i LIMIT ?`, [
      boot,
      mono,
      most,
    ])
    if (!known || own.length >= most) return own
    const byTime = `SELECT ${columns} FROM ${table} WHERE due <= ? AND (after IS NULL OR boot <> ?)
      ORDER BY due, n, i LIMIT ?`
    return [...own, ...this.#read(byTime, [mono + offset, boot, most - own.length])]
  }

  /** What a keeper of this boot has to wait for. */
  wake(boot: string): Wake {
    const first = (what: string, where: string, ...by: readonly string[]) => {
      const row = this.#database
        .prepare(`SELECT min(${what}) AS first FROM ${table} WHERE ${where}`)
        .get(...by)
      return (row?.['first'] ?? null) as number | null
    }
    return {
      due: first('due', 'after IS NULL OR boot <> ?', boot),
      after: first('mono', 'boot = ? AND after IS NOT NULL', boot),
      blind: first('mono', 'boot = ? AND after IS NULL', boot),
    }
  }

  #read(sql: string, by: readonly (string | number)[]): readonly DueTimer[] {
    return this.#database
      .prepare(sql)
      .all(...by)
      .map((row) => ({
        pack: String(row['pack']),
        name: String(row['name']),
        n: Number(row['n']),
        i: Number(row['i']),
      }))
  }
}

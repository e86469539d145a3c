import type { Database, Value } from './database.ts'
import type { Format } from './formats.ts'
import { takeFormat } from './formats.ts'
import type {
  Ring,
  Rings,
  RingSize,
  Sample,
  SamplePage,
  SampleQuery,
  SampleValue,
  StoredSample,
} from './ring.ts'
import { mostRows, mostSampleBytes } from './ring.ts'

const format: Format = {
  tables: `CREATE TABLE regie_rings
    (name TEXT PRIMARY KEY, sql TEXT NOT NULL, last INTEGER NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT`,
  steps: [],
}

/** What a row costs beside its texts, about. */
const rowBytes = 40
/** Rows that are looked at together when the oldest go. */
const step = 200

type State = { last: number; rows: number; bytes: number }

/** Ring tables in one database. Synchronous: it runs in a thread of its own, or in a world. */
export class SamplesFile {
  readonly #db: Database
  readonly #rings: Rings
  readonly #states = new Map<string, State>()

  constructor(db: Database, path: string, rings: Rings) {
    this.#db = db
    this.#rings = rings
    takeFormat(db, path, format)
    for (const [name, ring] of Object.entries(rings)) this.#states.set(name, this.#prepare(name, ring))
  }

  /** Tells how many were too large. */
  append(name: string, rows: readonly Sample[], now: number | null): number {
    const ring = this.#ring(name)
    const columns = Object.keys(ring.columns)
    const fitting = rows.filter((row) => sizeOf(row) <= mostSampleBytes)
    this.#change(name, (state) => {
      const places = columns.map(() => '?').join(', ')
      const insert = this.#db.prepare(`INSERT INTO "${name}" VALUES (?, ?, ?, ${places})`)
      for (const { at, values } of fitting) {
        const bytes = sizeOf({ at, values })
        state.last += 1
        state.rows += 1
        state.bytes += bytes
        insert.run(state.last, at, bytes, ...columns.map((column): Value => values[column] ?? null))
      }
      this.#trim(name, ring, state, now)
    })
    return rows.length - fitting.length
  }

  read(name: string, { before, limit, where = {} }: SampleQuery): SamplePage {
    const { columns } = this.#ring(name)
    const most = Math.min(mostRows, Math.max(1, Math.floor(limit)))
    const values: Value[] = [before ?? Number.MAX_SAFE_INTEGER]
    const wanted = Object.entries(where).map(([column, value]) => {
      if (!Object.hasOwn(columns, column)) throw new TypeError(`${name} has no column ${column}`)
      const list = Array.isArray(value) ? (value as readonly (string | number)[]) : [value as string | number]
      values.push(...list)
      return `AND "${column}" IN (${list.map(() => '?').join(', ')})`
    })
    const sql = `SELECT * FROM "${name}" WHERE id < ? ${wanted.join(' ')} ORDER BY id DESC LIMIT ${most + 1}`
    const found = this.#db.prepare(sql).all(...values)
    const rows = found.slice(0, most).map((row): StoredSample => {
      const known = Object.keys(columns).map((column) => [column, row[column] as SampleValue] as const)
      const at = row['at'] === null ? null : Number(row['at'])
      return { id: Number(row['id']), at, values: Object.fromEntries(known) }
    })
    return { rows, next: found.length > most ? (rows.at(-1)?.id ?? null) : null }
  }

  sizes(): Readonly<Record<string, RingSize>> {
    return Object.fromEntries([...this.#states].map(([name, { rows, bytes }]) => [name, { rows, bytes }]))
  }

  close(): void {
    this.#db.close()
  }

  #ring(name: string): Ring {
    const ring = this.#rings[name]
    if (!ring) throw new TypeError(`there is no ring ${name}`)
    return ring
  }

  /** A ring that was declared otherwise before begins anew. */
  #prepare(name: string, ring: Ring): State {
    const sql = tableOf(name, ring)
    const kept = this.#db.prepare('SELECT sql, last, rows, bytes FROM regie_rings WHERE name = ?').get(name)
    if (kept?.['sql'] === sql)
      return { last: Number(kept['last']), rows: Number(kept['rows']), bytes: Number(kept['bytes']) }
    const last = Number(kept?.['last'] ?? 0)
    this.#db.exec(`BEGIN IMMEDIATE; DROP TABLE IF EXISTS "${name}"; ${sql}`)
    if (ring.index !== undefined)
      this.#db.exec(`CREATE INDEX "${name}_${ring.index}" ON "${name}" ("${ring.index}", id)`)
    this.#db.prepare('INSERT OR REPLACE INTO regie_rings VALUES (?, ?, ?, 0, 0)').run(name, sql, last)
    this.#db.exec('COMMIT')
    return { last, rows: 0, bytes: 0 }
  }

  #change(name: string, work: (state: State) => void): void {
    const state = { ...(this.#states.get(name) ?? { last: 0, rows: 0, bytes: 0 }) }
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      work(state)
      const update = 'UPDATE regie_rings SET last = ?, rows = ?, bytes = ? WHERE name = ?'
      this.#db.prepare(update).run(state.last, state.rows, state.bytes, name)
      this.#db.exec('COMMIT')
    } catch (error) {
      try {
        this.#db.exec('ROLLBACK')
      } catch {
        // SQLite has rolled back by itself: it does so when the disk is full.
      }
      throw error
    }
    this.#states.set(name, state)
  }

  #trim(name: string, ring: Ring, state: State, now: number | null): void {
    const tooOld = now === null ? Number.NEGATIVE_INFINITY : now - ring.keepMs
    const oldest = this.#db.prepare(`SELECT id, at, bytes FROM "${name}" ORDER BY id LIMIT ${step}`)
    for (;;) {
      const rows = oldest.all()
      // A row without a time is as old as what came after it.
      const aged = rows.findLastIndex(({ at }) => at !== null && Number(at) < tooOld)
      let { rows: count, bytes } = state
      let gone = 0
      for (const row of rows) {
        if (count <= ring.keepRows && bytes <= ring.keepBytes && gone > aged) break
        gone += 1
        count -= 1
        bytes -= Number(row['bytes'])
      }
      if (gone === 0) return
      this.#db.prepare(`DELETE FROM "${name}" WHERE id <= ?`).run(Number(rows[gone - 1]?.['id']))
      state.rows = count
      state.bytes = bytes
    }
  }
}

function sizeOf({ values }: Sample): number {
  let bytes = rowBytes
  for (const value of Object.values(values)) bytes += typeof value === 'string' ? Buffer.byteLength(value) : 8
  return bytes
}

function tableOf(name: string, ring: Ring): string {
  const columns = Object.entries(ring.columns).map(([column, type]) => `, "${column}" ${type.toUpperCase()}`)
  return `CREATE TABLE "${name}" (id INTEGER PRIMARY KEY, at INTEGER, bytes INTEGER NOT NULL${columns.join('')}) STRICT`
}

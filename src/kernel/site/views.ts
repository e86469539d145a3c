import type { Database } from '../../store/database.ts'
import { StoreError } from '../../store/truth.ts'
import { emptyWal } from '../../store/sqlite.ts'
import type { LogRow } from '../../store/truth.ts'
import { factsOf, parseHead, parseLine } from '../entry.ts'
import type { Fact, Head } from '../entry.ts'
import type { Kind, Known } from '../pack/kinds.ts'
import type { Pack, Place, Told } from '../pack/pack.ts'
import { DueTimers } from '../timers/due.ts'
import type { RowsOf, Tables } from '../pack/table.ts'
import { createTable, tableName } from '../views/ddl.ts'
import { openRows } from '../views/rows.ts'
import { mostErased } from './facts.ts'
import { HollowPlaces, hollowTable } from './hollow-places.ts'
import { misfit, waiting } from './quarantine.ts'
import type { Read } from './quarantine.ts'
import { TableTouches } from '../views/touched.ts'
import type { Touched, TouchedTable } from '../views/touched.ts'
import { EntryTimes } from './entry-times.ts'
import type { tables as kernelTables } from './tables.ts'

/** Where the views stand in the log. */
export type Cursor = { readonly n: number; readonly chain: string }

/** What `quarantine.admitted` says. */
type Admitted = { readonly n: number; readonly head: string; readonly body?: unknown }
type Fails = 'or skip' | 'or refuse'
type Stream = { box: string; seq: number; boot: string; fresh: boolean }

/**
 * The views of one site: a database that is a function of the log. Entries go in one by one, in
 * order; each is applied whole or, if that throws, marked and skipped, on every box alike (VIEW-3).
 * Nothing is kept until `commit`; `rollback` returns to the last commit.
 */
export class SiteViews {
  readonly known: Known
  readonly kernel: RowsOf<typeof kernelTables>
  readonly timers: DueTimers
  readonly #database: Database
  readonly #rows = new Map<Pack, RowsOf<Tables>>()
  readonly #streams = new Map<string, Stream>()
  readonly #hollow: HollowPlaces
  readonly #touches = new Map<string, TableTouches>()
  #cursor: Cursor
  #committed: Cursor
  #open = false
  #together = false
  readonly #times: EntryTimes

  /** Opens the views, or makes them anew, empty, where they were made under other rules. */
  constructor(database: Database, known: Known) {
    this.known = known
    this.#database = database
    this.#cursor = this.#committed = prepareTables(database, known)
    this.#hollow = new HollowPlaces(database)
    for (const pack of known.packs) {
      const rows = Object.entries(pack.tables).map(([name, table]) => {
        const full = tableName(pack, name)
        const watched = known.watched.get(full)
        const touches = watched && new TableTouches(table, watched)
        if (touches) this.#touches.set(full, touches)
        return [name, openRows(database, full, table, touches)] as const
      })
      this.#rows.set(pack, Object.fromEntries(rows))
    }
    this.timers = new DueTimers(database)
    this.kernel = this.rows(known.packs[0] as Pack) as unknown as RowsOf<typeof kernelTables>
    this.#times = new EntryTimes({
      known,
      kernel: this.kernel,
      rows: (pack) => this.rows(pack),
      bootOfStream: (stream) => this.#stream(stream)?.boot ?? '',
    })
  }

  get cursor(): Cursor {
    return this.#cursor
  }

  /** Facts without their bodies went in that no entry has erased yet: a base may say otherwise (VIEW-11). */
  get sawHollow(): boolean {
    return this.#hollow.any
  }

  /** The first of them, as many as one action erases. */
  get hollow(): readonly Place[] {
    return this.#hollow.list(mostErased)
  }

  rows(pack: Pack): RowsOf<Tables> {
    return this.#rows.get(pack) as RowsOf<Tables>
  }

  /** What has changed since this was asked for the last time. What was rolled back is told too: it is harmless. */
  takeTouched(): Touched {
    const tables: Record<string, TouchedTable> = {}
    for (const [name, touches] of this.#touches) {
      const touched = touches.take()
      if (touched) tables[name] = touched
    }
    return { n: this.#cursor.n, tables }
  }

  /** How far a stream has come in the log; 0 where it is not known. */
  position(stream: string): number {
    return this.#stream(stream)?.seq ?? 0
  }

  /** Whose stream it is; undefined where it is not known. */
  boxOf(stream: string): string | undefined {
    return this.#stream(stream)?.box
  }

  /** `or refuse`: where an entry cannot be applied, throws and leaves it out. Only a keeper may, before it is in the log. */
  apply(row: LogRow, fails: Fails = 'or skip', read?: Read): void {
    if (row.n !== this.#cursor.n + 1)
      throw new Error(`the views are at ${this.#cursor.n}, not before ${row.n}`)
    this.#begin()
    const head = read?.head ?? parseHead(row.head)
    if (head.form === 'r' || head.form === 'q') {
      const { stream, box, seq } = head.from
      const known = this.#stream(stream)
      this.#streams.set(stream, { box: known?.box ?? box, seq, boot: known?.boot ?? '', fresh: true })
      if (head.kind === 'stream.opened') this.#saveStreams()
    }
    if (head.form === 'q') this.#quarantine(row, head)
    else this.#applyWhole(row, head, fails, read?.facts)
    if (head.form === 'a') {
      const { key, digest, answer } = head.asked
      this.kernel.answers.put({ key, digest, n: row.n, answer })
    }
    this.#cursor = { n: row.n, chain: row.chain }
  }

  /**
   * Applies entries that are in the log already. Together, as long as nothing throws, which nothing
   * should; else one by one, so that what throws is skipped alone. Both ways give the same rows. `reads`: what
   * the rows say, where somebody has read them already.
   */
  applyAll(rows: readonly LogRow[], reads: readonly (Read | undefined)[] = []): void {
    this.#begin()
    this.#saveStreams()
    const before = this.#cursor
    this.#database.exec('SAVEPOINT chunk')
    try {
      this.#together = true
      for (const [at, row] of rows.entries()) this.apply(row, 'or skip', reads[at])
    } catch (error) {
      if (error instanceof StoreError) throw error
      this.#together = false
      this.#database.exec('ROLLBACK TO chunk')
      this.#cursor = before
      this.#forget()
      for (const row of rows) this.apply(row)
    } finally {
      this.#together = false
    }
    this.#database.exec('RELEASE chunk')
  }

  commit(): void {
    if (!this.#open) return
    this.#saveStreams()
    this.#database.prepare('UPDATE regie_cursor SET n = ?, chain = ?').run(this.#cursor.n, this.#cursor.chain)
    this.#database.exec('COMMIT')
    this.#open = false
    this.#committed = this.#cursor
  }

  rollback(): void {
    try {
      if (this.#open) this.#database.exec('ROLLBACK')
    } catch {
      // SQLite has rolled back by itself: it does so when the disk is full.
    }
    this.#open = false
    this.#cursor = this.#committed
    this.#forget()
  }

  /** Fills empty views from elsewhere, and keeps them if `fill` says that they are right. */
  replaceRows(cursor: Cursor, fill: (database: Database) => boolean): boolean {
    this.#begin()
    this.#cursor = cursor
    let filled = false
    try {
      filled = Number.isSafeInteger(cursor.n) && typeof cursor.chain === 'string' && fill(this.#database)
    } catch (error) {
      if (error instanceof StoreError && error.reason === 'full') throw error
    }
    for (const touches of this.#touches.values()) touches.everything()
    if (filled) this.commit()
    else this.rollback()
    return filled
  }

  /** What was erased leaves the log of SQLite beside the file too, unless somebody reads in it just now. */
  scrub(): void {
    if (!this.#open) emptyWal(this.#database)
  }

  close(): void {
    this.rollback()
    this.#database.close()
  }

  /** Runs `read` where pending stream positions are in their table too. */
  settled<T>(read: (database: Database) => T): T {
    if (this.#open) this.#saveStreams()
    return read(this.#database)
  }

  #begin(): void {
    if (this.#open) return
    this.#database.exec('BEGIN IMMEDIATE')
    this.#open = true
  }

  /** A record that its keeper could not judge. */
  #quarantine({ n, bodies }: LogRow, { kind, why, from }: Head & { form: 'q' }): void {
    if (bodies.startsWith('~')) this.#hollow.met(n, 0)
    const { head = null, line = null } = waiting(from, bodies) ?? {}
    this.kernel.quarantine.put({ n, i: 0, kind, why, head, line })
  }

  /** What stands as a fact in the log, and is not used. */
  #setAside(place: Place, kind: string, why: string): void {
    this.kernel.quarantine.put({ ...place, kind, why, head: null, line: null })
  }

  #applyWhole(row: LogRow, head: Head, fails: Fails, facts?: readonly Fact[]): void {
    if (this.#together) return this.#applyFacts(row, head, fails, facts)
    this.#database.exec('SAVEPOINT entry')
    try {
      this.#applyFacts(row, head, fails)
    } catch (error) {
      if (error instanceof StoreError) throw error
      this.#database.exec('ROLLBACK TO entry')
      if (fails === 'or refuse') {
        this.#database.exec('RELEASE entry')
        throw error
      }
      this.#times.forget()
      this.kernel.skipped.put({ n: row.n, why: thrown(error) })
      this.#times.countRung(row.bodies, head)
    }
    this.#database.exec('RELEASE entry')
  }

  #applyFacts({ n, bodies }: LogRow, head: Head, fails: Fails, facts = factsOf(head, bodies)): void {
    facts.forEach((fact, i) => this.#applyFact({ n, i }, head, fact, fails))
  }

  #applyFact({ n, i }: Place, head: Head, fact: Fact, fails: Fails): void {
    const kind = this.known.kinds.get(fact.kind)
    if (!kind) this.kernel.unknownKinds.put({ kind: fact.kind, n })
    if (fact.hollow) return this.#hollow.met(n, i)
    if (!kind) return this.#setAside({ n, i }, fact.kind, 'this version does not know the kind')
    const parsed = kind.fact.body.safeParse(fact.body)
    if (!parsed.success) return this.#setAside({ n, i }, fact.kind, misfit(parsed.error))
    const from = head.form === 'r' ? head.from : undefined
    const who = head.form === 'a' ? head.asked.who : undefined
    if (fact.kind === 'stream.opened' && from) this.#opened(from.stream, parsed.data as { boot: string })
    const times = this.#times.of(kind, { n, i }, head, parsed.data)
    const told = { body: parsed.data, at: head.at, n, i, from, who, ...times }
    if (kind.fact.erasable && !this.#together) this.#applyErasable(kind, fact.kind, told, fails)
    else kind.pack.apply[kind.key]?.(this.rows(kind.pack), told)
    if (fact.kind === 'facts.erased') {
      const { places } = parsed.data as { places: readonly { n: number; i: number }[] }
      for (const pack of this.known.packs) pack.erase?.(this.rows(pack), places)
      this.#hollow.erased(places)
    }
    if (fact.kind === 'quarantine.admitted') this.#admit(n, parsed.data as Admitted, fails)
    this.#times.retime(fact.kind, parsed.data)
  }

  /** The boot of the process that keeps, as its term says. */
  get keeperBoot(): string {
    return this.#times.keeperBoot
  }

  #opened(stream: string, { boot }: { readonly boot: string }): void {
    const known = this.#streams.get(stream)
    if (known) known.boot = boot
  }

  #forget(): void {
    this.#streams.clear()
    this.#times.forget()
  }

  /**
   * A record that its keeper could not judge is applied as its kind, at its own place (LOG-25). Where a
   * person in it has gone, nothing is left to apply, and the rows come out the same once the place is erased.
   */
  #admit(by: number, { n, head: text, body }: Admitted, fails: Fails): void {
    const head = parseHead(text)
    if (head.form !== 'r') throw new TypeError('only a record is admitted')
    if (!this.known.kinds.has(head.kind)) return this.kernel.unknownKinds.put({ kind: head.kind, n: by })
    const row = this.kernel.quarantine.get(n, 0)
    if (!row) return
    this.kernel.quarantine.remove(n, 0)
    this.#saveStreams()
    if (body !== undefined)
      this.#applyFact({ n, i: 0 }, head, { kind: head.kind, body, hollow: false }, fails)
    else if (row.line !== null)
      this.#applyFact({ n, i: 0 }, head, { kind: head.kind, ...parseLine(row.line) }, fails)
  }

  /**
   * A fact that may be hollow one day fails alone, so that its entry comes out the same without it (LOG-16).
   * Before it is in the log, it fails with its entry like any other (LOG-22).
   */
  #applyErasable(kind: Kind, name: string, told: Told<unknown>, fails: Fails): void {
    this.#database.exec('SAVEPOINT fact')
    try {
      kind.pack.apply[kind.key]?.(this.rows(kind.pack), told)
    } catch (error) {
      if (error instanceof StoreError || fails === 'or refuse') throw error
      this.#database.exec('ROLLBACK TO fact')
      this.#setAside({ n: told.n, i: told.i }, name, thrown(error))
    }
    this.#database.exec('RELEASE fact')
  }

  #stream(stream: string): Stream | undefined {
    const cached = this.#streams.get(stream)
    if (cached) return cached
    const row = this.kernel.streams.get(stream)
    if (!row) return undefined
    const found = { box: row.box, seq: row.seq, boot: row.boot, fresh: false }
    this.#streams.set(stream, found)
    return found
  }

  #saveStreams(): void {
    for (const [stream, state] of this.#streams) {
      if (!state.fresh) continue
      const row = this.kernel.streams.get(stream) ?? { stream, before: '', beforeSeq: 0, boot: '' }
      this.kernel.streams.put({ ...row, box: state.box, seq: state.seq })
      state.fresh = false
    }
  }
}

/** What an error is, without what it says: that may be a person's. */
function thrown(error: unknown): string {
  return `apply threw ${error instanceof Error ? error.name : typeof error}`
}

function prepareTables(database: Database, known: Known): Cursor {
  database.exec(
    'CREATE TABLE IF NOT EXISTS regie_cursor (n INTEGER NOT NULL, chain TEXT NOT NULL, rules TEXT NOT NULL) STRICT',
  )
  database.exec(hollowTable)
  const row = database.prepare('SELECT n, chain, rules FROM regie_cursor').get()
  if (row?.['rules'] === known.rules) return { n: row['n'] as number, chain: row['chain'] as string }
  database.exec('BEGIN IMMEDIATE')
  const old = database
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'regie_%' AND name NOT LIKE 'sqlite_%'`,
    )
    .all()
  for (const { name } of old) database.exec(`DROP TABLE "${String(name)}"`)
  for (const pack of known.packs) {
    for (const [name, table] of Object.entries(pack.tables))
      database.exec(createTable(tableName(pack, name), table))
  }
  database.exec('DELETE FROM regie_cursor; DELETE FROM regie_hollow')
  database.prepare(`INSERT INTO regie_cursor VALUES (0, '', ?)`).run(known.rules)
  database.exec('COMMIT')
  return { n: 0, chain: '' }
}

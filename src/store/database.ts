/**
 * The store's second side: views. A site's views are tables in one database file, written in one
 * thread and read by many. The kernel makes the tables, hashes them and rebuilds them; this port
 * is the little that it needs from an SQL engine that runs in its own process.
 *
 * Everything here is synchronous: it is used from a writer thread (or from the simulator, which
 * has one thread for everything).
 */
export interface Database {
  /** Runs statements without parameters. */
  exec(sql: string): void
  /** A prepared statement; asking again for the same text gives the same statement. */
  prepare(sql: string): Statement
  close(): void
}

export interface Statement {
  run(...values: readonly Value[]): void
  get(...values: readonly Value[]): Row | undefined
  all(...values: readonly Value[]): readonly Row[]
  iterate(...values: readonly Value[]): Iterable<Row>
}

/** All that is ever bound or read. Booleans are 0 and 1, instants are integers, documents are text. */
export type Value = string | number | null | Uint8Array
export type Row = Readonly<Record<string, Value>>

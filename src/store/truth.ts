/**
 * The store's first side: truth. One store holds the logs of all sites of a box, and the journals
 * on their way there. It keeps text and numbers; what they mean is the kernel's business.
 *
 * Contract, held by `truth.contract.ts` for every engine:
 * - `commit` is atomic, and resolves only when what it wrote survives a power cut.
 * - Calls made in the meantime share the next fsync. Calls are applied in the order they were made.
 * - A call that fails changes nothing; the calls beside it are not harmed, unless the disk itself
 *   failed: then all calls of that fsync fail together.
 * - Reads see committed truth only.
 */
export interface Truth {
  commit(writes: readonly Write[]): Promise<void>
  /** Entries after `after`, ascending, until `maxBytes` is reached (at least one when there is one). */
  entries(site: string, after: number, maxBytes: number): Promise<readonly LogRow[]>
  /** Records of one journalled stream after `after`, ascending, until `maxBytes` is reached. */
  records(stream: StreamName, after: number, maxBytes: number): Promise<readonly RecordRow[]>
  /** Entries of given-up branches that are not known to be safe in the log yet, by term, then place. */
  salvage(site: string, maxBytes: number): Promise<readonly SalvageRow[]>
  sites(): Promise<readonly SiteRow[]>
  streams(site: string): Promise<readonly StreamRow[]>
  notes(): Promise<ReadonlyMap<string, string>>
  /** Asks of this box that wait for a keeper, or have ended lately, in the order in which they came. */
  waits(site: string): Promise<readonly WaitRow[]>
  health(): StoreHealth
  /** Calls back at every change of state; returns how to stop. */
  onHealth(tell: (health: StoreHealth) => void): () => void
  close(): Promise<void>
}

export type StreamName = { readonly site: string; readonly box: string; readonly stream: string }

/** One fact as text: its head and its body, each one line (see docs/spec/log.md). */
export type RecordRow = { readonly seq: number; readonly head: string; readonly body: string }

/** One entry as text. `bodies` has one line a fact; `chain` is the running hash up to here. */
export type LogRow = {
  readonly n: number
  readonly head: string
  readonly bodies: string
  readonly chain: string
  /** Present where the entry opens a term: the term, as text. */
  readonly term?: string | undefined
}

/** `term` is the term that the entry was given under, as text. */
export type SalvageRow = {
  readonly n: number
  readonly term: string
  readonly head: string
  readonly bodies: string
}

export type SiteRow = {
  readonly site: string
  /** What this box remembers of the site beside its log (its box role, marks…), as text. */
  readonly doc: string
  /** Head of the log; 0 and '' where it is empty. */
  readonly n: number
  readonly chain: string
  readonly terms: readonly TermRow[]
}

export type TermRow = { readonly n: number; readonly term: string; readonly chain: string }

/** `first` is the oldest record still held, `last` the newest ever journalled here; none held: first = last + 1. */
export type StreamRow = StreamName & { readonly first: number; readonly last: number }

/** One ask: who wants what until when, and how it ended, as text. */
export type WaitRow = { readonly key: string; readonly doc: string }

export type Write =
  /** Remembers a site, and a small document about it. */
  | { readonly do: 'site'; readonly site: string; readonly doc: string }
  /**
   * Appends to a stream's journal. Refused (`fence`) unless the first seq is last + 1, or the stream
   * is new here, or holds nothing here and goes on further up.
   */
  | ({ readonly do: 'records'; readonly rows: readonly RecordRow[] } & StreamName)
  /** Appends to a log. Refused (`fence`) unless the head is the first row's n - 1. */
  | { readonly do: 'entries'; readonly site: string; readonly rows: readonly LogRow[] }
  /** Gives up the entries after `keep`: they leave the log for the salvage, each with its term. */
  | { readonly do: 'giveUp'; readonly site: string; readonly keep: number }
  /** The salvaged entries of this term, up to n, are safe in the winning log. */
  | { readonly do: 'settle'; readonly site: string; readonly term: string; readonly upTo: number }
  /** Removes the records of a stream up to a seq. */
  | ({ readonly do: 'trim'; readonly upTo: number } & StreamName)
  /** Makes facts hollow: the entry's lines are replaced; head and chain stay. */
  | { readonly do: 'hollow'; readonly site: string; readonly n: number; readonly bodies: string }
  /** The same for a record in a journal. */
  | ({ readonly do: 'hollowRecord'; readonly seq: number; readonly body: string } & StreamName)
  /** The same for an entry in the salvage. */
  | {
      readonly do: 'hollowSalvage'
      readonly site: string
      readonly term: string
      readonly n: number
      readonly bodies: string
    }
  /** A small named document of the box itself. */
  | { readonly do: 'note'; readonly name: string; readonly value: string }
  /** Remembers an ask that waits, or what has become of it: a later document of its key replaces it. */
  | { readonly do: 'wait'; readonly site: string; readonly key: string; readonly doc: string }
  /** Forgets an ask. */
  | { readonly do: 'unwait'; readonly site: string; readonly key: string }

/**
 * What is true of the disk now. `slow`: a commit has waited over a second. `full` and `failing`:
 * the last commit was refused by the disk; the next commit that succeeds ends it.
 */
export type StoreHealth = {
  readonly state: 'ok' | 'slow' | 'full' | 'failing'
  readonly detail: string
}

/** `fence`: somebody else wrote first. `full`, `io`: the disk refused. `closed`: too late. `newer`: a newer Regie wrote this folder. */
export type StoreReason = 'fence' | 'full' | 'io' | 'closed' | 'newer'

export class StoreError extends Error {
  readonly reason: StoreReason
  constructor(reason: StoreReason, message: string) {
    super(message)
    this.name = 'StoreError'
    this.reason = reason
  }
}

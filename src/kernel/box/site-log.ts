import type { LogRow, SiteRow, Truth } from '../../store/truth.ts'
import { parseHead } from '../entry.ts'
import type { Origin } from '../entry.ts'
import type { Instant } from '../instant.ts'
import type { LiveFeed } from '../live/live.ts'
import type { Machine } from '../machine.ts'
import type { History } from '../site/history.ts'
import { emptyHistory } from '../site/history.ts'
import type { Item, SiteState, Step, Writer } from '../site/writer.ts'
import { parseTerm } from '../term.ts'
import { nothingToWake } from '../timers/rules.ts'
import type { Wake } from '../timers/rules.ts'
import { eraseFromDisk } from './erasure.ts'
import { Lane } from './lane.ts'
import { Tail } from './tail.ts'

const readBytes = 256 * 1024
const emptyState: SiteState = {
  boxes: [],
  left: [],
  handover: null,
  base: 0,
  unknownKinds: [],
  hollow: [],
  orphans: 0,
  quarantine: 0,
  clones: 0,
  openOrders: 0,
  hasAccounts: false,
}

type Parts = {
  readonly truth: Truth
  readonly writer: Writer
  readonly machine: Machine
  readonly live: LiveFeed
}

/**
 * One site's log on this box, on disk and in views, and who is at its head. Whatever changes it
 * runs through `exclusive`, one piece at a time. `changed` is called after each change, `erased`
 * where lost entries on disk were made hollow, and with the records of the log that are.
 */
export class SiteLog {
  readonly site: string
  readonly #parts: Parts
  readonly #changed: (rows: readonly LogRow[]) => void
  readonly #erased: (what: 'salvage' | readonly Origin[]) => void
  readonly #lane = new Lane()
  readonly #tail = new Tail()
  #positions = new Map<string, number>()
  /** The log was cut: its views tell nothing before they are made anew. */
  #viewsParted = false
  #history: History
  #views = 0
  #state: SiteState = emptyState
  #wake: Wake = nothingToWake
  #catching: Promise<void> | undefined

  constructor(
    parts: Parts,
    row: SiteRow,
    changed: (rows: readonly LogRow[]) => void,
    erased: (what: 'salvage' | readonly Origin[]) => void,
  ) {
    this.site = row.site
    this.#parts = parts
    this.#changed = changed
    this.#erased = erased
    this.#history = historyOf(row)
  }

  get history(): History {
    return this.#history
  }

  /** What packs wait for, after the last step of this box. */
  get wake(): Wake {
    return this.#wake
  }

  /** What the views say; as old as `viewLag` entries. */
  get state(): SiteState {
    return this.#state
  }

  get viewLag(): number {
    return this.#history.n - this.#views
  }

  /** Opens the views and brings them up to the log. Views that are ahead of it, or beside it, are made anew. */
  async open(): Promise<void> {
    const { cursor } = await this.#parts.writer.open(this.site)
    this.#views = cursor.n
    if (!(await this.#isOnLog(cursor))) await this.#resetViews()
    await this.catchUp()
    this.#parts.live.opened(this.site)
    await this.#learnState()
    await this.#erase(0)
  }

  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.#lane.run(work)
  }

  /** How far a stream has come in this log. */
  async position(stream: string): Promise<number> {
    if (this.#viewsParted) await this.catchUp()
    const positions = this.#positions
    const known = positions.get(stream)
    if (known !== undefined) return known
    const [position] = await this.#parts.writer.position(this.site, [stream])
    if (positions !== this.#positions) return this.position(stream)
    const seen = Math.max(position ?? 0, positions.get(stream) ?? 0)
    positions.set(stream, seen)
    return seen
  }

  /** Entries after n: from memory where they are recent, from disk where they are not. */
  async entries(after: number, bytes: number): Promise<readonly LogRow[]> {
    return this.#tail.after(after, bytes) ?? (await this.#parts.truth.entries(this.site, after, bytes))
  }

  /** Decides and orders items, and makes what follows durable. Only a keeper calls it, inside `exclusive`. */
  async step(items: readonly Item[], at: Instant): Promise<Step> {
    await this.catchUp()
    const { truth, writer, live } = this.#parts
    const step = await writer.step(this.site, items, at).catch(async (error: unknown) => {
      await writer.settle(this.site, 'rollback')
      throw error
    })
    if (step.rows.length === 0) return step
    try {
      await truth.commit([{ do: 'entries', site: this.site, rows: step.rows }])
    } catch (error) {
      await writer.settle(this.site, 'rollback')
      throw error
    }
    // The log has it now. Views that cannot be written lag behind, and follow when they can.
    const views = await writer.settle(this.site, 'commit').then(
      (touched) => {
        live.touched(this.site, touched)
        return true
      },
      () => writer.settle(this.site, 'rollback').then(() => false),
    )
    if (views) this.#views += step.rows.length
    this.#wake = step.wake
    await this.#took(step.rows)
    return step
  }

  /** Takes entries from another box: on disk first, then into the views. Inside `exclusive`. */
  async append(rows: readonly LogRow[]): Promise<void> {
    await this.#parts.truth.commit([{ do: 'entries', site: this.site, rows }])
    await this.#took(rows)
    if (rows.some(concernsBoxes)) {
      await this.catchUp()
      await this.#learnState()
    } else this.#catchUpSoon()
  }

  /** Gives up all after `keep`; it stays in the salvage until the winner has it. Inside `exclusive`. */
  async giveUp(keep: number): Promise<void> {
    await this.catchUp()
    await this.#parts.truth.commit([{ do: 'giveUp', site: this.site, keep }])
    const row = (await this.#parts.truth.sites()).find(({ site }) => site === this.site)
    this.#history = row ? historyOf(row) : emptyHistory
    this.#tail.clear()
    this.#positions = new Map()
    this.#views = 0
    this.#viewsParted = true
    this.#parts.live.gaveUp(this.site)
    await this.catchUp()
    await this.#learnState()
    this.#changed([])
  }

  /** Brings the views up to the log. */
  async catchUp(): Promise<void> {
    while (this.#viewsParted || this.#views < this.#history.n) {
      this.#catching ??= this.#follow().finally(() => (this.#catching = undefined))
      await this.#catching
    }
  }

  #catchUpSoon(): void {
    this.catchUp().catch((error: unknown) =>
      this.#parts.machine.log('error', `${this.site}: views: ${String(error)}`),
    )
  }

  async #follow(): Promise<void> {
    if (this.#viewsParted) await this.#resetViews()
    let ahead: Promise<readonly LogRow[]> | undefined
    while (this.#views < this.#history.n) {
      let next = await (ahead ?? this.entries(this.#views, readBytes))
      if (next.length === 0) next = await this.entries(this.#views, readBytes)
      const last = next.at(-1)
      if (!last) throw new Error(`entry ${this.#views + 1} is missing from the log`)
      // The next piece is read while this one is applied, in another thread.
      ahead = this.entries(last.n, readBytes)
      ahead.catch(() => {})
      const { cursor, parted, touched } = await this.#parts.writer.follow(this.site, next)
      this.#parts.live.touched(this.site, touched)
      this.#views = Math.max(this.#views, cursor.n)
      for (const n of parted) {
        this.#parts.machine.log(
          'error',
          `${this.site}: the views differ from the base at entry ${n}; run regie verify`,
        )
      }
    }
    if (this.#viewsParted) this.#parts.live.opened(this.site)
    this.#viewsParted = false
  }

  async #took(rows: readonly LogRow[]): Promise<void> {
    const last = rows.at(-1) as LogRow
    const opened = rows.flatMap(({ n, term, chain }) =>
      term === undefined ? [] : [{ n, chain, term: parseTerm(term) }],
    )
    this.#history = { n: last.n, chain: last.chain, terms: [...this.#history.terms, ...opened] }
    this.#tail.add(rows)
    for (const { head } of rows) {
      if (head.startsWith('["k"') || head.startsWith('["a"')) continue
      const parsed = parseHead(head)
      if (parsed.form === 'r' || parsed.form === 'q') this.#positions.set(parsed.from.stream, parsed.from.seq)
    }
    if (rows.some(concernsBoxes) && this.#views === this.#history.n) await this.#learnState()
    if (rows.some(({ head }) => head.includes('"facts.erased"'))) void this.#erase((rows[0] as LogRow).n)
    this.#changed(rows)
  }

  /** Once the views know of an erasure, the disk forgets too. What fails now is done at the next start. */
  async #erase(from: number): Promise<void> {
    const { truth, writer, machine } = this.#parts
    try {
      await this.catchUp()
      const records: Origin[] = []
      // A log that were cut meanwhile would have another entry at the place that is made hollow.
      const inSalvage = await this.exclusive(async () => {
        const hollowed = await eraseFromDisk(truth, writer, this.site, from, (each) => records.push(each))
        this.#tail.clear()
        return hollowed
      })
      if (inSalvage) this.#erased('salvage')
      this.#erased(records)
    } catch (error) {
      machine.log('error', `${this.site}: an erasure is not complete on this disk: ${String(error)}`)
    }
  }

  /** Looks again at what waits for a person. */
  async refresh(): Promise<void> {
    await this.#learnState()
  }

  async #learnState(): Promise<void> {
    this.#state = await this.#parts.writer.state(this.site)
  }

  async #isOnLog({ n, chain }: { n: number; chain: string }): Promise<boolean> {
    if (n === 0) return true
    if (n > this.#history.n) return false
    const [row] = await this.#parts.truth.entries(this.site, n - 1, 1)
    return row?.chain === chain
  }

  async #resetViews(): Promise<void> {
    const { cursor } = await this.#parts.writer.reset(this.site, this.#history.n)
    this.#views = cursor.n
    if (await this.#isOnLog(cursor)) return
    this.#views = (await this.#parts.writer.reset(this.site, 0)).cursor.n
  }
}

/** Entries after which the box must look again at who keeps, who follows, and what waits for a person. */
function concernsBoxes({ head }: LogRow): boolean {
  return (
    head.startsWith('["q"') ||
    /"(?:account\.made|(?:base|box|site|orphan|quarantine|stream)\.[a-zA-Z]+)"/.test(head)
  )
}

function historyOf({ n, chain, terms }: SiteRow): History {
  return { n, chain, terms: terms.map((each) => ({ ...each, term: parseTerm(each.term) })) }
}

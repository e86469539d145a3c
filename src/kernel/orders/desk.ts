import type { Write } from '../../store/truth.ts'
import { StoreError } from '../../store/truth.ts'
import { inBackground } from '../box/background.ts'
import type { Recording } from '../box/journal.ts'
import type { Machine } from '../machine.ts'
import type { Known } from '../pack/kinds.ts'
import type { Delivered, Delivery } from './delivery.ts'
import type { End, OrderDrivers, Tried } from './driver.ts'
import type { LedgerEntry } from './ledger.ts'
import { OrderLedger } from './ledger.ts'
import { ended } from './report.ts'
import { afterBreak, afterCheck, place, restAfter, restMs } from './resume.ts'
import { Try } from './try.ts'
import type { Work } from './work.ts'
import { mayBegin } from './work.ts'

const firstRetryMs = 1_000
const longestRetryMs = 30_000
/** A disk that refused a record of an order is asked again after so long. */
const diskRetryMs = 2_000
/** A driver that looks what came of a try has so long. */
const checkWithinMs = 60_000
const moreAfterMs = 2_000

type Parts = {
  readonly site: string
  readonly machine: Machine
  readonly known: Known
  readonly drivers: OrderDrivers
  /** One commit, durable when it resolves. */
  readonly record: (facts: readonly Recording[], beside: readonly Write[]) => Promise<unknown>
  /** Asks the keeper; undefined where it did not answer. */
  readonly ask: () => Promise<Delivery | undefined>
}

type Waiting = Work & Delivered & { readonly deadline: number; readonly tried: number }
type Running = Work & { cancelled: boolean; trying: Try | undefined; wake: () => void }

/**
 * The orders of one site at the box that shall do them. Asks the keeper for them, lets them wait for
 * their turn, makes each acceptance durable before its driver begins, and says how each ended.
 */
export class OrderDesk {
  readonly #parts: Parts
  readonly #ledger: OrderLedger
  readonly #waiting = new Map<string, Waiting>()
  readonly #running = new Map<string, Running>()
  /** Their end is on its way to the disk. */
  readonly #ending = new Set<string>()
  #ready: Promise<void> = Promise.resolve()
  #pulling = false
  #again = false
  #retryMs = firstRetryMs
  #cancelRetry = () => {}
  #cancelDeadline = () => {}
  #stopped = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#ledger = new OrderLedger(parts.site)
  }

  /** What a former process left behind comes to its end before anything new is asked for. */
  open(notes: ReadonlyMap<string, string>): void {
    for (const name of this.#ledger.load(notes))
      this.#parts.machine.log('error', `${this.#parts.site}: the note "${name}" cannot be read`)
    this.#ready = Promise.all(this.#ledger.unfinished().map((entry) => this.#resume(entry))).then(() => {})
    inBackground(this.#parts.machine, `${this.#parts.site}: orders`, this.#ready)
  }

  /** There may be something new for this box. */
  pull(): void {
    this.#cancelRetry()
    this.#again = true
    if (this.#pulling || this.#stopped) return
    this.#pulling = true
    inBackground(this.#parts.machine, `${this.#parts.site}: orders`, this.#pull())
  }

  stop(): void {
    this.#stopped = true
    this.#cancelRetry()
    this.#cancelDeadline()
    for (const { trying, wake } of this.#running.values()) {
      trying?.abandon()
      wake()
    }
  }

  async #pull(): Promise<void> {
    const { clock, timers } = this.#parts.machine
    try {
      await this.#ready
      while (this.#again && !this.#stopped) {
        this.#again = false
        const askedAt = clock.mono()
        const delivery = await this.#parts.ask()
        if (!delivery) {
          this.#cancelRetry = timers.after(this.#retryMs, () => this.pull())
          this.#retryMs = Math.min(longestRetryMs, this.#retryMs * 2)
          continue
        }
        this.#retryMs = firstRetryMs
        this.#take(delivery, askedAt)
        if (delivery.more) this.#cancelRetry = timers.after(moreAfterMs, () => this.pull())
      }
    } finally {
      this.#pulling = false
    }
  }

  /** Remaining time counts from the moment of asking, so that nothing begins after its deadline (ORDER-6). */
  #take({ orders, cancelled, more }: Delivery, askedAt: number): void {
    for (const { order, accepted } of cancelled) this.#cancel(order, accepted)
    for (const each of orders) this.#meet(each, askedAt + each.leftMs)
    if (!more) this.#forget(new Set([...orders, ...cancelled].map(({ order }) => order)))
    this.#begin()
  }

  #meet(delivered: Delivered, deadline: number): void {
    const { order, mode } = delivered
    if (this.#running.has(order) || this.#ending.has(order)) return
    const known = this.#waiting.get(order)
    const placing = place(delivered, this.#ledger.get(order))
    if (placing.is === 'ends') return this.#endLater(delivered, placing.end)
    if (placing.is === 'known') return
    const why = placing.tried === 0 ? this.#refusal(delivered) : undefined
    if (why !== undefined) return this.#endLater(delivered, { outcome: 'refused', error: why })
    this.#waiting.set(order, {
      ...delivered,
      barrier: mode === 'barrier',
      deadline: Math.max(deadline, known?.deadline ?? 0),
      tried: placing.tried,
    })
  }

  #refusal({ kind, params }: Delivered): string | undefined {
    const { drivers, known } = this.#parts
    if (!drivers[kind]) return `this box has no driver for ${kind}`
    const fits = known.orders.get(kind)?.params.safeParse(params)
    return fits && !fits.success ? `its parameters do not fit: ${fits.error.issues[0]?.message}` : undefined
  }

  #cancel(order: string, accepted: number): void {
    const running = this.#running.get(order)
    if (running) {
      running.cancelled = true
      running.trying?.cancel()
      running.wake()
      return
    }
    if (this.#ending.has(order)) return
    const entry = this.#ledger.get(order)
    const waiting = this.#waiting.get(order)
    this.#waiting.delete(order)
    if (entry?.ended) return
    const about = entry ?? waiting ?? { order, kind: '', mode: 'repeat' as const, params: null }
    const begun = entry !== undefined || accepted > 0
    const broken: End = { outcome: 'unknown', error: 'it was begun, and broke off' }
    this.#endLater(about, begun ? broken : { outcome: 'cancelled' })
  }

  /** What the keeper no longer gives has ended there. What was begun is told all the same. */
  #forget(given: ReadonlySet<string>): void {
    for (const order of this.#waiting.keys()) if (!given.has(order)) this.#waiting.delete(order)
    for (const entry of this.#ledger.unfinished()) {
      const { order } = entry
      if (given.has(order) || this.#running.has(order) || this.#ending.has(order)) continue
      this.#endLater(entry, { outcome: 'unknown', error: 'it was begun, broke off, and is not given again' })
    }
  }

  /** Begins what has its turn, and ends what came too late. */
  #begin(): void {
    if (this.#stopped) return
    const now = this.#parts.machine.clock.mono()
    for (const waiting of this.#waiting.values()) {
      if (waiting.deadline > now) continue
      this.#waiting.delete(waiting.order)
      this.#endLater(waiting, tooLate(waiting.tried))
    }
    for (const next of mayBegin(this.#waiting.values(), this.#running.values())) {
      this.#waiting.delete(next.order)
      const running = { ...next, cancelled: false, trying: undefined, wake: () => {} }
      this.#running.set(next.order, running)
      this.#inBackground(this.#work(next, running))
    }
    this.#watchDeadlines(now)
  }

  #watchDeadlines(now: number): void {
    this.#cancelDeadline()
    const next = Math.min(...[...this.#waiting.values()].map(({ deadline }) => deadline))
    if (next === Number.POSITIVE_INFINITY) return
    this.#cancelDeadline = this.#parts.machine.timers.after(Math.max(1, next - now), () => this.#begin())
  }

  /** From the first try to the end that is on disk. */
  async #work(order: Waiting, running: Running): Promise<void> {
    const { clock } = this.#parts.machine
    const began = clock.mono()
    const { end, tried } = await this.#tries(order, running)
    if (this.#stopped) return
    await this.#end({ ...order, attempt: tried }, end, clock.mono() - began)
    this.#running.delete(order.order)
    this.#begin()
  }

  async #tries(order: Waiting, running: Running): Promise<{ readonly end: End; readonly tried: number }> {
    const { clock } = this.#parts.machine
    let tried = order.tried
    let last = tooLate(tried)
    let rest: number | undefined = tried > 0 ? restMs[tried - 1] : 0
    while (rest !== undefined && !this.#stopped) {
      if (rest > 0) await this.#rest(rest, running)
      if (running.cancelled) return { end: { outcome: 'cancelled' }, tried }
      if (clock.mono() >= order.deadline) return { end: last, tried }
      if (await this.#accept(order, tried + 1)) {
        tried += 1
        last = await this.#try(order, tried, running)
        rest = restAfter(order.mode, tried, last)
      } else rest = diskRetryMs
    }
    return { end: last, tried }
  }

  /** On disk before anything begins (ORDER-3). False where the disk would not take it. */
  async #accept(order: Waiting, attempt: number): Promise<boolean> {
    const { boot } = this.#parts.machine
    const change = this.#ledger.change({ ...remembered(order), attempt, boot, ended: false })
    const fact = { kind: 'order.accepted', body: { order: order.order, attempt, boot } }
    try {
      await this.#parts.record([fact], [change.write])
      change.written()
      return true
    } catch (error) {
      change.failed()
      if (!(error instanceof StoreError)) throw error
      return false
    }
  }

  async #try(order: Waiting, attempt: number, running: Running): Promise<End> {
    const { site, machine, drivers } = this.#parts
    const { clock, timers } = machine
    // The disk may have taken its time.
    if (clock.mono() >= order.deadline) return tooLate(attempt - 1)
    if (running.cancelled) return { outcome: 'cancelled' }
    const driver = drivers[order.kind]
    if (!driver) return { outcome: 'refused', error: `this box has no driver for ${order.kind}` }
    const trying = new Try(driver, timers)
    if (order.stops) running.trying = trying
    const leftMs = () => Math.max(0, order.deadline - clock.mono())
    const job = { site, order: order.order, params: order.params, attempt, leftMs }
    const end = await trying.run(job, order.runMs)
    running.trying = undefined
    return end
  }

  async #rest(ms: number, running: Running): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#parts.machine.timers.after(ms, resolve)
      running.wake = () => {
        cancel()
        resolve()
      }
    })
    running.wake = () => {}
  }

  /** A former process began it, and nobody has said how it ended. */
  async #resume(entry: LedgerEntry): Promise<void> {
    const { site, drivers, machine } = this.#parts
    const { order, params, attempt, boot } = entry
    const check = drivers[entry.kind]?.check
    const looked = check && (await this.#soon(check({ site, order, params, attempt, boot })))
    const end = check ? afterCheck(entry, looked) : afterBreak(entry.mode, attempt)
    if (!end) return
    machine.log('info', `${site}: order ${order} was begun by a former process: ${end.outcome}`)
    this.#endLater(entry, end)
  }

  async #soon(looking: Promise<Tried | undefined>): Promise<Tried | undefined> {
    let cancel = () => {}
    const late = new Promise<undefined>((resolve) => {
      cancel = this.#parts.machine.timers.after(checkWithinMs, () => resolve(undefined))
    })
    try {
      return await Promise.race([looking, late])
    } catch {
      return undefined
    } finally {
      cancel()
    }
  }

  #endLater(about: Remembered, end: End): void {
    this.#waiting.delete(about.order)
    this.#ending.add(about.order)
    const entry = this.#ledger.get(about.order)
    const ending = this.#end({ ...about, attempt: entry?.attempt ?? 0 }, end, 0)
    this.#inBackground(ending.finally(() => this.#ending.delete(about.order)))
  }

  /** Says how it ended, again and again until the disk has it. */
  async #end(about: Remembered & { readonly attempt: number }, end: End, ms: number): Promise<void> {
    const { machine } = this.#parts
    while (!this.#stopped) {
      const entry = { ...remembered(about), attempt: about.attempt, boot: machine.boot, ended: true }
      // Nobody needs its parameters any more.
      const change = this.#ledger.change({ ...entry, params: null })
      try {
        await this.#parts.record([ended(about.order, end, ms)], [change.write])
        return change.written()
      } catch (error) {
        change.failed()
        if (!(error instanceof StoreError)) throw error
        await new Promise<void>((resolve) => machine.timers.after(diskRetryMs, resolve))
      }
    }
  }

  #inBackground(work: Promise<unknown>): void {
    inBackground(this.#parts.machine, `${this.#parts.site}: orders`, work)
  }
}

type Remembered = Pick<LedgerEntry, 'order' | 'kind' | 'mode' | 'params'>

const remembered = ({ order, kind, mode, params }: Remembered): Remembered => ({ order, kind, mode, params })

const tooLate = (tried: number): End =>
  tried === 0
    ? { outcome: 'expired', error: 'its deadline passed before it began' }
    : { outcome: 'failed', error: `its deadline passed after ${tried} tries` }

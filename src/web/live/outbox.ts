import { randomId } from '../../kernel/machine.ts'
import type { Ask, AskState, Done, Ended } from './ask.ts'
import { hasEnded } from './ask.ts'
import type { AskStore } from './ask-store.ts'
import { BackOff } from './back-off.ts'
import { isOver } from './done.ts'
import type { Tried } from './send.ts'
import type { Surroundings } from './surroundings.ts'
import type { Turn } from './turn.ts'
import { problemOf } from './words.ts'

export type OutboxParts = {
  readonly here: Surroundings
  readonly store: AskStore
  readonly turn: Turn
  /** Who asks here now. What somebody else asked for waits for him. */
  readonly who: () => string
  readonly now: () => Done
  /** Whether an action may wait for the box, by its declaration. */
  readonly mayWait: (action: string) => boolean
  /** The box can be reached: known, or found out. */
  readonly isThere: () => Promise<boolean>
  readonly send: (ask: Ask) => Promise<Tried>
}

/** What a page may do with something that was asked for. */
export type Asked = {
  readonly key: string
  /** The last word of the box; never comes where it was dropped. */
  readonly ended: Promise<Ended>
}

/** While another page sends, this one looks again so often. */
const otherPageMs = 1_000
/** What the box keeps for the keeper is asked about so often. */
const heldMs = 5_000
/** What may not wait is sent within this time, or not at all. */
const inTimeMs = 10_000
/** So many last words are kept for a person to see. */
const mostEnded = 100

/**
 * What a person asked for: kept on the device first, then sent in its order, each under its own key until the box has
 * said its last word. So it happens once, whatever breaks in between.
 */
export class Outbox {
  readonly #parts: OutboxParts
  readonly #backOff: BackOff
  readonly #tells = new Set<(asks: readonly Ask[]) => void>()
  readonly #ending = new Map<number, PromiseWithResolvers<Ended>>()
  readonly #heldUntil = new Map<number, number>()
  readonly #unhear: () => void
  #asks: readonly Ask[] = []
  #reading = false
  #readAgain = false
  #pumping = false
  #pumpAgain = false
  #cancel = () => {}
  #over = false

  constructor(parts: OutboxParts) {
    this.#parts = parts
    this.#backOff = new BackOff(parts.here.random, 500, 15_000)
    this.#unhear = parts.store.onChange(() => this.#changed())
    this.#changed()
  }

  /** All that has not been seen to its end, in its order. */
  get asks(): readonly Ask[] {
    return this.#asks
  }

  /** Tells at once, and then of every change. Returns how to stop. */
  subscribe(tell: (asks: readonly Ask[]) => void): () => void {
    this.#tells.add(tell)
    tell(this.#asks)
    return () => this.#tells.delete(tell)
  }

  /** Resolves when it is kept here: from then on it is not lost, and happens once. */
  async add(
    action: string,
    input: unknown,
    site: string | null,
    key: string = randomId(this.#parts.here.random, 26),
  ): Promise<Asked> {
    const { store, who, now, mayWait } = this.#parts
    const state: AskState = { is: 'waiting', why: null }
    const asked = { key, who: who(), site, action, input, mayWait: mayWait(action), done: now() }
    const { seq } = await store.add({ ...asked, state })
    const ending = this.#ending.get(seq) ?? Promise.withResolvers<Ended>()
    this.#ending.set(seq, ending)
    const { promise: ended } = ending
    this.#changed()
    void this.wake()
    return { key, ended }
  }

  /** Takes back what surely has not been done. False where that is not sure. */
  async drop(key: string): Promise<boolean> {
    const ask = this.#asks.find((each) => each.key === key)
    if (!ask) return false
    let dropped = false
    await this.#parts.store.change(ask.seq, ({ state }) => {
      dropped = state.is === 'waiting'
      return dropped ? null : undefined
    })
    return dropped
  }

  /** Somebody has seen how it ended. */
  async forget(key: string): Promise<void> {
    const ask = this.#asks.find((each) => each.key === key)
    if (ask) await this.#parts.store.change(ask.seq, ({ state }) => (hasEnded(state) ? null : undefined))
  }

  /** Something may work again. */
  async wake(): Promise<void> {
    this.#pumpAgain = true
    if (this.#pumping || this.#over) return
    this.#pumping = true
    this.#cancel()
    try {
      while (this.#pumpAgain && !this.#over) {
        this.#pumpAgain = false
        await this.#pump()
      }
    } catch {
      this.#later(this.#backOff.next())
    } finally {
      this.#pumping = false
    }
  }

  stop(): void {
    this.#over = true
    this.#cancel()
    this.#unhear()
    this.#tells.clear()
  }

  async #pump(): Promise<void> {
    const { store, turn, isThere } = this.#parts
    const due = async () => (await store.all()).filter((ask) => this.#isDue(ask))
    if ((await due()).length === 0) return this.#lookForHeld()
    if (!(await isThere())) {
      await this.#refuse(await due(), 'box-away')
      return this.#later(this.#backOff.next())
    }
    let afterMs = 0
    const isOurTurn = await turn(async (isOurs) => {
      const bySite = Object.groupBy(await due(), ({ site }) => site ?? '')
      const queues = Object.values(bySite).map((asks = []) => this.#sendAll(asks, isOurs))
      afterMs = Math.max(0, ...(await Promise.all(queues)))
    })
    if (!isOurTurn) return this.#later(otherPageMs)
    if (afterMs > 0) return this.#later(afterMs)
    this.#backOff.reset()
    return this.#lookForHeld()
  }

  #isDue({ who, state, seq }: Ask): boolean {
    if (who !== this.#parts.who() || hasEnded(state)) return false
    return state.is !== 'held' || (this.#heldUntil.get(seq) ?? 0) <= this.#parts.here.clock.mono()
  }

  #lookForHeld(): void {
    const times = this.#asks.flatMap(({ state, seq }) =>
      state.is === 'held' ? [this.#heldUntil.get(seq) ?? 0] : [],
    )
    if (times.length > 0) this.#later(Math.max(100, Math.min(...times) - this.#parts.here.clock.mono()))
  }

  /** Those of one site, one after the other. Returns when to go on with what could not be sent now, or 0. */
  async #sendAll(asks: readonly Ask[], isOurs: () => boolean): Promise<number> {
    for (const [at, ask] of asks.entries()) {
      if (this.#over || !isOurs()) return otherPageMs
      if (isOver(ask.done, this.#parts.now(), inTimeMs) && (await this.#refuse([ask], 'not-in-time')))
        continue
      const tried = await this.#try(ask)
      if (tried === undefined || hasEnded(tried as AskState) || tried.is === 'held') continue
      // What follows may rest on this one.
      await this.#refuse(asks.slice(at + 1), 'not-in-time')
      const afterMs = ('afterMs' in tried && tried.afterMs) || 0
      return Math.max(this.#backOff.next(), afterMs)
    }
    return 0
  }

  /** Those that may not wait, and surely were not sent. Whether there were any. */
  async #refuse(asks: readonly Ask[], code: 'box-away' | 'not-in-time'): Promise<boolean> {
    const { store, here } = this.#parts
    const problem = problemOf(code, here.language())
    let refused = false
    for (const { seq, mayWait } of asks) {
      if (mayWait) continue
      await store.change(seq, (now) => {
        if (now.state.is !== 'waiting') return undefined
        refused = true
        return { ...now, state: { is: 'refused', ...problem } }
      })
    }
    return refused
  }

  async #try(asked: Ask): Promise<Tried | undefined> {
    const { store, send, here } = this.#parts
    let before: AskState | undefined
    // Before the first byte leaves: whoever finds it so later must ask what became of it.
    const ask = await store.change(asked.seq, (now) => {
      if (hasEnded(now.state)) return undefined
      before = now.state
      return now.state.is === 'held' ? undefined : { ...now, state: { is: 'sent' } }
    })
    if (!ask || !before) return undefined
    const wasClear = before.is === 'waiting'
    const heard = await send(ask)
    // What the box cannot do just now, and what may not wait, will not be done.
    const isRefused = heard.is === 'later' && wasClear && !ask.mayWait
    const tried: Tried = isRefused ? { is: 'refused', ...heard.why } : heard
    this.#heldUntil.set(ask.seq, here.clock.mono() + heldMs)
    await store.change(ask.seq, (now) =>
      hasEnded(now.state) ? undefined : { ...now, state: stateAfter(tried, now.state, wasClear) },
    )
    return tried
  }

  #later(ms: number): void {
    if (this.#over) return
    this.#cancel()
    this.#cancel = this.#parts.here.timers.after(ms, () => void this.wake())
  }

  #changed(): void {
    this.#readAgain = true
    if (!this.#reading) void this.#read()
  }

  async #read(): Promise<void> {
    this.#reading = true
    while (this.#readAgain && !this.#over) {
      this.#readAgain = false
      const before = this.#asks.length
      this.#asks = await this.#parts.store.all().catch(() => this.#asks)
      for (const tell of this.#tells) tell(this.#asks)
      for (const { seq, state } of this.#asks) if (hasEnded(state)) this.#end(seq, state)
      await this.#forgetOld().catch(() => {})
      // Another page, or this one before it was loaded, left something to do.
      if (this.#asks.length > before) void this.wake()
    }
    this.#reading = false
  }

  #end(seq: number, ended: Ended): void {
    this.#ending.get(seq)?.resolve(ended)
    this.#ending.delete(seq)
  }

  async #forgetOld(): Promise<void> {
    const ended = this.#asks.filter(({ state }) => hasEnded(state))
    for (const { seq } of ended.slice(0, Math.max(0, ended.length - mostEnded)))
      await this.#parts.store.change(seq, () => null)
  }
}

function stateAfter(tried: Tried, now: AskState, wasClear: boolean): AskState {
  switch (tried.is) {
    case 'answered':
    case 'refused':
      return tried
    case 'held':
      return { is: 'held' }
    case 'later':
      if (now.is === 'held') return now
      return wasClear ? { is: 'waiting', why: tried.why } : { is: 'unknown', why: tried.why.title }
    case 'unknown':
      return now.is === 'held' ? now : { is: 'unknown', why: tried.why }
  }
}

import { z } from 'zod'
import { StoreError } from '../../store/truth.ts'
import type { Frame } from '../link/frames.ts'
import type { Delivery } from '../orders/delivery.ts'
import { delivery } from '../orders/delivery.ts'
import { doneAtForm } from '../done-at.ts'
import { randomId } from '../machine.ts'
import { lastTerm } from '../site/history.ts'
import { itself } from '../pack/roles.ts'
import { termText } from '../term.ts'
import type { Outcome } from '../site/sequencer.ts'
import type { Ask } from '../site/writer.ts'
import type { Answer } from './contract.ts'
import type { Keeper } from './keeper.ts'
import { NotKeeping } from './keeper.ts'
import type { Route, SitePeer, SiteParts } from './site-parts.ts'

/** A question that the keeper did not answer for so long is answered `unknown` (ACT-4). */
const answerWithinMs = 10_000

/** Those of the items, by their place in the list, that are safe in the log at or before entry `n` of this term. */
export type HandedIn =
  | { readonly n: number; readonly term: string; readonly safe: readonly number[] }
  | 'away'

export const askData = z.object({
  action: z.string().max(100),
  key: z.string().min(1).max(200),
  who: z.string().max(200),
  input: z.unknown(),
  doneAt: doneAtForm.optional(),
  sure: z.enum(['decide', 'close']).optional(),
})
const answerData = z.discriminatedUnion('is', [
  z.object({
    is: z.literal('answered'),
    n: z.int().positive(),
    answer: z.unknown(),
    copies: z.int().positive(),
    again: z.boolean(),
  }),
  z.object({
    is: z.literal('refused'),
    code: z.string().max(100),
    detail: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
  z.object({ is: z.literal('unknown'), why: z.string() }),
])
const handInData = z.array(
  z.object({ n: z.int().positive(), term: z.string().max(100), head: z.string(), bodies: z.string() }),
)
export type HandIn = z.infer<typeof handInData>
const handedIn = z.object({ n: z.int(), term: z.string().max(100), safe: z.array(z.int().nonnegative()) })

type Pending = { readonly peer: SitePeer; readonly settle: (data: unknown) => void }

/** Questions to the keeper: decided here where this box keeps the site, else passed on towards it. */
export class Asks {
  readonly #parts: SiteParts
  readonly #keeper: Keeper
  readonly #isKeeping: () => boolean
  readonly #route: () => Route | undefined
  readonly #handOut: (box: string) => Promise<Delivery | undefined>
  readonly #pending = new Map<string, Pending>()

  constructor(
    parts: SiteParts,
    keeper: Keeper,
    way: {
      isKeeping: () => boolean
      route: () => Route | undefined
      handOut: (box: string) => Promise<Delivery | undefined>
    },
  ) {
    this.#parts = parts
    this.#keeper = keeper
    this.#isKeeping = way.isKeeping
    this.#route = way.route
    this.#handOut = way.handOut
  }

  async act(ask: Ask): Promise<Answer> {
    if (this.#isKeeping()) return this.decided(this.#keeper.submit({ do: 'act', ...ask }))
    const data = await this.#send('act', ask)
    if (data === 'away') return away
    const answer = answerData.safeParse(data)
    return answer.success ? answer.data : unknown('the answer cannot be read')
  }

  /** Hands entries of a lost branch to the keeper; resolves with the entry at which they are safe. */
  async handIn(items: HandIn): Promise<HandedIn> {
    if (this.#isKeeping()) return this.#takeHandIn(items)
    const data = await this.#send('handIn', items)
    const answer = handedIn.safeParse(data)
    return answer.success ? answer.data : 'away'
  }

  /** The orders of this box, and how long they have still; undefined where the keeper does not answer. */
  async orders(): Promise<Delivery | undefined> {
    const data = this.#isKeeping() ? await this.#handOut(this.#parts.box) : await this.#send('orders', null)
    return delivery.safeParse(data).data
  }

  /** What the keeper's outcome is to the one who asked. */
  async decided(outcome: Promise<Outcome>): Promise<Answer> {
    try {
      const ended = await outcome
      if (ended.did === 'refused') return { is: 'refused', code: ended.code, detail: ended.detail }
      const n = ended.did === 'records' ? ended.upTo : ended.n
      const copies = await this.#keeper.copies(n)
      const again = ended.did === 'act' && ended.again
      return { is: 'answered', n, answer: ended.did === 'act' ? ended.answer : null, copies, again }
    } catch (error) {
      if (error instanceof NotKeeping) return away
      if (error instanceof StoreError && error.reason === 'full')
        return { is: 'refused', code: 'disk-full', detail: {} }
      return { is: 'unknown', why: error instanceof Error ? error.message : String(error) }
    }
  }

  async asked(peer: SitePeer, frame: Frame<'ask'>): Promise<void> {
    const { site, id, path } = frame
    const answer = (data: unknown) => peer.link.send({ t: 'answer', site, id, path, data })
    const refusal = refusalFor(peer, frame)
    if (refusal !== undefined) return answer(refusal)
    if (this.#needsTheLog(peer, frame))
      return answer({ is: 'refused', code: 'not-assigned', detail: { box: peer.box } } satisfies Answer)
    if (this.#isKeeping()) return answer(await this.#decideFor(peer, frame))
    const next = this.#route()?.next
    if (!next || next === peer || path.length >= 8) return answer(frame.what === 'act' ? away : null)
    next.link.send({ ...frame, path: [...path, this.#parts.box] })
  }

  answered(frame: Frame<'answer'>): void {
    const path = frame.path.slice(0, -1)
    if (frame.path.at(-1) !== this.#parts.box) return
    const back = path.at(-1)
    if (back === undefined) return this.#pending.get(frame.id)?.settle(frame.data)
    for (const peer of this.#parts.peers.values())
      if (peer.box === back) return peer.link.send({ ...frame, path })
  }

  /** The link that questions went by is gone: nobody can say what became of them. */
  lost(peer: SitePeer): void {
    for (const pending of this.#pending.values())
      if (pending.peer === peer) pending.settle(unknown('the link broke'))
  }

  abandon(): void {
    for (const pending of this.#pending.values()) pending.settle(unknown('this box is stopping'))
  }

  #send(what: Frame<'ask'>['what'], data: unknown): Promise<unknown> {
    const { machine, site, box } = this.#parts
    const peer = this.#route()?.next
    if (!peer) return Promise.resolve('away')
    return new Promise((resolve) => {
      const id = randomId(machine.random, 16)
      const cancel = machine.timers.after(answerWithinMs, () => settle(unknown('the keeper did not answer')))
      const settle = (answer: unknown) => {
        cancel()
        this.#pending.delete(id)
        resolve(answer)
      }
      this.#pending.set(id, { peer, settle })
      peer.link.send({ t: 'ask', site, id, path: [box], what, data })
    })
  }

  /** What boxes ask of each other by themselves is between those that have the log, and with it the site's key. */
  #needsTheLog(peer: SitePeer, { what, data }: Frame<'ask'>): boolean {
    if (peer.standing === 'whole' || what !== 'act') return false
    const action = askData.safeParse(data).data?.action ?? ''
    return this.#parts.known.actions.get(action)?.allow.includes(itself) ?? false
  }

  async #decideFor(peer: SitePeer, { what, data, path }: Frame<'ask'>): Promise<unknown> {
    // Who asks for orders gets its own; whoever passed the question on has put its name behind.
    if (what === 'orders') return path.at(-1) === peer.box ? await this.#handOut(path[0] ?? '') : null
    if (what === 'act') {
      const ask = askData.safeParse(data)
      if (!ask.success) return { is: 'refused', code: 'malformed', detail: {} } satisfies Answer
      return this.decided(this.#keeper.submit({ do: 'act', ...ask.data }))
    }
    const items = handInData.safeParse(data)
    return items.success ? this.#takeHandIn(items.data) : null
  }

  async #takeHandIn(items: HandIn): Promise<HandedIn> {
    try {
      const outcomes = await Promise.all(items.map((item) => this.#keeper.submit({ do: 'handIn', ...item })))
      const term = lastTerm(this.#parts.log.history)
      const safe = outcomes.flatMap(({ did }, place) => (did === 'handedIn' ? [place] : []))
      return term ? { n: this.#parts.log.history.n, term: termText(term), safe } : 'away'
    } catch {
      return 'away'
    }
  }
}

/**
 * What a guest asks is refused, except that one which left may hand in what it holds (LINK-7). An ask that may have
 * been granted before it left stays unknown (AFAR-4). A small box asks for itself alone, and has nothing to hand in
 * (SITE-8). Undefined: it may ask.
 */
function refusalFor(peer: SitePeer, { what, path, data }: Frame<'ask'>): unknown {
  if (peer.standing === 'whole') return undefined
  const isItself = path.length === 1 && path[0] === peer.box
  if (peer.standing === 'small' && what !== 'handIn' && isItself) return undefined
  if (peer.standing === 'left' && what === 'handIn') return undefined
  if (what !== 'act') return null
  const sure = askData.safeParse(data).data?.sure
  if (sure !== undefined) return unknown(`box ${peer.box} is not assigned to this site`)
  return { is: 'refused', code: 'not-assigned', detail: { box: peer.box } } satisfies Answer
}

export const away: Answer = { is: 'refused', code: 'keeper-away', detail: {} }
const unknown = (why: string): Answer => ({ is: 'unknown', why })

import type { Said } from './testimony.ts'

/** One order, as a log says it: read from the text of its entries, by the rules of `docs/spec/orders.md`. */
export type OrderStory = {
  readonly order: string
  readonly n: number
  readonly to: string
  readonly mode: string
  readonly kind: string
  readonly lifeMs: number
  cancelled: boolean
  accepted: number
  /** The first end in the log. */
  ended: { readonly outcome: string; readonly by: 'box' | 'keeper'; readonly n: number } | undefined
  learned: string | undefined
}

type Word = { readonly kind: string; readonly box: string | undefined; readonly n: number } & Pick<
  Said,
  'body'
>

/** The orders of one log, as the witness counts them. */
export class OrderEvidence {
  readonly #stories = new Map<string, OrderStory>()
  readonly #early = new Map<string, Word[]>()

  get stories(): Iterable<OrderStory> {
    return this.#stories.values()
  }

  story(order: string): OrderStory | undefined {
    return this.#stories.get(order)
  }

  /** `box`: who recorded it; undefined for what the keeper said. */
  add({ kind, body }: Said, n: number, box: string | undefined): void {
    const order = String(body['order'])
    const word = { kind, body, n, box }
    if (kind === 'order.issued') return this.#issue(order, body, n)
    const story = this.#stories.get(order)
    if (kind === 'order.cancelled' && story?.ended === undefined && story) story.cancelled = true
    if (kind === 'order.cancelled') return
    if (story) hear(story, word)
    else if (box !== undefined) this.#early.set(order, [...(this.#early.get(order) ?? []), word])
  }

  #issue(order: string, body: Said['body'], n: number): void {
    if (this.#stories.has(order)) return
    const story: OrderStory = {
      order,
      n,
      to: String(body['to']),
      mode: String(body['mode']),
      kind: String(body['kind']),
      lifeMs: Number(body['lifeMs']),
      cancelled: false,
      accepted: 0,
      ended: undefined,
      learned: undefined,
    }
    this.#stories.set(order, story)
    for (const word of this.#early.get(order) ?? []) hear(story, word)
    this.#early.delete(order)
  }
}

function hear(story: OrderStory, { kind, body, n, box }: Word): void {
  if (box !== undefined && box !== story.to) return
  if (kind === 'order.accepted') story.accepted = Math.max(story.accepted, Number(body['attempt']))
  if (kind !== 'order.ended') return
  const outcome = String(body['outcome'])
  if (!story.ended) story.ended = { outcome, by: box === undefined ? 'keeper' : 'box', n }
  else if (box !== undefined && story.ended.by === 'keeper') story.learned ??= outcome
}

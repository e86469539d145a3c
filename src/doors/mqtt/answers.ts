import type { Answer, Box } from '../../kernel/box/contract.ts'
import type { MessageAny, TopicAny } from '../../kernel/pack/topic.ts'
import { fillFilter } from './topic-names.ts'
import type { Device } from './device.ts'
import type { Route } from './routes.ts'
import type { Sessions } from './sessions.ts'

type Answering = {
  readonly device: Device
  readonly message: MessageAny
  readonly key: string
  /** Undefined: nobody waits for it. */
  readonly to: string | undefined
  readonly correlation: Uint8Array | undefined
  readonly answer: Answer
}

/** Asks whose answer comes later; so many are remembered. Whoever is forgotten asks again with his key. */
const mostLater = 1_000

/** Answers of actions go to the device that asked, on a topic that it reads, and wait for it like any message. */
export class Answers {
  readonly #box: Pick<Box, 'onAsked'>
  readonly #sessions: Sessions
  readonly #later = new Map<string, (answer: Answer) => Promise<void>>()
  readonly #watched = new Map<string, () => void>()

  constructor(box: Pick<Box, 'onAsked'>, sessions: Sessions) {
    this.#box = box
    this.#sessions = sessions
  }

  /** Where a pack says that answers go. */
  topicOf({ known, levels }: Route): string | undefined {
    return known.reply && fillFilter(known.reply, levels)
  }

  async send(
    { device, message, to, correlation, answer }: Answering,
    declared: TopicAny & { readonly is: 'act' },
  ): Promise<void> {
    if (to === undefined) return
    const said = declared.answer ? declared.answer(answer, message) : answer
    const carried = {
      topic: to,
      payload: Buffer.from(JSON.stringify(said ?? null)),
      properties: { correlation: correlation && new Uint8Array(correlation) },
      expires: undefined,
    }
    const { site, who: only } = device
    await this.#sessions.carry({ site, carried, qos: 1, retain: false, from: undefined, only })
  }

  /** An ask waits for its keeper: its last word is sent, too, when it comes. */
  later(site: string, key: string, say: (answer: Answer) => Promise<void>): void {
    const [oldest] = this.#later.keys()
    if (this.#later.size >= mostLater && oldest !== undefined) this.#later.delete(oldest)
    this.#later.set(`${site} ${key}`, say)
    if (this.#watched.has(site)) return
    const forget = this.#box.onAsked(site, (waited) => {
      const waiting = this.#later.get(`${site} ${waited.key}`)
      if (!waiting || waited.answer.is === 'waiting' || waited.answer.is === 'unknown') return
      this.#later.delete(`${site} ${waited.key}`)
      // Should the disk refuse now, the device asks again with its key.
      waiting(waited.answer).catch(() => {})
    })
    this.#watched.set(site, forget)
  }

  stop(): void {
    for (const forget of this.#watched.values()) forget()
    this.#watched.clear()
    this.#later.clear()
  }
}

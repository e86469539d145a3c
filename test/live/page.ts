import { vi } from 'vitest'
import type { Ask } from '../../src/web/live/ask.ts'
import type { AskStore } from '../../src/web/live/ask-store.ts'
import type { LiveClient } from '../../src/web/live/client.ts'
import { liveClient } from '../../src/web/live/client.ts'
import { here } from '../../src/web/live/here.ts'
import type { Answer } from '../../src/web/live/holding.ts'
import { memoryAsks } from '../../src/web/live/memory-asks.ts'
import type { Reading } from '../../src/web/live/readings.ts'
import type { Surroundings } from '../../src/web/live/surroundings.ts'
import type { actions } from '../../src/world/fair/actions.ts'
import type { queries } from '../../src/world/fair/queries.ts'

export type Fair = { readonly fair: { readonly queries: typeof queries; readonly actions: typeof actions } }

export type PageParts = {
  readonly store?: AskStore
  readonly who?: () => string
  readonly token?: string
  /** How much faster time goes here than it does outside. */
  readonly speed?: number
}

const mayWait = { 'fair.topUp': true, 'fair.payBack': true } as const

/** The client as a page has it, in this process. */
export class Page implements Disposable {
  readonly client: LiveClient<Fair>
  readonly store: AskStore
  readonly wake: () => void
  /** What it says on its sockets, and what it hears there. */
  readonly said: Record<string, unknown>[] = []
  readonly heard: Record<string, unknown>[] = []

  constructor(port: number, { store = memoryAsks(), who, token = 'anna', speed = 1 }: PageParts = {}) {
    const wakes = new Set<() => void>()
    const around = this.#hurried(here(`http://127.0.0.1:${port}`), speed)
    const onWake = (tell: () => void) => {
      wakes.add(tell)
      return () => void wakes.delete(tell)
    }
    this.store = store
    this.wake = () => wakes.forEach((tell) => tell())
    this.client = liveClient<Fair>({ here: { ...around, onWake }, store, who, token: () => token, mayWait })
  }

  #hurried(real: Surroundings, speed: number): Surroundings {
    return {
      ...real,
      clock: { mono: () => real.clock.mono() * speed, wall: () => real.clock.wall() * speed },
      timers: { after: (ms, run) => real.timers.after(ms / speed, run) },
      socket: (url) => {
        const socket = real.socket(url)
        const send = socket.send.bind(socket)
        socket.send = (data) => {
          if (typeof data === 'string') this.said.push(JSON.parse(data) as Record<string, unknown>)
          send(data)
        }
        socket.addEventListener('message', ({ data }) => {
          this.heard.push(JSON.parse(String(data)) as Record<string, unknown>)
        })
        return socket
      },
    }
  }

  /** The kinds of messages heard, without beats. */
  get kinds(): readonly string[] {
    return this.heard.flatMap(({ t }) => (t === 'beat' ? [] : [String(t)]))
  }

  /** Waits until what was asked for stands so. */
  async ask(key: string, is: Ask['state']['is']): Promise<Ask> {
    return vi.waitFor(() => {
      const ask = this.client.asks.now().find((each) => each.key === key)
      if (ask?.state.is !== is) throw new Error(`${key} is ${JSON.stringify(ask?.state)}, not ${is}`)
      return ask
    }, 10_000)
  }

  [Symbol.dispose](): void {
    this.client.stop()
  }
}

/** Waits until a reading shows something. */
export async function shows<R>(reading: Reading<R>, is: (answer: Answer<R>) => boolean): Promise<Answer<R>> {
  return vi.waitFor(() => {
    const answer = reading.now()
    if (!is(answer)) throw new Error(`it shows ${JSON.stringify({ ...answer, age: answer.age() })}`)
    return answer
  }, 10_000)
}

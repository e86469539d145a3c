import type { Machine } from '../../kernel/machine.ts'
import type { Language } from '../../kernel/texts.ts'

/** What the client needs of the page that it runs in, or of whatever runs it. */
export type Surroundings = Pick<Machine, 'timers' | 'random'> & {
  /** Milliseconds. `mono` never goes back; it counts from the start of this page. `wall` may be years off. */
  readonly clock: Pick<Machine['clock'], 'mono' | 'wall'>
  /** In which the page speaks with its person. */
  readonly language: () => Language
  /** Where the box is: `http://192.168.1.20:8080`. */
  readonly origin: string
  readonly socket: (url: string) => WebSocket
  /** Rejects where there is no whole answer within so long. */
  readonly fetch: (url: string, asked: RequestInit, withinMs: number) => Promise<Response>
  /** Tells that something may work again now: there is a network, or somebody looks at the page. */
  readonly onWake: (tell: () => void) => () => void
}

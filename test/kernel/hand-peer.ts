import { randomBytes } from 'node:crypto'
import type { SiteFrame } from '../../src/kernel/link/frames.ts'
import type { Identity } from '../../src/kernel/link/identity.ts'
import { makeIdentity } from '../../src/kernel/link/identity.ts'
import { Link } from '../../src/kernel/link/link.ts'
import type { Channel, ChannelEvents } from '../../src/kernel/network.ts'
import type { TestBox } from './boxes.ts'
import { until } from './boxes.ts'

type Said<T extends SiteFrame['t']> = Extract<SiteFrame, { readonly t: T }>
type Heard = { readonly frame: SiteFrame; readonly lines: readonly string[] }

/** A box that is led by hand: it has a key and a real link, and says what the test says. */
export class HandPeer {
  readonly identity: Identity
  readonly heard: Heard[] = []
  closedWith: string | undefined
  #link: Link | undefined

  /** `as`: what it says of itself that is another's. */
  constructor(as: Partial<Identity> = {}) {
    this.identity = { ...makeIdentity({ bytes: randomBytes }), ...as }
  }

  get member() {
    return { box: this.identity.box, publicKey: this.identity.publicKey, small: false }
  }

  get above() {
    return { address: 'by hand', box: this.identity.box, publicKey: this.identity.publicKey }
  }

  async dial(box: TestBox, withinMs = 8_000): Promise<void> {
    const events: { near?: ChannelEvents; far?: ChannelEvents } = {}
    const close = (why: string) => {
      events.near?.closed(why)
      events.far?.closed(why)
    }
    const end = (to: () => ChannelEvents | undefined): Channel => ({
      send: (message) => setTimeout(() => to()?.message(message), 1),
      waiting: () => 0,
      close,
    })
    const link = new Link(
      {
        identity: this.identity,
        machine: box.machine(),
        process: `hand${this.identity.box}`,
        accepts: () => true,
        events: {
          established: () => {},
          frame: (_link, frame, lines, done) => {
            this.heard.push({ frame, lines })
            done()
          },
          drained: () => {},
          closed: (_link, why) => (this.closedWith = why),
        },
      },
      end(() => events.far),
      true,
    )
    this.#link = link
    events.near = link.channelEvents
    events.far = box.box.accept(end(() => events.near))
    await until(() => link.isUp, withinMs)
  }

  say(frame: SiteFrame, lines: readonly string[] = []): void {
    this.#link?.send(frame, lines)
  }

  close(): void {
    this.#link?.close('done')
  }

  get isUp(): boolean {
    return this.#link?.isUp ?? false
  }

  /** What it sent has been dealt with, as far as it needs room. */
  get hasRoom(): boolean {
    return this.#link?.hasBacklogRoom() ?? false
  }

  all<T extends SiteFrame['t']>(t: T): readonly Said<T>[] {
    return this.heard.map(({ frame }) => frame).filter((frame): frame is Said<T> => frame.t === t)
  }

  /** The next frame of its kind, after so many. */
  async next<T extends SiteFrame['t']>(t: T, after = 0): Promise<Said<T>> {
    await until(() => this.all(t).length > after)
    return this.all(t)[after] as Said<T>
  }
}

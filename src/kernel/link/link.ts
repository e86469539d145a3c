import type { Machine } from '../machine.ts'
import { randomId } from '../machine.ts'
import type { Channel, ChannelEvents } from '../network.ts'
import type { Frame, SiteFrame } from './frames.ts'
import { wireVersion } from './frames.ts'
import type { Identity } from './identity.ts'
import { signText, verifyText } from './identity.ts'
import { backlogFrameBytes, backlogInFlight } from './lines.ts'
import { decodeFrame, encodeFrame } from './wire.ts'

/** Heard nothing for so long: the other side, or the way to it, is dead (LINK-8). */
export const deadAfterMs = 10_000
/** Heard nothing for so long: ask whether the other side is alive. Who dialled asks first, and is answered: one asks for both. */
const pingEveryMs = { dialled: 4_000, accepted: 5_000 }
/** With more than this under way even what is live goes back to being a backlog. */
const liveInFlight = 2 * backlogInFlight

/** With more than this in the channel, what is lossy does not join. */
const mostWaiting = 16 * 1024

export type LinkEvents = {
  /** Both sides have proved who they are. */
  readonly established: (link: Link) => void
  readonly frame: (link: Link, frame: SiteFrame, lines: readonly string[], done: () => void) => void
  /** Lossy: nobody waits for it. */
  readonly samples?: ((link: Link, frame: Frame<'samples'>) => void) | undefined
  /** There is room for more backlog. */
  readonly drained: (link: Link) => void
  readonly closed: (link: Link, why: string) => void
}

export type RowsFrame = { readonly frame: SiteFrame; readonly lines: readonly string[] }

export type Peer = { readonly box: string; readonly publicKey: string; readonly process: string }

type Stage =
  | { readonly is: 'greeting' }
  | { readonly is: 'proving'; readonly peer: Peer; readonly theirNonce: string }
  | { readonly is: 'up'; readonly peer: Peer }
  | { readonly is: 'closed' }

type LinkParts = {
  readonly identity: Identity
  readonly machine: Machine
  /** This process, so that a peer tells a new connection from a new start. */
  readonly process: string
  readonly accepts: (peer: Peer) => boolean
  readonly events: LinkEvents
}

/**
 * One connection between two boxes. Hello and proof both ways, then frames, numbered, in two lanes:
 * what is live goes at once, what is backlog waits for credit. Any frame out of place closes the
 * link, since a new one starts from what both sides have on disk.
 */
export class Link {
  readonly dialled: boolean
  readonly since: number
  readonly #parts: LinkParts
  readonly #channel: Channel
  readonly #nonce: string
  readonly #pingEveryMs: number
  #stage: Stage = { is: 'greeting' }
  #peer: Peer | undefined
  #sent = 0
  #received = 0
  #heard: number
  #inFlight = 0
  #cancelTick: () => void

  constructor(parts: LinkParts, channel: Channel, dialled: boolean) {
    this.#parts = parts
    this.#channel = channel
    this.dialled = dialled
    this.#nonce = randomId(parts.machine.random, 32)
    this.since = this.#heard = parts.machine.clock.mono()
    this.#pingEveryMs = pingEveryMs[dialled ? 'dialled' : 'accepted']
    this.#cancelTick = parts.machine.timers.after(this.#pingEveryMs, () => this.#tick())
    const { box, publicKey } = parts.identity
    this.#send({ t: 'hello', wire: wireVersion, box, publicKey, process: parts.process, nonce: this.#nonce })
  }

  /** Who the other side says it is; proved once the link is up. */
  get peer(): Peer | undefined {
    return this.#peer
  }

  get #mine(): End {
    return { box: this.#parts.identity.box, process: this.#parts.process, nonce: this.#nonce }
  }

  get isUp(): boolean {
    return this.#stage.is === 'up'
  }

  /** What the channel must call. */
  readonly channelEvents: ChannelEvents = {
    message: (message) => this.#receive(message),
    closed: (why) => this.#end(why),
  }

  send(frame: SiteFrame, lines?: readonly string[]): void {
    if (!this.isUp) return
    const bytes = this.#send(frame, lines)
    if (carries(frame)) this.#inFlight += bytes
  }

  /** Sends what may be lost: only while nothing waits, since facts come first (SAMPLE-7). */
  sendSamples(frame: Frame<'samples'>): boolean {
    if (!this.hasBacklogRoom() || this.#channel.waiting() > mostWaiting) return false
    this.#send(frame)
    return true
  }

  /** Sends rows in frames of at most 8 KiB, or of one row where that is larger (LINK-10). */
  sendRows<Row>(rows: readonly Row[], make: (part: readonly Row[]) => RowsFrame): void {
    if (!this.isUp || rows.length === 0) return
    const { frame, lines } = make(rows)
    const message = encodeFrame(this.#sent, frame, lines)
    if (message.byteLength > backlogFrameBytes && rows.length > 1) {
      const half = Math.ceil(rows.length / 2)
      this.sendRows(rows.slice(0, half), make)
      return this.sendRows(rows.slice(half), make)
    }
    this.#inFlight += this.#post(message)
  }

  /** Whether another frame of backlog may leave now. The peer's credit makes room (LINK-10). */
  hasBacklogRoom(): boolean {
    return this.isUp && this.#inFlight < backlogInFlight
  }

  /** Whether a live frame may leave now instead of joining the backlog. */
  hasLiveRoom(): boolean {
    return this.isUp && this.#inFlight < liveInFlight
  }

  close(why: string): void {
    if (this.#stage.is === 'closed') return
    this.#channel.close(why)
    this.#end(why)
  }

  #receive(message: Uint8Array): void {
    if (this.#stage.is === 'closed') return
    this.#heard = this.#parts.machine.clock.mono()
    try {
      const { number, frame, lines } = decodeFrame(message)
      if (number !== this.#received) throw new Error(`frame ${number} came where ${this.#received} was due`)
      this.#received += 1
      this.#take(frame, lines, message.byteLength)
    } catch (error) {
      this.close(error instanceof Error ? error.message : String(error))
    }
  }

  #take(frame: Frame, lines: readonly string[], bytes: number): void {
    switch (this.#stage.is) {
      case 'greeting':
        if (frame.t !== 'hello') throw new Error(`${frame.t} before hello`)
        return this.#meet(frame)
      case 'proving':
        if (frame.t !== 'proof') throw new Error(`${frame.t} before proof`)
        return this.#check(this.#stage.peer, this.#stage.theirNonce, frame.signature)
      case 'up':
        return this.#takeUp(frame, lines, bytes)
      case 'closed':
    }
  }

  #takeUp(frame: Frame, lines: readonly string[], bytes: number): void {
    switch (frame.t) {
      case 'hello':
      case 'proof':
        throw new Error(`${frame.t} twice`)
      case 'ping':
        this.#send({ t: 'pong', at: frame.at })
        return
      case 'pong':
        return
      case 'samples':
        return this.#parts.events.samples?.(this, frame)
      case 'credit':
        this.#inFlight = Math.max(0, this.#inFlight - frame.bytes)
        this.#parts.events.drained(this)
        return
      default:
        return this.#takeSite(frame, lines, bytes)
    }
  }

  #takeSite(frame: SiteFrame, lines: readonly string[], bytes: number): void {
    const done = () => {
      if (carries(frame) && this.isUp) this.#send({ t: 'credit', bytes })
    }
    this.#parts.events.frame(this, frame, lines, done)
  }

  #meet(hello: Frame<'hello'>): void {
    if (hello.wire !== wireVersion)
      throw new Error(`the other box speaks wire ${hello.wire}, this one ${wireVersion}: update the older`)
    const { box, publicKey, process, nonce } = hello
    if (box === this.#parts.identity.box && process === this.#parts.process)
      throw new Error('this box called itself')
    const peer = { box, publicKey, process }
    if (!this.#parts.accepts(peer)) throw new Error(`box ${box} is not known here, or its key is another`)
    this.#peer = peer
    this.#stage = { is: 'proving', peer, theirNonce: nonce }
    const text = proofText(this.dialled, this.#mine, { box, process, nonce })
    this.#send({ t: 'proof', signature: signText(this.#parts.identity, text) })
  }

  #check(peer: Peer, theirNonce: string, signature: string): void {
    const { box, process } = peer
    const text = proofText(!this.dialled, { box, process, nonce: theirNonce }, this.#mine)
    if (!verifyText(peer.publicKey, text, signature)) throw new Error(`box ${peer.box} did not prove its key`)
    this.#stage = { is: 'up', peer }
    this.#parts.events.established(this)
  }

  #send(frame: Frame, lines?: readonly string[]): number {
    return this.#post(encodeFrame(this.#sent, frame, lines))
  }

  #post(message: Uint8Array): number {
    this.#sent += 1
    this.#channel.send(message)
    return message.byteLength
  }

  #tick(): void {
    if (this.#stage.is === 'closed') return
    const { clock, timers } = this.#parts.machine
    const silent = clock.mono() - this.#heard
    if (silent >= deadAfterMs) return this.close(`heard nothing for ${Math.round(silent / 1000)} s`)
    const quiet = silent >= this.#pingEveryMs
    if (quiet && this.isUp) this.#send({ t: 'ping', at: clock.mono() })
    const wait = quiet ? Math.min(this.#pingEveryMs, deadAfterMs - silent) : this.#pingEveryMs - silent
    this.#cancelTick = timers.after(wait, () => this.#tick())
  }

  #end(why: string): void {
    if (this.#stage.is === 'closed') return
    this.#stage = { is: 'closed' }
    this.#cancelTick()
    this.#parts.events.closed(this, why)
  }
}

/** Frames that carry facts are the ones that credit counts. */
const carries = (frame: Frame): boolean => frame.t === 'entries' || frame.t === 'records'

/** One end of a link, as its hello says. */
type End = { readonly box: string; readonly process: string; readonly nonce: string }

/** What a proof signs: which end, and both hellos, so that no proof can be used twice or for another process. */
function proofText(dialled: boolean, from: End, to: End): string {
  const ends = [from, to].flatMap(({ box, process, nonce }) => [box, process, nonce])
  return ['regie-link', wireVersion, dialled ? 'dialled' : 'accepted', ...ends].join('\n')
}

import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Machine } from '../../kernel/machine.ts'
import type { LiveSession } from '../../kernel/live/session.ts'
import { textFrame } from '../text-frame.ts'
import type { Visitor } from '../visitor.ts'
import { cutToBytes, maxReasonBytes } from '../web-socket-channel.ts'
import type { Closing } from './closing.ts'
import { closings } from './closing.ts'
import { helloToken } from './hello.ts'
import type { LiveLimits, Places } from './limits.ts'
import { Bucket } from './limits.ts'
import type { Reception, Shown } from './reception.ts'

export type SocketParts = {
  readonly machine: Machine
  readonly reception: Reception
  readonly limits: LiveLimits
  readonly places: Places
  /** The session of somebody whose visitor may change. */
  readonly session: (
    visitor: () => Visitor,
    send: (message: Uint8Array) => void,
    close: (why: string) => void,
  ) => LiveSession
}

/** One reader's socket: who it is, whether he is still there, and how it ends. What he reads is the session's. */
export class LiveSocket {
  readonly #parts: SocketParts
  readonly #socket: WebSocket
  readonly #raw: Duplex
  readonly #bucket: Bucket
  #shown: Shown
  #visitor: Visitor | undefined
  #session: LiveSession | undefined
  /** What came while nobody knew who it was. */
  #early: Uint8Array[] = []
  #isFirst = true
  #judging = false
  #judgeAgain = false
  #heard: number
  #over = false
  #unwatch = () => {}
  #giveBack = () => {}

  constructor(parts: SocketParts, socket: WebSocket, raw: Duplex, shown: Shown) {
    this.#parts = parts
    this.#socket = socket
    this.#raw = raw
    this.#shown = shown
    this.#heard = parts.machine.clock.mono()
    this.#bucket = new Bucket(parts.limits, this.#heard)
    const alive = () => {
      this.#heard = parts.machine.clock.mono()
    }
    socket.on('message', (data: Buffer, isBinary) => {
      alive()
      this.#message(data, isBinary)
    })
    socket.on('ping', alive)
    socket.on('pong', alive)
    // What went wrong comes as a close, too.
    socket.on('error', () => {})
    socket.on('close', () => this.#end())
    this.#present(shown)
  }

  /** Which sites there are has changed, or who it is. */
  review(): void {
    this.#session?.review()
  }

  /** Now and then: asks whoever says nothing, and gives up who did not answer. */
  look(now: number, mayGiveUp: boolean): void {
    const silent = now - this.#heard
    const { silenceMs } = this.#parts.limits
    if (mayGiveUp && silent >= 2 * silenceMs) this.#socket.terminate()
    else if (silent >= silenceMs / 2 && !this.#over) this.#socket.ping()
  }

  close(closing: Closing, word: string = closing): void {
    if (this.#over) return
    this.#end()
    this.#socket.close(closings[closing], cutToBytes(word, maxReasonBytes))
    const { machine, limits } = this.#parts
    const cancel = machine.timers.after(limits.closeMs, () => this.#socket.terminate())
    this.#socket.once('close', cancel)
    this.#socket.resume()
  }

  #end(): void {
    this.#over = true
    this.#unwatch()
    this.#session?.closed()
    this.#giveBack()
    this.#early = []
  }

  #message(bytes: Uint8Array, isBinary: boolean): void {
    if (this.#over) return
    if (!this.#bucket.take(this.#heard)) return this.close('too-many-messages')
    if (isBinary) return this.close('malformed', 'only text messages are spoken here')
    const token = this.#isFirst ? helloToken(bytes) : undefined
    this.#isFirst = false
    if (token !== undefined) {
      const { ip } = this.#shown
      return this.#present({ headers: { authorization: `Bearer ${token}` }, ip })
    }
    if (this.#judging || !this.#session) this.#early.push(bytes)
    else this.#session.message(bytes)
  }

  /** Shows something, and watches what becomes of it. */
  #present(shown: Shown): void {
    this.#unwatch()
    this.#shown = shown
    this.#visitor = undefined
    this.#unwatch = this.#parts.reception.watch(shown, () => void this.#judge())
    void this.#judge()
  }

  /** Finds out who it is. Until that is known, nothing that he says is heard. */
  async #judge(): Promise<void> {
    this.#judgeAgain = true
    if (this.#judging || this.#over) return
    this.#judging = true
    this.#socket.pause()
    try {
      let visitor: Visitor | undefined
      while (this.#judgeAgain) {
        this.#judgeAgain = false
        visitor = await this.#parts.reception.visitorOf(this.#shown)
      }
      this.#judging = false
      if (visitor && !this.#over) this.#welcome(visitor)
    } catch (error) {
      this.#judging = false
      this.#parts.machine.log('error', `who reads live cannot be found out: ${String(error)}`)
      this.close('failed')
    }
  }

  #welcome(visitor: Visitor): void {
    const before = this.#visitor
    const isRefused = this.#shown.headers.authorization !== undefined && visitor.kind === 'nobody'
    const isAnother = before !== undefined && (before.kind !== visitor.kind || before.who !== visitor.who)
    if (isRefused || isAnother) return this.close('signed-out')
    this.#visitor = visitor
    if (!before && !this.#takePlace(visitor)) return this.close('too-many-sockets')
    if (this.#session) this.#session.review()
    else this.#session = this.#open(visitor)
    const early = this.#early
    this.#early = []
    for (const bytes of early) this.#session.message(bytes)
    this.#socket.resume()
  }

  #open(first: Visitor): LiveSession {
    return this.#parts.session(
      () => this.#visitor ?? first,
      (message) => {
        this.#raw.write(textFrame(message))
        // It says that it got what its line never took: no word would reach it.
        if (this.#raw.writableLength > this.#parts.limits.bufferedBytes) this.#socket.terminate()
      },
      (why) => this.close('malformed', why),
    )
  }

  #takePlace(visitor: Visitor): boolean {
    this.#giveBack()
    const { places, limits } = this.#parts
    const isNobody = visitor.kind === 'nobody'
    const name = isNobody ? `address ${this.#shown.ip}` : `${visitor.kind} ${visitor.who}`
    const giveBack = places.take(name, isNobody ? limits.socketsOfAddress : limits.socketsOfOne)
    this.#giveBack = giveBack ?? (() => {})
    return giveBack !== undefined
  }
}

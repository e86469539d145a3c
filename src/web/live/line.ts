import type { Asking, Telling } from '../../kernel/live/messages.ts'
import { BackOff } from './back-off.ts'
import { BoxClock } from './box-clock.ts'
import type { Surroundings } from './surroundings.ts'

export type LineEvents = {
  /** There is a new socket: nothing was said on it yet. */
  readonly opened: () => void
  readonly told: (telling: Exclude<Telling, { readonly t: 'beat' }>) => void
  readonly changed: (state: LineState) => void
}

/** `quiet`: there is a socket, and the box does not answer on it. `why`: the word with which the box closed it. */
export type LineState =
  | { readonly is: 'closed' }
  | { readonly is: 'away'; readonly why: string }
  | { readonly is: 'open' }
  | { readonly is: 'quiet' }

const path = '/api/live'
const tickMs = 1_000
/** Whoever says nothing for so long is asked for a sign of life. */
const beatEveryMs = 4_000
/** A beat that is not answered for so long makes what is shown old, */
const quietMs = 4_000
/** and after so long the line is given up: later each time, since an answer that is still coming may be large. */
const patienceMs = 10_000
const mostPatienceMs = 160_000
/** A browser may wait for minutes for a socket that nobody opens. */
const openWithinMs = 10_000
/** A sleep that the monotonic clock slept through. */
const sleptMs = 5_000
/** What came is confirmed after so many characters, though not more often than this. */
const confirmEvery = 4096
const confirmMs = 8
/** Who was closed for a reason of his own does not come again at once. */
const closedForReason = 4400
const afterReasonMs = 5_000

/** The one socket of a page: opened again whenever it is lost, and known to be alive or not. */
export class Line {
  readonly boxClock = new BoxClock()
  readonly #here: Surroundings
  readonly #token: () => string | undefined
  readonly #events: LineEvents
  readonly #backOff: BackOff
  readonly #unwake: () => void
  #socket: WebSocket | undefined
  #state: LineState = { is: 'closed' }
  #isWanted = false
  #cancelTick = () => {}
  #cancelDial = () => {}
  #cancelConfirm = () => {}
  #patience = patienceMs
  #began = 0
  #heard = 0
  #said = 0
  /** When the beats were said whose answers have not come, oldest first. */
  #beats: number[] = []
  #beatAt = 0
  /** Since when nothing has come although it was asked for. */
  #silentSince: number | undefined
  #count = 0
  #unconfirmed = 0
  #confirmed = 0
  #before = { mono: 0, wall: 0 }

  constructor(here: Surroundings, token: () => string | undefined, events: LineEvents) {
    this.#here = here
    this.#token = token
    this.#events = events
    this.#backOff = new BackOff(here.random, 500, 15_000)
    this.#unwake = here.onWake(() => this.wake())
  }

  get state(): LineState {
    return this.#state
  }

  /** When the box was last heard, by the clock of this page. */
  get heardAt(): number {
    return this.#heard
  }

  /** Somebody needs it, or nobody does any more. */
  want(isWanted: boolean): void {
    if (this.#isWanted === isWanted) return
    this.#isWanted = isWanted
    if (isWanted) return this.#dial()
    this.#cancelDial()
    this.#drop()
    this.#become({ is: 'closed' })
  }

  /** Something may work again: tries at once, or asks whether the box is there. */
  wake(): void {
    if (!this.#isWanted) return
    if (!this.#socket) return this.#dial()
    if (this.#isOpen) this.#beat()
  }

  /** Who stands here may be somebody else now. */
  renew(): void {
    if (!this.#isWanted) return
    this.#drop()
    this.#become({ is: 'away', why: '' })
    this.#dial()
  }

  say(asking: Asking): void {
    if (!this.#isOpen) return
    this.#said = this.#here.clock.mono()
    this.#socket?.send(JSON.stringify(asking))
  }

  stop(): void {
    this.want(false)
    this.#unwake()
  }

  get #isOpen(): boolean {
    return this.#state.is === 'open' || this.#state.is === 'quiet'
  }

  #dial(): void {
    this.#cancelDial()
    const { origin, clock } = this.#here
    const socket = this.#here.socket(`${origin.replace(/^http/, 'ws')}${path}`)
    this.#socket = socket
    this.#began = clock.mono()
    socket.onopen = () => this.#opened(socket)
    socket.onmessage = ({ data }) => {
      if (this.#socket === socket) this.#message(data)
    }
    socket.onclose = ({ code, reason }) => {
      if (this.#socket === socket) this.#lost(code, reason)
    }
    this.#tickLater()
  }

  #opened(socket: WebSocket): void {
    if (this.#socket !== socket) return socket.close()
    const mono = this.#here.clock.mono()
    this.#heard = this.#said = this.#confirmed = mono
    this.#beats = []
    this.#silentSince = undefined
    this.#count = 0
    this.#unconfirmed = 0
    this.#state = { is: 'open' }
    const token = this.#token()
    if (token !== undefined) socket.send(JSON.stringify({ t: 'hello', token }))
    this.#events.opened()
    this.#beat()
    this.#events.changed(this.#state)
  }

  #message(data: unknown): void {
    const telling = parse(data)
    if (!telling || typeof data !== 'string') return this.#lost(closedForReason, 'malformed')
    const { clock } = this.#here
    this.#heard = clock.mono()
    this.#silentSince = undefined
    this.#count += 1
    this.#unconfirmed += data.length
    this.#backOff.reset()
    if (telling.t === 'beat') {
      const said = this.#beats.shift()
      if (said !== undefined) this.boxClock.heard(telling.now, said, this.#heard)
    } else if (telling.t !== 'reading' && telling.t !== 'refused') this.#patience = patienceMs
    if (this.#state.is === 'quiet') this.#become({ is: 'open' })
    if (telling.t !== 'beat') this.#events.told(telling)
    if (this.#unconfirmed >= confirmEvery) this.#confirm()
  }

  #confirm(): void {
    this.#cancelConfirm()
    const now = this.#here.clock.mono()
    const wait = this.#confirmed + confirmMs - now
    if (wait > 0) {
      this.#cancelConfirm = this.#here.timers.after(wait, () => this.#confirm())
      return
    }
    this.#confirmed = now
    this.#unconfirmed = 0
    this.say({ t: 'got', count: this.#count })
  }

  #beat(): void {
    this.#beatAt = this.#here.clock.mono()
    this.#beats.push(this.#beatAt)
    this.#silentSince ??= this.#beatAt
    this.#unconfirmed = 0
    this.say({ t: 'beat', count: this.#count })
  }

  #tickLater(): void {
    const { clock, timers } = this.#here
    this.#cancelTick()
    this.#before = { mono: clock.mono(), wall: clock.wall() }
    this.#cancelTick = timers.after(tickMs, () => this.#tick())
  }

  #tick(): void {
    const { clock } = this.#here
    const { mono, wall } = this.#before
    const now = clock.mono()
    const slept = clock.wall() - wall - (now - mono) > sleptMs
    if (!this.#isOpen) {
      if (now - this.#began >= openWithinMs) return this.#lost(0, '')
    } else {
      const waited = now - (this.#silentSince ?? now)
      if (waited >= this.#patience) {
        this.#patience = Math.min(mostPatienceMs, 2 * this.#patience)
        return this.#lost(0, '')
      }
      const isDue = now - this.#said >= beatEveryMs || now - this.#heard >= beatEveryMs
      // Also while an answer is on its way: the box must hear that somebody is here.
      if (slept || (isDue && now - this.#beatAt >= beatEveryMs)) this.#beat()
      if (slept || waited >= quietMs) this.#become({ is: 'quiet' })
    }
    this.#tickLater()
  }

  #lost(code: number, why: string): void {
    this.#drop()
    if (!this.#isWanted) return
    const wait = this.#backOff.next()
    const ms = code >= closedForReason ? Math.max(wait, afterReasonMs) : wait
    this.#cancelDial = this.#here.timers.after(ms, () => this.#dial())
    this.#become({ is: 'away', why })
  }

  #drop(): void {
    this.#cancelTick()
    this.#cancelConfirm()
    const socket = this.#socket
    this.#socket = undefined
    socket?.close()
  }

  #become(state: LineState): void {
    const isNew = state.is !== this.#state.is
    this.#state = state
    if (isNew) this.#events.changed(state)
  }
}

function parse(data: unknown): Telling | undefined {
  if (typeof data !== 'string') return undefined
  try {
    return JSON.parse(data) as Telling
  } catch {
    return undefined
  }
}

import type { At, Telling } from '../../kernel/live/messages.ts'
import { LiveSession } from '../../kernel/live/session.ts'
import { readerBytes } from '../../kernel/live/topic.ts'
import type { Dice } from '../random.ts'
import type { World } from '../world.ts'
import { known } from '../world.ts'
import type { WorldBox } from '../world-box.ts'
import type { Question, Rows } from './evidence.ts'
import type { Evidences } from './evidences.ts'
import { Pipe } from './pipe.ts'
import { Voice } from './voice.ts'

/** A screen says what it got whenever so many characters have come. */
const confirmEvery = 4096
/** A reply that came between the look at the queue and what was sent, and a word of failure. */
const small = 2048

export type ScreenPlan = {
  readonly name: string
  readonly site: string
  /** `across`: of all sites of its box. */
  readonly questions: readonly (Question & { readonly across: boolean })[]
  /** Bytes a millisecond towards it. */
  readonly rate: number
}

/** What a screen has of one question. */
type Holding = {
  readonly question: Question & { readonly across: boolean }
  rows: Map<string, string>
  hash: string | undefined
  at: At
  topic: string | undefined
  key: readonly string[]
}

type Line = {
  readonly box: WorldBox
  readonly session: LiveSession
  readonly down: Pipe<Arriving>
  readonly up: Voice
  /** Whole messages that came, and characters that were not confirmed. */
  got: number
  unconfirmed: number
}
type Arriving = { readonly text: string; readonly size: number; readonly expected: Rows | undefined }

/** A screen in somebody's hand: on a line that is good or bad, now and then gone, and back with what it had. */
export class Screen {
  readonly plan: ScreenPlan
  readonly #world: World
  readonly #evidences: Evidences
  readonly #places: () => readonly WorldBox[]
  readonly #dice: Dice
  readonly #holdings: readonly Holding[]
  #line: Line | undefined
  #since = 0
  messages = 0

  constructor(world: World, evidences: Evidences, plan: ScreenPlan, places: () => readonly WorldBox[]) {
    this.plan = plan
    this.#world = world
    this.#evidences = evidences
    this.#places = places
    this.#dice = world.dice.fork(`screen ${plan.name}`)
    this.#holdings = plan.questions.map((question) => {
      return { question, rows: new Map(), hash: undefined, at: {}, topic: undefined, key: [] }
    })
  }

  get holdings(): readonly Pick<Holding, 'question' | 'rows' | 'at' | 'hash'>[] {
    return this.#holdings
  }

  /** The box that it reads now. */
  get box(): WorldBox | undefined {
    return this.#line?.box
  }

  /** Nothing is on its way to it, and it has been connected for so long. */
  isFree(forMs: number): boolean {
    return (
      this.#line !== undefined && this.#line.down.waiting === 0 && this.#world.time.now - this.#since >= forMs
    )
  }

  /** Lives until the world is quiet; then it stays connected. */
  live(meanMs: number): void {
    this.#connectSoon()
    const next = () => {
      this.#world.time.after(this.#dice.wait(meanMs), () => {
        if (!this.#world.busy) return
        if (this.#dice.chance(0.4)) this.#line?.down.block(this.#dice.int(1_000, 90_000))
        else this.#disconnect()
        next()
      })
    }
    next()
  }

  /** Its line is as good as a line can be. */
  heal(): void {
    this.#line?.down.heal()
  }

  #connectSoon(): void {
    this.#world.time.after(this.#dice.int(50, this.#world.busy ? 20_000 : 2000), () => this.#connect())
  }

  #connect(): void {
    if (this.#line) return
    const places = this.#places()
    const place = places.length > 0 ? this.#dice.pick(places) : undefined
    if (!place?.box || !place.process) return this.#connectSoon()
    const { box, process } = place
    const rate = this.#world.busy ? this.plan.rate : 100
    const down = new Pipe<Arriving>(
      this.#world.time,
      { rate, latencyMs: this.#dice.int(1, 80) },
      (arriving) => {
        if (this.#line === line) this.#hear(line, arriving)
      },
    )
    const sites = () => this.#evidences.sitesOf(place)
    const session = new LiveSession({
      live: box.live,
      known,
      rights: { sites },
      now: () => box.time(),
      channel: {
        send: (message) => this.#sent(line, message),
        close: (why) => this.#world.broken('LIVE', `${this.plan.name}: the box closed the line: ${why}`),
      },
    })
    const up = new Voice(this.#world.time, this.#dice, (message) => {
      if (process.alive && this.#line === line) session.message(message)
    })
    const line: Line = { box: place, session, down, up, got: 0, unconfirmed: 0 }
    this.#line = line
    this.#since = this.#world.time.now
    process.onEnd(() => {
      if (this.#line === line) this.#disconnect()
    })
    this.#holdings.forEach((holding, index) => {
      holding.topic = undefined
      const { query, input, across } = holding.question
      const has = holding.hash === undefined ? undefined : { hash: holding.hash, at: holding.at }
      const site = across ? undefined : this.plan.site
      up.say({ t: 'read', id: String(index), query, site, input, has })
    })
  }

  #disconnect(): void {
    const line = this.#line
    if (!line) return
    this.#line = undefined
    line.down.close()
    // A box hears of it sooner or later.
    this.#world.time.after(this.#dice.int(0, 5000), () => line.session.closed())
    this.#connectSoon()
  }

  /** The box sends: what must be true of it is settled now, whatever becomes of the log until it arrives. */
  #sent(line: Line, message: Uint8Array): void {
    const { down, box } = line
    const text = Buffer.from(message).toString()
    const telling = JSON.parse(text) as Telling
    // One short reply to each of its questions comes in any case.
    const isReply = telling.t === 'reading' || telling.t === 'refused'
    if (down.waiting > readerBytes + small && !isReply)
      this.#world.broken(
        'QUEUE',
        `${this.plan.name}: ${down.waiting} bytes wait for it, and box ${box.id} sends more`,
      )
    const holding =
      'topic' in telling ? this.#holdings.find(({ topic }) => topic === telling.topic) : undefined
    // The topic of an answer that is still on its way is told by its own message, right before.
    if (telling.t === 'reading') this.#named.set(telling.topic, Number(telling.id))
    const asked =
      holding ?? ('topic' in telling ? this.#holdings[this.#named.get(telling.topic) ?? -1] : undefined)
    const expected =
      asked && 'at' in telling ? this.#evidences.answer(box, asked.question, telling.at) : undefined
    down.send({ text, size: message.length, expected }, message.length)
  }

  readonly #named = new Map<string, number>()

  #hear(line: Line, { text, expected }: Arriving): void {
    this.messages += 1
    line.got += 1
    line.unconfirmed += text.length
    if (line.unconfirmed >= confirmEvery) {
      line.unconfirmed = 0
      line.up.say({ t: 'got', count: line.got })
    }
    const telling = JSON.parse(text) as Telling
    if (telling.t === 'reading') {
      const holding = this.#holdings[Number(telling.id)]
      if (holding) Object.assign(holding, { topic: telling.topic, key: telling.key })
      return
    }
    if (telling.t === 'refused' || telling.t === 'failed')
      return this.#world.broken('LIVE', `${this.plan.name}: ${text}`)
    if (telling.t === 'beat') return
    const holding = this.#holdings.find(({ topic }) => topic === telling.topic)
    if (holding) this.#take(line.box, holding, telling, expected)
  }

  #take(
    box: WorldBox,
    holding: Holding,
    telling: Exclude<Telling, { t: 'reading' | 'refused' | 'failed' | 'beat' }>,
    expected: Rows | undefined,
  ): void {
    const who = `${this.plan.name} at box ${box.id}, ${holding.question.query}`
    const world = this.#world
    for (const [site, n] of Object.entries(telling.at)) {
      if (n >= (holding.at[site] ?? 0) || (telling.t === 'rows' && telling.anew)) continue
      return world.broken(
        'BACKWARDS',
        `${who}: from entry ${holding.at[site]} of ${site} to ${n}, and it is not said`,
      )
    }
    const put = (row: Readonly<Record<string, unknown>>) =>
      holding.rows.set(JSON.stringify(holding.key.map((field) => row[field])), JSON.stringify(row))
    if (telling.t === 'rows') {
      holding.rows = new Map()
      for (const row of telling.rows) put(row)
    }
    if (telling.t === 'change') {
      if (telling.from !== holding.hash)
        return world.broken('LIVE', `${who}: a difference to something else than it has`)
      for (const row of telling.put) put(row)
      for (const key of telling.gone) holding.rows.delete(JSON.stringify(key))
    }
    if (telling.t === 'same' && telling.hash !== holding.hash)
      return world.broken('LIVE', `${who}: unchanged, and it has something else`)
    holding.hash = telling.hash
    holding.at = telling.at
    const wrong =
      expected && this.#evidences.difference(box, holding.question, telling.at, holding.rows, expected)
    if (wrong !== undefined)
      world.broken('LIVE', `${who}: at ${JSON.stringify(telling.at)} after ${telling.t}: ${wrong}`)
  }
}

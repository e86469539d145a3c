import type { Telling } from '../../kernel/live/messages.ts'
import { canonical } from './canonical.ts'
import type { Answer, Row } from './holding.ts'
import { Holding } from './holding.ts'
import type { Line } from './line.ts'
import type { Surroundings } from './surroundings.ts'

/** What a part of a page reads, for as long as it does not stop. */
export type Reading<R> = {
  readonly now: () => Answer<R>
  /** Tells at once, and then whenever there is something else to show. Returns how to stop being told. */
  readonly subscribe: (tell: (answer: Answer<R>) => void) => () => void
  readonly stop: () => void
}

export type Question = {
  readonly query: string
  readonly site: string | undefined
  readonly input: unknown
  readonly everyMs: number | undefined
}

/** Parts of a page come and go: what nobody reads is kept for so long. */
const lingerMs = 5_000
/** What was refused is asked for again so often: roles are given, and sites come. */
const againMs = 30_000

type Handle = { held: Held; readonly tells: Set<(answer: Answer<Row>) => void> }
type Held = { readonly holding: Holding; readonly handles: Set<Handle>; cancel: () => void }

/** All that a page reads: who asks the same is told by the same, and it outlives every socket. */
export class Readings {
  readonly #here: Surroundings
  readonly #line: () => Line
  readonly #held = new Map<string, Held>()
  #ids = 0

  /** `line`: tells this whatever it hears. */
  constructor(here: Surroundings, line: () => Line) {
    this.#here = here
    this.#line = line
  }

  read(question: Question): Reading<Row> {
    const name = canonical([question.query, question.site ?? null, question.input ?? null])
    const held = this.#held.get(name) ?? this.#add(name, question)
    const handle: Handle = { held, tells: new Set() }
    held.handles.add(handle)
    held.cancel()
    if (held.holding.refusal) this.#ask(held)
    return {
      now: () => this.#answer(handle.held),
      subscribe: (tell) => {
        handle.tells.add(tell)
        tell(this.#answer(handle.held))
        return () => handle.tells.delete(tell)
      },
      stop: () => this.#leave(handle),
    }
  }

  /** A new socket: all is asked anew, with what is here already. */
  opened(): void {
    for (const held of new Set(this.#held.values())) this.#ask(held)
  }

  told(telling: Exclude<Telling, { readonly t: 'beat' }>): void {
    const held =
      'id' in telling
        ? this.#find(({ id }) => id === telling.id)
        : this.#find(({ topic }) => topic === telling.topic)
    if (!held) return
    const { holding } = held
    if (telling.t === 'reading') return holding.reading(telling.topic, telling.key)
    if (telling.t === 'refused') return this.#refused(held, telling)
    if (!holding.take(telling)) return this.#askAnew(held)
    this.#tell(held)
  }

  /** The socket is gone; the box was last heard at `heard`. */
  lost(heard: number): void {
    for (const { holding } of this.#held.values()) holding.lost(heard)
  }

  /** The box answers again, or does not. */
  changed(): void {
    for (const held of new Set(this.#held.values())) this.#tell(held)
  }

  stop(): void {
    for (const held of this.#held.values()) held.cancel()
    this.#held.clear()
  }

  #add(name: string, question: Question): Held {
    this.#ids += 1
    const held: Held = {
      holding: new Holding({ ...question, id: String(this.#ids) }),
      handles: new Set(),
      cancel: () => {},
    }
    this.#held.set(name, held)
    this.#line().want(true)
    this.#ask(held)
    return held
  }

  #ask({ holding }: Held): void {
    const { id, query, site, input, everyMs, has } = holding
    holding.refusal = undefined
    this.#line().say({ t: 'read', id, query, site, input, has, everyMs })
  }

  #askAnew(held: Held): void {
    const { holding } = held
    this.#line().say({ t: 'stop', id: holding.id })
    holding.forget(this.#line().heardAt)
    this.#ask(held)
  }

  #refused(held: Held, { code, detail }: Telling & { readonly t: 'refused' }): void {
    const { holding } = held
    const same = this.#find(({ id }) => id === detail['id'])
    if (code === 'read-already' && same) return this.#merge(held, same)
    if (code === 'sites-changed') {
      holding.forget(this.#line().heardAt)
      return this.#ask(held)
    }
    holding.lost(this.#line().heardAt)
    holding.refusal = { code, detail }
    held.cancel()
    if (held.handles.size > 0) held.cancel = this.#here.timers.after(againMs, () => this.#ask(held))
    this.#tell(held)
  }

  /** Asked in two ways, and one question for the box: both are told by the first. */
  #merge(held: Held, same: Held): void {
    held.cancel()
    for (const [name, each] of this.#held) if (each === held) this.#held.set(name, same)
    for (const handle of held.handles) {
      handle.held = same
      same.handles.add(handle)
    }
    same.cancel()
    this.#tell(same)
  }

  #leave(handle: Handle): void {
    const { held } = handle
    handle.tells.clear()
    held.handles.delete(handle)
    if (held.handles.size > 0) return
    held.cancel()
    held.cancel = this.#here.timers.after(lingerMs, () => this.#remove(held))
  }

  #remove(held: Held): void {
    for (const [name, each] of this.#held) if (each === held) this.#held.delete(name)
    this.#line().say({ t: 'stop', id: held.holding.id })
    if (this.#held.size === 0) this.#line().want(false)
  }

  #find(is: (holding: Holding) => boolean): Held | undefined {
    for (const held of this.#held.values()) if (is(held.holding)) return held
    return undefined
  }

  #tell(held: Held): void {
    const tells = [...held.handles].flatMap((handle) => [...handle.tells])
    if (tells.length === 0) return
    const answer = this.#answer(held)
    for (const tell of tells) tell(answer)
  }

  #answer({ holding }: Held): Answer<Row> {
    const line = this.#line()
    const { mono } = this.#here.clock
    return holding.answer(line.state.is === 'open', () => line.heardAt, mono)
  }
}

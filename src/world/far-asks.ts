import type { Answer, Box } from '../kernel/box/contract.ts'
import type { Ask } from '../kernel/site/writer.ts'
import type { Wish } from './ledger.ts'
import type { Process } from './process.ts'
import type { SiteEvidence } from './site-evidence.ts'
import { keyId } from './testimony.ts'
import { Violation } from './violation.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

/** What one asker was told about one key, which is asked at one box only. */
type FarAsk = {
  readonly wish: Wish
  readonly ask: Ask
  readonly home: WorldBox
  readonly waitMs: number
  /** It was told to wait: from then on its box must know of it. */
  waits: boolean
  /** The last word that was told, as text. */
  end: string | undefined
  /** A question was open when its process ended: nobody on earth knows what became of that copy. */
  murky: boolean
  /** The card that held it is gone or was put back. */
  excused: boolean
}

type End = Extract<Answer, { readonly is: 'answered' | 'refused' }>

/** People who ask from afar, all of a world: what they were told, and whether it was the truth. */
export class FarAsks {
  readonly #world: World
  readonly #asks = new Map<string, FarAsk>()

  constructor(world: World) {
    this.#world = world
    world.witness.beforeLoss((card) => {
      for (const each of this.#asks.values()) if (each.home.card === card) each.excused = true
    })
  }

  /** Asks at this box, and follows what becomes of it. */
  ask(home: WorldBox, site: string, ask: Ask, waitMs: number): void {
    const wish = this.#world.ledger.wish(ask.key, site, this.#world.time.now)
    const state = { waits: false, end: undefined, murky: false, excused: false }
    const far = { wish, ask, home, waitMs, ...state }
    this.#asks.set(ask.key, far)
    this.#try(far)
  }

  /** The same again, or a look at what has become of it. */
  again(key: string, how: 'ask' | 'look'): void {
    const far = this.#asks.get(key)
    if (!far) return
    if (how === 'ask') return this.#try(far)
    this.#look(far)
  }

  /** Nobody waits for anything any more. */
  get isAtRest(): boolean {
    for (const far of this.#asks.values()) if (far.waits && !far.excused) this.#look(far)
    return [...this.#asks.values()].every(
      ({ waits, end, excused, home }) => !waits || end !== undefined || excused || home.isDestroyed,
    )
  }

  get waiting(): readonly string[] {
    return [...this.#asks.values()].flatMap(({ waits, end, excused, ask }) =>
      waits && end === undefined && !excused ? [ask.key] : [],
    )
  }

  /** All is quiet: what was told is what the log says (AFAR-4, AFAR-5). */
  check(site: string, log: SiteEvidence): void {
    for (const { wish, ask, end, murky, excused } of this.#asks.values()) {
      if (wish.site !== site || end === undefined || excused) continue
      const granted = log.place(keyId(ask.key)) !== undefined
      const known = granted || log.isOrphan(keyId(ask.key)) || this.#world.witness.gone.has(keyId(ask.key))
      if (isGrant(end) && !known)
        throw new Violation('AFAR', `${ask.key} was told ${end}, and is not in the log of ${site}`)
      if (!isGrant(end) && granted && !murky)
        throw new Violation('AFAR', `${ask.key} was told ${end}, and is granted in the log of ${site}`)
    }
  }

  #try(far: FarAsk): void {
    const { home, wish, ask } = far
    const { box, process, card } = home
    if (!box || !process || !this.#world.sites.get(wish.site)?.installed.has(card.name)) return
    let open = true
    wish.open += 1
    process.onEnd(() => {
      if (!open) return
      open = false
      wish.open -= 1
      wish.unclear += 1
      far.murky = true
    })
    void this.#act(box, wish.site, ask).then((answer) => {
      if (!open || !process.alive) return
      open = false
      wish.open -= 1
      this.#hear(far, answer, process)
    })
  }

  async #act(box: Box, site: string, ask: Ask): Promise<Answer> {
    try {
      return await box.act(site, ask)
    } catch (error) {
      this.#world.broken('CONTRACT', `act threw instead of answering: ${String(error)}`)
      return { is: 'unknown', why: 'it threw' }
    }
  }

  #look(far: FarAsk): void {
    const { home, wish, ask } = far
    const { box, process, card } = home
    if (!box || !process || !this.#world.sites.get(wish.site)?.installed.has(card.name)) return
    const waited = box.asked(wish.site, ask.key)
    if (waited) this.#hear(far, waited.answer, process)
    else if (far.waits && !far.excused)
      this.#world.broken('WAITED', `${ask.key} was told to wait at box ${home.id}, which knows nothing of it`)
  }

  #hear(far: FarAsk, answer: Answer, process: Process): void {
    const { wish, ask, home } = far
    const world = this.#world
    world.trace.note(`far ${ask.key} at ${process.name} ${JSON.stringify(answer)}`)
    switch (answer.is) {
      case 'unknown':
        wish.unclear += 1
        return
      case 'waiting':
        wish.unclear += 1
        far.waits = true
        return world.check(() => this.#checkKept(far))
      case 'refused':
        wish.refusals += 1
        // Refused at once: the same key may be asked again, and be granted (ACT-7).
        if (!far.waits) return
        return world.check(() => this.#checkEnd(far, answer))
      case 'answered': {
        const { n, copies } = answer
        const text = JSON.stringify(answer.answer)
        if (far.end === undefined) {
          wish.answers.push({ at: world.time.now, box: home.id, n, text, copies })
          world.check(() => world.witness.checkAnswered(wish, copies))
        }
        world.check(() => this.#checkEnd(far, answer))
      }
    }
  }

  /** Told to wait means on disk, with its person (AFAR-2). */
  #checkKept({ ask, wish, home }: FarAsk): void {
    const sql = 'SELECT doc FROM waits WHERE site = ? AND key = ?'
    const doc = home.card.truth.prepare(sql).get(wish.site, ask.key)?.['doc']
    if (typeof doc === 'string' && doc.includes(JSON.stringify(ask.who))) return
    throw new Violation('WAITED', `${ask.key} was told to wait, and is not on the card of box ${home.id}`)
  }

  #checkEnd(far: FarAsk, answer: End): void {
    const { ask, wish, home, waitMs } = far
    const end =
      answer.is === 'answered' ? `answered ${JSON.stringify(answer.answer)}` : `refused ${answer.code}`
    const early = this.#world.time.now < wish.askedAt + waitMs * 0.999 - 1_000
    if (end === 'refused expired' && early && !clockWasWrong(this.#world))
      throw new Violation('AFAR', `${ask.key} expired at box ${home.id} before its deadline`)
    if (far.end !== undefined && far.end !== end && !far.excused)
      throw new Violation('AFAR', `${ask.key} was told ${far.end}, and then ${end}`)
    far.end = end
  }
}

const isGrant = (end: string): boolean => end.startsWith('answered')

/** A clock that said it was good, and was not, may end what it should not. */
export const clockWasWrong = (world: World): boolean =>
  world.boots !== undefined || world.faults.get('clock steps') + world.faults.get('clock years off') > 0

import type { WaitRow } from '../../store/truth.ts'
import { StoreError } from '../../store/truth.ts'
import { askData } from '../box/asks.ts'
import { inBackground } from '../box/background.ts'
import type { Answer } from '../box/contract.ts'
import type { SiteParts } from '../box/site-parts.ts'
import type { Ask } from '../site/sequencer.ts'
import { halfCharacterIn } from '../well-formed.ts'
import type { Final, Wait, Waited } from './wait.ts'
import { digestOf, expired, isOver, parseWait, waitedOf, waitText } from './wait.ts'

/** What may wait at one box for one site, altogether and for one person. */
export const mostWaiting = 2000
export const mostOfOnePerson = 100
export const mostInputBytes = 32 * 1024
/** How long what has become of an ask is kept, and how much of it. */
export const keptMs = 7 * 24 * 3600 * 1000
const mostEnded = 1000
const mostEndedBytes = 16 * 1024 * 1024
/** So many are under way to the keeper at a time. */
const atOnce = 16
const restMs = 2_000
/** Timers beyond this end at once: the minutely look sees those deadlines. */
const longestTimerMs = 2 ** 31 - 1

type Parts = Pick<SiteParts, 'site' | 'machine' | 'known' | 'truth' | 'now'>

type Way = {
  /** Asks the keeper once, here or far away. */
  readonly ask: (ask: Ask) => Promise<Answer>
  /** Somebody can be asked now. */
  readonly isOpen: () => boolean
}

/** An ask that has not ended. */
type Standing = {
  wait: Wait
  /** It is on disk: only then does anybody hear that it waits (AFAR-2). */
  kept: boolean
  /** An earlier try may have been decided: from now on every word of the keeper must be its last (AFAR-4). */
  unclear: boolean
  over: boolean
  /** Its person has been told that nobody knows. */
  told: boolean
  busy: boolean
  cancel: () => void
}

/**
 * Asks of this box whose keeper is out of reach. Each is on disk before its person hears that it
 * waits, goes to the keeper under its one key as soon as there is a way, and ends once.
 */
export class Afar {
  readonly #parts: Parts
  readonly #way: Way
  readonly #standing = new Map<string, Standing>()
  readonly #ended = new Map<string, Wait>()
  readonly #first = new Map<string, { readonly digest: string; readonly answer: Promise<Answer> }>()
  readonly #listeners = new Set<(waited: Waited) => void>()
  #busy = 0
  #resting = false
  #stopped = false

  constructor(parts: Parts, rows: readonly WaitRow[], way: Way) {
    this.#parts = parts
    this.#way = way
    for (const row of rows) {
      const wait = parseWait(row.doc)
      if (wait.end) this.#ended.set(row.key, wait)
      else this.#stand(wait, wait.sent).kept = true
    }
  }

  get waiting(): number {
    return this.#standing.size
  }

  /** At once where the keeper can be reached. Else refused in words, or kept, if the action says so. */
  async act(ask: Ask): Promise<Answer> {
    const { key, who } = ask
    // No store could give it back.
    const odd = halfCharacterIn({ key, who })
    if (odd !== undefined) return refused('malformed', { field: odd, problem: 'half of a character' })
    const digest = digestOf(ask)
    const first = this.#first.get(ask.key)
    if (first) return first.digest === digest ? first.answer : conflict(ask)
    const waited = this.asked(ask.key)
    if (waited) return this.#digest(ask.key) === digest ? waited.answer : conflict(ask)
    const away = this.#parts.known.actions.get(ask.action)?.action.away ?? 'refuse'
    if (away === 'refuse') return this.#way.ask(ask)
    const answer = this.#keepAndAsk(ask, away.waitMs)
    this.#first.set(ask.key, { digest, answer })
    return answer.finally(() => this.#first.delete(ask.key))
  }

  asked(key: string): Waited | undefined {
    const standing = this.#standing.get(key)
    if (standing) return standing.kept ? waitedOf(standing.wait, standing.over) : undefined
    const ended = this.#ended.get(key)
    return ended && waitedOf(ended, true)
  }

  /** All that wait, oldest first. */
  list(): readonly Waited[] {
    return [...this.#standing.values()]
      .filter(({ kept }) => kept)
      .map(({ wait, over }) => waitedOf(wait, over))
  }

  /** Told of every change of an ask that waits, its end included. */
  on(tell: (waited: Waited) => void): () => void {
    this.#listeners.add(tell)
    return () => this.#listeners.delete(tell)
  }

  /** Something has changed: perhaps there is a way now. */
  turn(): void {
    if (this.#resting || this.#stopped || this.#standing.size === 0 || !this.#way.isOpen()) return
    for (const standing of this.#standing.values()) {
      if (this.#busy >= atOnce) return
      if (!standing.busy) inBackground(this.#parts.machine, 'an ask that waits', this.#try(standing))
    }
  }

  /** Now and then: deadlines of earlier boots, and what need not be kept any more. */
  async tidy(): Promise<void> {
    const { site, truth, machine, now } = this.#parts
    const at = now()
    for (const standing of this.#standing.values()) {
      const { wait } = standing
      if (!standing.over && isOver(wait, wait.waitMs, at, machine.boot)) this.#deadline(standing)
    }
    let [count, bytes] = [0, 0]
    const gone: string[] = []
    for (const [key, wait] of [...this.#ended].toReversed()) {
      count += 1
      bytes += waitText(wait).length
      const old = wait.end !== null && isOver(wait.end, keptMs, at, machine.boot)
      if (old || count > mostEnded || bytes > mostEndedBytes) gone.push(key)
    }
    if (gone.length === 0) return
    await truth.commit(gone.map((key) => ({ do: 'unwait', site, key })))
    for (const key of gone) this.#ended.delete(key)
  }

  stop(): void {
    this.#stopped = true
    for (const { cancel } of this.#standing.values()) cancel()
  }

  /** On disk before it is sent: whatever ends this box, the ask is not lost, and it is known that it was sent. */
  async #keepAndAsk(ask: Ask, waitMs: number): Promise<Answer> {
    const { machine, now } = this.#parts
    const unfit = this.#unfit(ask)
    if (unfit) return this.#askOnce(ask, unfit)
    const sent = this.#way.isOpen()
    const standing = this.#stand({ ask, at: now(), boot: machine.boot, waitMs, sent, end: null }, false)
    standing.busy = true
    try {
      await this.#save(standing.wait)
      standing.kept = true
    } catch (error) {
      standing.cancel()
      this.#standing.delete(ask.key)
      const full = error instanceof StoreError && error.reason === 'full'
      return this.#askOnce(ask, full ? refused('disk-full') : undefined)
    }
    const end = sent ? await this.#ask(standing) : undefined
    if (end) {
      await this.#end(standing, end).catch(() => this.#rest())
      standing.busy = false
      return end
    }
    standing.busy = false
    this.#tell(standing.wait, standing.over)
    if (standing.over) this.#deadline(standing)
    if (sent) this.#rest()
    else this.turn()
    return waitedOf(standing.wait, standing.over).answer
  }

  /** What cannot be kept is asked once; `instead` says why it cannot wait. */
  async #askOnce(ask: Ask, instead: Final | undefined): Promise<Answer> {
    const answer = await this.#way.ask(ask)
    const away = answer.is === 'refused' && answer.code === 'keeper-away'
    return away ? (instead ?? answer) : answer
  }

  /** Why this ask cannot wait here. */
  #unfit(ask: Ask): Final | undefined {
    const { known } = this.#parts
    if (!askData.safeParse(ask).success) return refused('malformed')
    if (JSON.stringify(ask.input ?? null).length > mostInputBytes)
      return refused('too-large', { action: ask.action })
    const input = known.actions.get(ask.action)?.action.input.safeParse(ask.input)
    if (input && !input.success) {
      const [issue] = input.error.issues
      return refused('malformed', {
        field: issue?.path.join('.') ?? '',
        problem: issue?.message ?? '',
      })
    }
    const own = [...this.#standing.values()].filter(({ wait }) => wait.ask.who === ask.who).length
    if (own >= mostOfOnePerson) return refused('too-many-waiting', { most: mostOfOnePerson })
    return this.#standing.size >= mostWaiting ? refused('too-many-waiting', { most: mostWaiting }) : undefined
  }

  #stand(wait: Wait, unclear: boolean): Standing {
    const { machine, now } = this.#parts
    const standing: Standing = {
      wait,
      kept: false,
      unclear,
      over: false,
      told: false,
      busy: false,
      cancel: () => {},
    }
    const left = wait.at[0] + wait.waitMs - now()[0]
    if (wait.boot === machine.boot && left <= longestTimerMs)
      standing.cancel = machine.timers.after(Math.max(0, left), () => this.#deadline(standing))
    this.#standing.set(wait.ask.key, standing)
    return standing
  }

  /** Its time is over. What surely was not sent ends here; the rest goes on until the keeper has said the last word. */
  #deadline(standing: Standing): void {
    standing.over = true
    if (this.#stopped || standing.busy) return
    if (standing.unclear) {
      if (!standing.told) this.#tell(standing.wait, true)
      standing.told = true
      return
    }
    inBackground(this.#parts.machine, 'an ask that expired', this.#endHere(standing))
  }

  async #endHere(standing: Standing): Promise<void> {
    standing.busy = true
    try {
      await this.#end(standing, expired)
    } catch (error) {
      this.#rest()
      throw error
    } finally {
      standing.busy = false
    }
  }

  async #try(standing: Standing): Promise<void> {
    standing.busy = true
    this.#busy += 1
    try {
      if (!standing.wait.sent) standing.wait = await this.#save({ ...standing.wait, sent: true })
      const end = await this.#ask(standing)
      if (end) await this.#end(standing, end)
      else this.#rest()
    } catch (error) {
      this.#rest()
      throw error
    } finally {
      standing.busy = false
      this.#busy -= 1
    }
    this.turn()
  }

  async #ask(standing: Standing): Promise<Final | undefined> {
    const { unclear, over, wait } = standing
    if (over && !unclear) return expired
    // Until an answer is here, nobody knows what became of it.
    standing.unclear = true
    const sure = over ? 'close' : unclear ? 'decide' : undefined
    const answer = await this.#way.ask({ ...wait.ask, sure })
    if (answer.is === 'answered') return answer
    if (answer.is !== 'refused') return undefined
    // A full disk is not the keeper's last word on it.
    if (answer.code !== 'keeper-away' && answer.code !== 'disk-full') return answer
    standing.unclear = unclear
    return standing.over && !unclear ? expired : undefined
  }

  async #end(standing: Standing, answer: Final): Promise<void> {
    const { machine, now } = this.#parts
    if (this.#stopped) return
    const end = { answer, at: now(), boot: machine.boot }
    const wait = await this.#save({ ...standing.wait, end })
    standing.cancel()
    this.#standing.delete(wait.ask.key)
    this.#ended.set(wait.ask.key, wait)
    this.#tell(wait, true)
  }

  async #save(wait: Wait): Promise<Wait> {
    const { site, truth } = this.#parts
    await truth.commit([{ do: 'wait', site, key: wait.ask.key, doc: waitText(wait) }])
    return wait
  }

  #tell(wait: Wait, over: boolean): void {
    for (const tell of this.#listeners) tell(waitedOf(wait, over))
  }

  #digest(key: string): string | undefined {
    const wait = this.#standing.get(key)?.wait ?? this.#ended.get(key)
    return wait && digestOf(wait.ask)
  }

  /** The keeper was not there after all, or the disk was not: not again at once. */
  #rest(): void {
    if (this.#resting || this.#stopped) return
    this.#resting = true
    this.#parts.machine.timers.after(restMs, () => {
      this.#resting = false
      for (const standing of this.#standing.values()) if (standing.over) this.#deadline(standing)
      this.turn()
    })
  }
}

const refused = (code: string, detail: Readonly<Record<string, string | number>> = {}): Final => ({
  is: 'refused',
  code,
  detail,
})
const conflict = ({ key }: Ask): Final => refused('key-conflict', { key })

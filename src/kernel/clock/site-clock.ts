import type { Instant, Quality } from '../instant.ts'
import type { Frame } from '../link/frames.ts'
import type { Link } from '../link/link.ts'
import type { SitePeer, SiteParts } from '../box/site-parts.ts'
import { inBackground } from '../box/background.ts'
import type { Exchange } from './estimate.ts'
import { best, measured, qualityOf, remembered, withinAt } from './estimate.ts'
import { ClockMemory } from './memory.ts'
import type { SavedClock } from './memory.ts'
import { carried, continued, heardFrom } from './start.ts'
import type { Change, Heard, Source, Steered } from './steer.ts'
import { offsetAt, stated, steer } from './steer.ts'

/** The first exchanges come quickly, until as many as are remembered have been had. */
const firstMs = 1_000
const saveEveryMs = 60_000

/** How a console shows it. */
export type ClockStatus = {
  readonly quality: Quality
  /** Milliseconds from the truth, at most; null: not known. */
  readonly within: number | null
  readonly by: Source | null
}

type Parts = Pick<SiteParts, 'site' | 'machine' | 'truth' | 'peers' | 'limits'>
type Outside = {
  readonly isKeeping: () => boolean
  /** The neighbour towards the keeper. */
  readonly next: () => SitePeer | undefined
  readonly record: (body: Owed) => Promise<unknown>
  readonly changed: () => void
}
type Owed = SavedClock['owed'][number]
type Asked = { readonly link: Link; readonly mono: number }
type Had = Exchange & { readonly link: Link; readonly era: string; readonly by: Source }

/**
 * The time of one site on this box: monotonic + offset of this boot. A follower measures against its
 * neighbour towards the keeper. The keeper goes on with what it has, better it by its machine where that
 * vouches, and asks the others only while it knows nothing.
 */
export class SiteClock {
  readonly #parts: Parts
  readonly #outside: Outside
  readonly #memory: ClockMemory
  #clock: Steered | undefined
  /** Counts the steps of this process, so that who measures against this box forgets what it measured before. */
  #era = 0
  #asked: Asked[] = []
  #had: Had[] = []
  #owed: Owed[] = []
  #rounds = 0
  #source: Link | 'machine' | undefined
  #savedAt: number | undefined
  #saving = false
  #telling = false
  #cancel = () => {}
  #running = false
  readonly #believed: number

  constructor(parts: Parts, notes: ReadonlyMap<string, string>, outside: Outside) {
    this.#parts = parts
    this.#outside = outside
    this.#memory = new ClockMemory(parts.truth, parts.site)
    const { clock } = parts.machine
    this.#believed = clock.wall() - clock.mono()
    if (!this.#measures) return
    const saved = this.#memory.load(notes)
    if (saved?.boot === parts.machine.boot) {
      this.#clock = continued(saved)
      this.#owed = [...saved.owed]
      return
    }
    const heard = saved && carried(saved, clock)
    if (heard) this.#take(heard)
    this.#lookAtMachine()
  }

  /** A moment in the site's time, as it is known now. Unknown, it carries what the machine believes. */
  now(): Instant {
    const { clock } = this.#parts.machine
    const mono = clock.mono()
    if (!this.#measures) return [mono, this.#believed, qualityOf(clock.vouch?.()?.within ?? Infinity)]
    if (!this.#clock) return [mono, Math.round(this.#believed), 0]
    return [mono, Math.round(offsetAt(this.#clock, mono)), qualityOf(stated(this.#clock, mono))]
  }

  status(): ClockStatus {
    const [mono, , quality] = this.now()
    if (!this.#clock) return { quality, within: null, by: null }
    return { quality, within: Math.ceil(stated(this.#clock, mono)), by: this.#clock.belief.by }
  }

  /** `peopleSaid`: at this keeper in this boot, as the log has it, the newest last. */
  async start(peopleSaid: () => Promise<readonly Heard[]>): Promise<void> {
    if (!this.#measures) return
    for (const each of await peopleSaid()) if (each.mono > (this.#clock?.belief.mono ?? -1)) this.#take(each)
    this.#running = true
    this.#round()
  }

  stop(): void {
    this.#running = false
    this.#cancel()
  }

  /** Who keeps, or the way to it, may have changed. */
  consider(): void {
    const source = this.#outside.isKeeping() ? 'machine' : this.#outside.next()?.link
    if (!this.#running || source === this.#source) return
    this.#source = source
    this.#rounds = 0
    // Others rely on this time already: whoever goes on with it makes no step (CLOCK-8).
    if (source === 'machine' && this.#clock?.belief.by === 'site')
      this.#clock = { ...this.#clock, settled: true }
    this.#round()
  }

  /** A person said the time at this keeper, and the log has it. */
  said(heard: Heard): void {
    this.#take(heard)
    this.#save()
  }

  /** Another box asks for the site's time. It gets it from whoever keeps, or has it from there. */
  answer(peer: SitePeer, { asked }: Frame<'clock'>): void {
    const { machine, site } = this.#parts
    const mono = machine.clock.mono()
    const [clock, theyKeep] = [this.#clock, peer.route?.length === 1]
    const own = this.#outside.isKeeping() || theyKeep || clock?.belief.by === 'site'
    const within = clock && own ? stated(clock, mono) : Infinity
    const known = clock !== undefined && qualityOf(within) > 0
    const time = known ? Math.max(0, mono + Math.round(offsetAt(clock, mono))) : 0
    const by = clock?.belief.by ?? 'hardware'
    const stamps = { asked, received: time, sent: time, within: known ? Math.ceil(within) : null }
    peer.link.send({ t: 'clocked', site, ...stamps, by, era: this.#era })
  }

  answered(peer: SitePeer, { asked, received, sent, within, by, era: count }: Frame<'clocked'>): void {
    const mono = this.#parts.machine.clock.mono()
    const place = this.#asked.findIndex((each) => each.link === peer.link && each.mono === asked)
    if (place < 0) return
    this.#asked.splice(place, 1)
    const keeps = this.#outside.isKeeping()
    if (within === null || (keeps && this.#isKnown())) return
    const shown = measured({ asked, received, sent, heard: mono }, within)
    if (!shown) return
    const era = `${peer.link.peer?.process}/${count}`
    const had: Had = { ...shown, theirs: within, link: peer.link, era, by: keeps ? by : 'site' }
    this.#had = [...this.#had.filter((each) => each.link === had.link && each.era === era), had].slice(
      -remembered,
    )
    const chosen = best(this.#had, mono)
    if (!chosen) return
    const { mono: at, offset, within: sure } = chosen
    this.#take({ mono: at, offset, within: sure, by: had.by, era })
  }

  get #measures(): boolean {
    return this.#parts.limits.clockEveryMs > 0
  }

  #isKnown(): boolean {
    return this.now()[2] > 0
  }

  #round(): void {
    this.#cancel()
    if (!this.#running) return
    const { machine, limits } = this.#parts
    if (this.#outside.isKeeping() || this.#clock?.belief.by !== 'site' || !this.#isKnown())
      this.#lookAtMachine()
    this.#ask()
    this.#tell()
    const mono = machine.clock.mono()
    if (this.#savedAt === undefined || mono - this.#savedAt >= saveEveryMs) this.#save()
    const wait = Math.min(limits.clockEveryMs, firstMs * 2 ** (this.#rounds >> 1))
    this.#rounds += 1
    this.#cancel = machine.timers.after(wait, () => this.#round())
  }

  #lookAtMachine(): void {
    const heard = heardFrom(this.#parts.machine.clock)
    if (heard) this.#take(heard)
  }

  /** A follower asks its neighbour; a keeper that knows nothing asks everybody who may know. */
  #ask(): void {
    const { machine, site, peers } = this.#parts
    const next = this.#outside.next()
    const keeps = this.#outside.isKeeping()
    if (keeps && this.#isKnown()) return
    const whom = keeps
      ? [...peers.values()].filter(({ standing, heard }) => heard && standing === 'whole')
      : next && next.sees !== 'guest'
        ? [next]
        : []
    const mono = machine.clock.mono()
    for (const { link } of whom) {
      this.#asked.push({ link, mono })
      link.send({ t: 'clock', site, asked: mono })
    }
    this.#asked = this.#asked.slice(-4 * remembered)
  }

  #take(heard: Heard): void {
    const { machine, site } = this.#parts
    const mono = machine.clock.mono()
    const { clock, change } = steer(this.#clock, heard, mono)
    this.#clock = clock
    if (!clock || change === 'none' || change === 'slew') return
    this.#era += 1
    if (change === 'wrong')
      machine.log('warn', `${site}: the clock was wrong; ${heard.by} says what time it is`)
    if (change !== 'step') this.#owe(clock, change, mono)
    if (this.#running) this.#outside.changed()
  }

  #owe({ belief }: Steered, change: Change, mono: number): void {
    const within = Math.ceil(withinAt(belief, mono)) + 1
    const quality = qualityOf(within)
    if (quality === 0) return
    const { boot } = this.#parts.machine
    const about = { boot, mono, offset: Math.round(belief.offset), within, quality, by: belief.by }
    this.#owed = [...this.#owed, { ...about, wrong: change === 'wrong' }].slice(-8)
    if (!this.#running) return
    this.#save()
    this.#tell()
  }

  /** What became known is a record also where a person said it: that decision may be lost with a branch. */
  #tell(): void {
    const [first] = this.#owed
    if (!first || this.#telling) return
    this.#telling = true
    this.#outside
      .record(first)
      .then(() => {
        this.#owed = this.#owed.filter((each) => each !== first)
        this.#telling = false
        this.#save()
        this.#tell()
      })
      .catch(() => {
        // The disk says so itself; the next round tries again.
        this.#telling = false
      })
  }

  #save(): void {
    const { machine } = this.#parts
    const [mono, wall] = [machine.clock.mono(), machine.clock.wall()]
    this.#savedAt = mono
    if (!this.#clock || this.#saving) return
    this.#saving = true
    const { belief, shown, settled, highest } = this.#clock
    const ahead = mono + offsetAt(this.#clock, mono) - wall
    const vouched = (machine.clock.vouch?.() ?? null) !== null
    const saved = { boot: machine.boot, belief, shown, settled, highest, owed: this.#owed }
    const done = this.#memory.save({ ...saved, wall: { at: wall, ahead, vouched } })
    inBackground(
      machine,
      'saving the clock',
      done.finally(() => (this.#saving = false)),
    )
  }
}

import { beginning } from './clock.ts'
import type { Boots } from './boots.ts'
import { Violation } from './violation.ts'

/** Sources that can stand above the one that first told a boot the time: a person, the network, the site. */
const mostSteps = 3

type Quality = 0 | 1 | 2 | 3
type At = readonly [mono: number, offset: number | null, quality: Quality]
type Body = Readonly<Record<string, unknown>>

/** What the log says of a boot's offset at one moment. */
type Measured = {
  readonly mono: number
  readonly offset: number
  readonly within: number
  readonly wrong: boolean
}
/** A moment, as the log says it: by which boot's clock. */
type Moment = { readonly n: number; readonly boot: string; readonly at: At }
/** A timer that stands in the log, until it rings, is set anew or cancelled. */
type Wait = Moment & {
  readonly name: string
  readonly due: number | null
  readonly after: number | null
  readonly kept: boolean
}

const bounds: Readonly<Record<Quality, number>> = { 0: Infinity, 1: 5000, 2: 250, 3: 20 }
/** Whole milliseconds, rounded in several places. */
const slackMs = 4
const driftPerMs = 1e-4
const slewPerMs = 5e-4

/**
 * The time in one log, as the witness reckons it: what each instant says, what became known of its boot later,
 * and what timers were set and rang. It uses no table of the kernel's, and knows when everything really was.
 */
export class TimeEvidence {
  readonly #site: string
  readonly #boots: Boots
  readonly #streams = new Map<string, string>()
  readonly #measured = new Map<string, Measured[]>()
  readonly #moments: Moment[] = []
  readonly #strikes = new Map<string, Moment>()
  readonly #waits = new Map<string, Wait>()
  #keeper = { boot: '', n: 0, since: 0 }
  #last: (Moment & { readonly offset: number }) | undefined
  #n = 0
  #chain = ''

  constructor(site: string, boots: Boots) {
    this.#site = site
    this.#boots = boots
  }

  get n(): number {
    return this.#n
  }

  get chain(): string {
    return this.#chain
  }

  /** The entry that opened the last term. */
  get term(): number {
    return this.#keeper.n
  }

  add(n: number, head: string, bodies: string, chain: string): void {
    const parts = JSON.parse(head) as readonly unknown[]
    const at = parts[1] as At
    const record = parts[0] === 'r'
    const kinds = record ? [parts[2] as string] : parts[0] === 'q' ? [] : (parts[2] as readonly string[])
    const lines = bodies.split('\n')
    const facts = kinds.map((kind, i) => ({ kind, body: bodyOf(lines[i] ?? '') }))
    const stream = record ? String(parts[4]) : ''
    for (const { kind, body } of facts) {
      if (kind === 'stream.opened') this.#streams.set(stream, String(body['boot']))
      if (kind === 'site.keeper') this.#opens(n, at, String(body['boot']))
    }
    if (parts[0] !== 'q') {
      const boot = record ? (this.#streams.get(stream) ?? '') : this.#keeper.boot
      const moment: Moment = { n, boot, at }
      this.#moments.push(moment)
      if (!record)
        this.#goesOn(
          moment,
          facts.some(({ kind }) => kind === 'clock.set'),
        )
      for (const { kind, body } of facts) this.#hear(kind, body, moment, record)
    }
    this.#n = n
    this.#chain = chain
  }

  /** When it was, by all that the log says now; as the rules say, and not as the kernel computes it. */
  timeOf({ boot, at: [mono, offset, quality] }: Moment): {
    readonly ms: number | null
    readonly quality: Quality
  } {
    const rows = this.#measured.get(boot) ?? []
    const proof = Math.max(-1, ...rows.flatMap((row) => (row.wrong ? [row.mono] : [])))
    const standing = rows.filter((row) => row.mono >= proof)
    const wrong = mono <= proof
    if (!wrong && quality > 0) return { ms: mono + (offset ?? 0), quality }
    const sorted = standing
      .filter((row) => !wrong || (row.wrong && row.mono === proof))
      .toSorted((a, b) => Math.abs(a.mono - mono) - Math.abs(b.mono - mono) || a.mono - b.mono)
    const [row] = sorted
    if (!row) return { ms: null, quality: 0 }
    const within = row.within + Math.abs(row.mono - mono) * driftPerMs
    const known = ([3, 2, 1] as const).find((each) => within <= bounds[each]) ?? 0
    return known === 0 ? { ms: null, quality: 0 } : { ms: mono + row.offset, quality: known }
  }

  strikes(): ReadonlyMap<string, { readonly ms: number | null; readonly quality: Quality }> {
    return new Map([...this.#strikes].map(([id, moment]) => [id, this.timeOf(moment)]))
  }

  /** Every instant, as finally retimed, is as near to the truth as it states. */
  checkInstants(): void {
    for (const moment of this.#moments) {
      const { ms, quality } = this.timeOf(moment)
      const truth = this.#truth(moment)
      if (ms === null || truth === undefined) continue
      const off = Math.abs(ms - truth)
      if (off <= bounds[quality] + slackMs) continue
      throw this.#violation(
        'INSTANT',
        `entry ${moment.n} (${JSON.stringify(moment.at)} of ${moment.boot}) is ${Math.round(off)} ms off, and states ${bounds[quality]}`,
      )
    }
  }

  /** An entry of a boot whose instant nobody knew, although nothing was said of that boot since. */
  untold(boot: string): number | undefined {
    if (this.#measured.has(boot)) return undefined
    return this.#moments.find((each) => each.boot === boot && each.at[2] === 0)?.n
  }

  /** What has been over for so long that it must have rung, and can be told from the log. */
  overdue(now: number, ms: number): string | undefined {
    for (const wait of this.#waits.values()) {
      const over = this.#overAt(wait)
      if (over && over.ms + over.within + ms < beginning + now)
        return `${wait.name}, set by entry ${wait.n}, was over at ${over.ms - beginning} and has not rung at ${now}`
    }
    return undefined
  }

  /** When a timer is really over, and how far the keeper may be from knowing it. */
  #overAt({ due, after, ...moment }: Wait): { readonly ms: number; readonly within: number } | undefined {
    if (after === null) return due === null ? undefined : { ms: due, within: bounds[1] }
    const { ms, quality } = this.timeOf(moment)
    const truth = this.#truth(moment)
    // Of a boot that nobody knows it is over in that boot, or after another has begun it anew.
    if (truth === undefined || (ms === null && moment.boot !== this.#keeper.boot)) return undefined
    return { ms: truth + after, within: ms === null ? 0 : bounds[quality] + bounds[1] }
  }

  #truth({ boot, at }: Moment): number | undefined {
    const truth = this.#boots.truthOf(boot, at[0])
    return truth === undefined ? undefined : beginning + truth
  }

  #opens(n: number, at: At, boot: string): void {
    this.#keeper = { boot, n, since: at[0] }
    this.#last = undefined
    // What counts from a boot of which nobody will know begins anew with the term.
    for (const [name, wait] of this.#waits) {
      if (wait.after === null || !wait.kept || wait.boot === boot || this.timeOf(wait).ms !== null) continue
      this.#waits.set(name, { ...wait, boot, at })
    }
  }

  /** While one keeper keeps, its time goes on, and is bent by no more than slewing allows. */
  #goesOn(moment: Moment, set: boolean): void {
    const [mono, offset, quality] = moment.at
    if (quality === 3) this.#steps.set(moment.boot, mostSteps)
    const before = this.#last
    this.#last = quality > 0 && offset !== null && !set ? { ...moment, offset } : undefined
    if (!before || !this.#last) return
    const surer = quality > before.at[2]
    const proved = this.#measured.get(moment.boot)?.some((row) => row.wrong && row.mono > before.at[0])
    const bent = Math.abs(this.#last.offset - before.offset)
    const most = (mono - before.at[0]) * slewPerMs + 2
    if (surer || proved === true || bent <= most || this.#maySteps(moment)) return
    this.#bent ??= {
      moment,
      text: `entry ${moment.n}: the keeper’s time is bent by ${bent} ms where ${Math.ceil(most)} are allowed`,
    }
  }

  /** Before it was ever good, a boot's clock may step once for each source that stands higher (CLOCK-4). */
  #maySteps({ boot }: Moment): boolean {
    const steps = this.#steps.get(boot) ?? 0
    this.#steps.set(boot, steps + 1)
    return steps < mostSteps
  }

  readonly #steps = new Map<string, number>()

  #bent: { readonly moment: Moment; readonly text: string } | undefined

  /** A jump whose reason comes later in the log is none. */
  checkBent(): void {
    if (!this.#bent) return
    const { moment, text } = this.#bent
    const proved = this.#measured
      .get(moment.boot)
      ?.some((row) => row.wrong && row.mono >= moment.at[0] - 60_000)
    if (proved !== true) throw this.#violation('BENT', text)
    this.#bent = undefined
  }

  #hear(kind: string, body: Body, moment: Moment, record: boolean): void {
    switch (kind) {
      case 'clock.measured':
      case 'clock.set': {
        const boot = String(body['boot'])
        const row = {
          mono: body['mono'],
          offset: body['offset'],
          within: body['within'],
          wrong: body['wrong'],
        }
        this.#measured.set(boot, [...(this.#measured.get(boot) ?? []), row as Measured])
        return
      }
      case 'fair.struck': {
        const name = `${String(body['bell'])}#${Number(body['count'])}`
        this.#strikes.set(name, moment)
        if (body['echo'] !== null) this.#set(name, moment, null, Number(body['echo']), !record)
        return
      }
      case 'fair.booked':
        return this.#set(
          `round ${String(body['round'])}`,
          moment,
          body['at'] as number | null,
          body['after'] as number | null,
          !record,
        )
      case 'fair.dropped':
        this.#waits.delete(`round ${String(body['round'])}`)
        return
      case 'timer.rang':
        return this.#rings(String(body['name']), Number(body['n']), moment)
    }
  }

  #set(name: string, moment: Moment, due: number | null, after: number | null, kept: boolean): void {
    this.#waits.set(name, { ...moment, name, due, after, kept })
  }

  /** It rings once for each time that it was set, and not before its time beyond what is stated. */
  #rings(name: string, n: number, moment: Moment): void {
    const wait = this.#waits.get(name)
    if (!wait || wait.n !== n)
      throw this.#violation('RANG', `entry ${moment.n} rings ${name} of entry ${n}, which does not wait`)
    this.#waits.delete(name)
    const truth = this.#truth(moment)
    const began = this.#truth(wait)
    if (truth === undefined || began === undefined) return
    const stated = bounds[moment.at[2]]
    const same = wait.boot === moment.boot
    const lasted = truth - began
    if (!same && stated === Infinity)
      throw this.#violation('EARLY', `entry ${moment.n} rings ${name} of another boot on an unknown clock`)
    const [over, may] =
      wait.after !== null
        ? [
            began + wait.after,
            same ? wait.after * 2 * driftPerMs : stated + bounds[this.timeOf(wait).quality],
          ]
        : [
            wait.due ?? 0,
            stated === Infinity ? bounds[this.timeOf(wait).quality] + lasted * 2 * driftPerMs : stated,
          ]
    if (truth < over - may - slackMs)
      throw this.#violation(
        'EARLY',
        `entry ${moment.n} rings ${name} ${Math.round(over - truth)} ms before its time`,
      )
  }

  #violation(rule: string, text: string): Violation {
    return new Violation(rule, `${text} (site ${this.#site})`)
  }
}

function bodyOf(line: string): Body {
  if (line === '' || line.startsWith('~')) return {}
  return JSON.parse(line.startsWith('^') ? line.slice(27) : line) as Body
}

import { sha256 } from '../digest.ts'
import type { Term } from '../term.ts'
import { compareTerms } from '../term.ts'
import type { Known } from './duty.ts'
import { dutyOf, takeOverTerm } from './duty.ts'
import type { Boundary, History } from './history.ts'
import { lastTerm, relate } from './history.ts'
import type { HandOver } from './writer.ts'

/** One entry as the model knows it: its running hash, and what it opens or hands over. */
export type ModelEntry = {
  readonly chain: string
  readonly opens?: Term | undefined
  readonly handsTo?: { readonly to: string; readonly reign: number } | undefined
}

export type ModelLog = readonly ModelEntry[]

/** What a backup brings back: the log, and the highest term met elsewhere. */
type Card = { readonly log: ModelLog; readonly met: Term | null }

type ModelBox = {
  readonly name: string
  log: ModelLog
  met: Term | null
  stream: string
  backups: readonly Card[]
}

export type Act =
  | 'write'
  | 'restart'
  | 'takeOver'
  | 'handOver'
  | 'backUp'
  /** Puts back a backup, and goes on without asking anybody what it lacks. */
  | 'restore'
  | 'meet'
  /** The link breaks while the one follows the other. */
  | 'meetHalf'

export type ModelStep = {
  readonly act: Act
  readonly box: number
  readonly other: number
  readonly count: number
}

/**
 * For tests: boxes that keep, die, come back from backups, take over and meet again, by the rules of
 * TERM-2 to TERM-5, with entries that hold nothing but their place in some branch.
 */
export class BranchModel {
  readonly boxes: readonly ModelBox[]
  /** Every log that any box ever had. */
  readonly seen: ModelLog[] = [[]]
  #ids = 0

  constructor(names: readonly string[]) {
    this.boxes = names.map((name) => {
      return { name, log: [], met: null, stream: this.#id('p'), backups: [{ log: [], met: null }] }
    })
    const [first] = this.boxes
    if (first)
      this.#append(first, { opens: { reign: 1, keeper: first.name, start: 1, stream: first.stream } })
    for (const box of this.boxes) box.log = first?.log ?? []
  }

  run({ act, box, other, count }: ModelStep): void {
    const me = this.boxes[box % this.boxes.length] as ModelBox
    const peer = this.boxes[other % this.boxes.length] as ModelBox
    switch (act) {
      case 'write':
        for (let i = 0; i < count; i++) this.#say(me)
        break
      case 'restart':
        me.stream = this.#id('p')
        break
      case 'takeOver':
        this.#append(me, { opens: takeOverTerm(historyOf(me.log), knownTo(me)) })
        break
      case 'handOver':
        if (me !== peer && this.#keeps(me))
          this.#append(me, { handsTo: { to: peer.name, reign: lastReign(me.log) + 1 } })
        break
      case 'backUp':
        me.backups = [...me.backups, { log: me.log, met: me.met }]
        break
      case 'restore':
        Object.assign(me, me.backups[count % me.backups.length])
        me.stream = this.#id('p')
        break
      case 'meet':
        this.#follow(me, peer, Infinity)
        this.#follow(peer, me, Infinity)
        break
      case 'meetHalf':
        this.#follow(me, peer, count)
    }
    this.seen.push(me.log, peer.log)
  }

  /**
   * Follows the other if its log stands above, for at most so many entries. Who gave up entries never
   * goes on under the term that it had given them: an orphan is its term and its place. A keeper
   * remembers the term that it gives way to, and waits for its entries.
   */
  #follow(me: ModelBox, peer: ModelBox, most: number): void {
    const { common, wins } = relate(historyOf(me.log), historyOf(peer.log))
    if (wins !== 'theirs') return
    const [mine, theirs] = [lastTerm(historyOf(me.log)), lastTerm(historyOf(peer.log))]
    if (theirs && mine?.keeper === me.name && (!me.met || compareTerms(theirs, me.met) > 0)) me.met = theirs
    if (common < me.log.length) me.stream = this.#id('p')
    me.log = peer.log.slice(0, Math.min(peer.log.length, common + most))
  }

  #say(box: ModelBox): void {
    if (this.#keeps(box)) this.#append(box, {})
  }

  /** Takes the role that the log gives it. */
  #keeps(box: ModelBox): boolean {
    const duty = dutyOf(historyOf(box.log), knownTo(box))
    if (duty.is === 'open') this.#append(box, { opens: duty.term })
    return duty.is !== 'follow'
  }

  #append(box: ModelBox, entry: Omit<ModelEntry, 'chain'>): void {
    box.log = [...box.log, { ...entry, chain: sha256(`${box.log.at(-1)?.chain ?? ''} ${this.#id('e')}`) }]
  }

  #id(prefix: string): string {
    return `${prefix}${(this.#ids++).toString(36).padStart(4, '0')}`
  }
}

export function historyOf(log: ModelLog): History {
  const terms: Boundary[] = log.flatMap(({ opens, chain }, index) =>
    opens ? [{ n: index + 1, term: opens, chain }] : [],
  )
  return { n: log.length, chain: log.at(-1)?.chain ?? '', terms }
}

/** The longest beginning that two logs share, entry by entry. */
export function sharedLength(a: ModelLog, b: ModelLog): number {
  const parted = a.findIndex(({ chain }, index) => b[index]?.chain !== chain)
  return parted < 0 ? a.length : parted
}

function knownTo({ name, log, met, stream }: ModelBox): Known {
  return { handover: handOver(log), met, box: name, stream }
}

function handOver(log: ModelLog): HandOver | null {
  const n = log.findLastIndex(({ handsTo }) => handsTo !== undefined) + 1
  const handsTo = log[n - 1]?.handsTo
  return handsTo ? { n, ...handsTo } : null
}

function lastReign(log: ModelLog): number {
  return log.findLast(({ opens }) => opens !== undefined)?.opens?.reign ?? 0
}

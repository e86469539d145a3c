import { StoreError } from '../../store/truth.ts'
import type { LogRow, RecordRow } from '../../store/truth.ts'
import { hashViews } from '../views/hash.ts'
import { halfCharacterIn } from '../well-formed.ts'
import { canonical, sha256 } from '../digest.ts'
import { bodyLine, headText, maxFactBytes, nextChain } from '../entry.ts'
import type { Head, Origin } from '../entry.ts'
import type { DoneAt } from '../done-at.ts'
import type { Instant } from '../instant.ts'
import type { Random } from '../machine.ts'
import type { Asking } from '../pack/action.ts'
import type { Pack } from '../pack/pack.ts'
import { kernelPack } from './kernel-pack.ts'
import { mostErrands } from '../afar/most.ts'
import { overdue, refusalEntry } from '../afar/refusal.ts'
import { orphanAt, orphanFacts, orphansIn, stillKnown } from './orphans.ts'
import { quarantinedAt, readable, rejected, rejectedLine, whyNotRecord } from './quarantine.ts'
import type { Read } from './quarantine.ts'
import type { SiteViews } from './views.ts'

/** What a keeper is given to order. */
export type Item =
  /** Consecutive records of one stream, from a journal or a link. */
  | {
      readonly do: 'records'
      readonly box: string
      readonly stream: string
      readonly rows: readonly RecordRow[]
    }
  /** Something that a person or device asks for. */
  | ({ readonly do: 'act'; readonly arrived?: number | undefined } & Ask)
  /** What the keeper says by itself. */
  | { readonly do: 'say'; readonly facts: readonly Saying[] }
  /** What packs wait for and is over now: each is said in an entry of its own, at most so many. */
  | { readonly do: 'ring'; readonly most: number }
  /** A base: what the views are before this entry. Asked alone. */
  | { readonly do: 'base' }
  /** An entry of a branch that lost. */
  | {
      readonly do: 'handIn'
      readonly term: string
      readonly n: number
      readonly head: string
      readonly bodies: string
    }

export type Ask = {
  readonly action: string
  readonly key: string
  readonly who: string
  readonly input: unknown
  /** When its person did it, where his device kept it for a while. No part of what the key stands for (LOG-12). */
  readonly doneAt?: DoneAt | undefined
  /**
   * It may have been asked before, and an earlier copy may still be on its way: a refusal is said for good
   * (`decide`), or nothing is decided any more (`close`). Either way the key has its last word (AFAR-4).
   */
  readonly sure?: 'decide' | 'close' | undefined
}
export type Saying = { readonly kind: string; readonly body: unknown }

export type Outcome =
  /** The stream is in the log up to here. */
  | { readonly did: 'records'; readonly upTo: number }
  | { readonly did: 'act'; readonly n: number; readonly answer: unknown; readonly again: boolean }
  | {
      readonly did: 'refused'
      readonly code: string
      readonly detail: Readonly<Record<string, string | number>>
    }
  | { readonly did: 'said'; readonly n: number }
  | { readonly did: 'rang'; readonly n: number; readonly rang: number }
  /** Safe: in the log at or before n. */
  | { readonly did: 'handedIn'; readonly n: number }

export type Step = { readonly rows: readonly LogRow[]; readonly outcomes: readonly Outcome[] }

/** The text of one entry: more could not travel as one frame. */
const maxEntryBytes = 1024 * 1024
const saltBytes = 27

/** What a keeper adds to the views' rules: the moment, chance from outside, and which site it is. */
export type Moment = { readonly at: Instant; readonly random: Random; readonly site?: string | undefined }

/**
 * Gives items their place in the log, one after the other, each decided against the views that all
 * before it have made. The entries are applied but not committed: the caller makes them durable,
 * then commits the views, or rolls back and nothing has happened.
 */
export function sequence(views: SiteViews, items: readonly Item[], moment: Moment): Step {
  const rows: LogRow[] = []
  const append = (head: Head, bodies: string, term?: string): number => {
    const text = headText(head)
    return appendText(text, bodies, term)
  }
  const appendText = (head: string, bodies: string, term?: string): number => {
    const { n, chain } = views.cursor
    const row: LogRow = { n: n + 1, head, bodies, chain: nextChain(chain, { head, bodies }), term }
    views.apply(row, head.startsWith('["a"') ? 'or refuse' : 'or skip')
    rows.push(row)
    return row.n
  }

  /** What a record becomes; undefined where another is to come first, or it is not its box's to give. */
  const entryOf = ({ seq, head, body }: RecordRow, box: string, stream: string, position: number) => {
    if (seq !== position + 1) return undefined
    // A stream is one box's for ever: in another's name it would move on, and the box's own record be lost.
    if ((views.boxOf(stream) ?? box) !== box) return undefined
    const read = readable(head, body)
    const why = refusal(views, read?.head, body, { box, stream, seq })
    if (why === undefined) return { head, bodies: body, read }
    const kept = rejectedLine({ head, line: body }, moment.random)
    const from = { box, stream, seq }
    const marked = headText({ form: 'q', at: moment.at, kind: 'unknown', from, why })
    return { head: marked, bodies: kept, read: undefined }
  }

  /** Those that follow each other are applied together: it comes out as if they were applied one by one. */
  const takeRecords = ({
    box,
    stream,
    rows: records,
  }: Pick<Item & { do: 'records' }, 'box' | 'stream' | 'rows'>): Outcome => {
    let { n, chain } = views.cursor
    let position = views.position(stream)
    const taken: LogRow[] = []
    const reads: (Read | undefined)[] = []
    for (const record of records) {
      const entry = entryOf(record, box, stream, position)
      if (!entry) continue
      const { head, bodies, read } = entry
      position = record.seq
      n += 1
      chain = nextChain(chain, entry)
      taken.push({ n, head, bodies, chain })
      reads.push(read)
    }
    if (taken.length > 0) views.applyAll(taken, reads)
    rows.push(...taken)
    return { did: 'records', upTo: views.position(stream) }
  }

  const decide = (ask: Item & { do: 'act' }): Outcome => {
    const { key, who } = ask
    // Before any row is asked for by it: one odd key would fail the step, and all that is decided in it.
    const odd = halfCharacterIn({ key, who })
    if (odd !== undefined) return halfCharacter(odd)
    const digest = sha256(canonical([ask.action, ask.input]))
    const before = views.kernel.answers.get(ask.key)
    const refused = before && views.kernel.refusals.get(ask.key)
    if (before?.digest === digest && refused)
      return { did: 'refused', code: refused.code, detail: refused.detail }
    if (before?.digest === digest) return { did: 'act', n: before.n, answer: before.answer, again: true }
    if (before) return { did: 'refused', code: 'key-conflict', detail: { key: ask.key } }
    const outcome = ask.sure === 'close' ? overdue : judge(ask, digest)
    if (ask.sure !== undefined && outcome.did === 'refused')
      append(...refusalEntry(ask, digest, outcome, moment.at))
    return outcome
  }

  const judge = (ask: Item & { do: 'act' }, digest: string): Outcome => {
    const known = views.known.actions.get(ask.action)
    if (!known) return { did: 'refused', code: 'unknown-action', detail: { action: ask.action } }
    const half = halfCharacterIn(ask.input)
    if (half !== undefined) return halfCharacter(half)
    const input = known.action.input.safeParse(ask.input)
    if (!input.success) {
      const [issue] = input.error.issues
      return {
        did: 'refused',
        code: 'malformed',
        detail: { field: issue?.path.join('.') ?? '', problem: issue?.message ?? '' },
      }
    }
    const asking: Asking = {
      who: ask.who,
      key: ask.key,
      at: moment.at,
      doneAt: ask.doneAt ?? null,
      boot: views.keeperBoot,
      arrived: ask.arrived ?? moment.at[0],
      site: moment.site ?? '',
      settings: views.known.settings,
      random: (size) => moment.random.bytes(size),
      orphan: (term, n) => orphanAt(views, term, n),
      quarantined: (n) => quarantinedAt(views, n),
      order: (kind) => views.known.orders.get(kind),
    }
    try {
      const decided = known.action.decide(input.data, views.rows(known.pack), asking)
      if ('refused' in decided) return { did: 'refused', code: decided.refused, detail: decided.detail ?? {} }
      const said = decided.facts.map(({ kind, body }) => ({ kind: fullKind(known.pack, kind), body }))
      if (tooManyErrands(views, said)) return { did: 'refused', code: 'too-many-errands', detail: {} }
      const { action, key, who, doneAt } = ask
      const asked = { action, key, digest, who, answer: decided.answer ?? null, doneAt }
      const head: Head = { form: 'a', at: moment.at, kinds: said.map(({ kind }) => kind), asked }
      const bodies = said.map(checkedLine).join('\n')
      if (Buffer.byteLength(headText(head)) + Buffer.byteLength(bodies) > maxEntryBytes)
        return { did: 'refused', code: 'too-large', detail: { action: ask.action } }
      const n = append(head, bodies)
      return { did: 'act', n, answer: asked.answer, again: false }
    } catch (error) {
      if (error instanceof StoreError) throw error
      return {
        did: 'refused',
        code: 'internal',
        detail: { action: ask.action, problem: String(error).slice(0, 500) },
      }
    }
  }

  /** A pack's mistake is found before it is in the log. */
  const checkedLine = ({ kind, body }: Saying): string => {
    const known = views.known.kinds.get(kind)
    if (known?.fact.said !== 'decision') throw new Error(`${kind} is not a decision`)
    const line = bodyLine(known.fact.body.parse(body), known.fact.erasable ? moment.random : null)
    if (Buffer.byteLength(line) > maxFactBytes) throw new Error(`${kind}: over 32 KiB; put it into a blob`)
    return line
  }

  const lines = (said: readonly Saying[]): string =>
    said
      .map(({ kind, body }) =>
        bodyLine(body, views.known.kinds.get(kind)?.fact.erasable ? moment.random : null),
      )
      .join('\n')

  const say = (facts: readonly Saying[]): number => {
    const opens = facts.find(({ kind }) => kind === 'site.keeper')?.body as { term: string } | undefined
    return append(
      { form: 'k', at: moment.at, kinds: facts.map(({ kind }) => kind) },
      lines(facts),
      opens?.term,
    )
  }

  /** Decided here, against the rows that everything before it has made: so a timer rings once in a log (TIMER-2). */
  const ring = (most: number): Outcome => {
    let rang = 0
    for (const { pack, name, n, i } of views.timers.over(moment.at, views.keeperBoot, most)) {
      const timer = views.kernel.timers.get(pack, name)
      if (timer?.n !== n || timer.i !== i) continue
      say([{ kind: 'timer.rang', body: { pack, name, n, i } }, timer])
      rang += 1
    }
    return { did: 'rang', n: views.cursor.n, rang }
  }

  const handIn = (item: Item & { do: 'handIn' }): Outcome => {
    try {
      return takeHandIn(item)
    } catch (error) {
      if (error instanceof StoreError) throw error
      return { did: 'refused', code: 'unreadable', detail: { term: item.term, n: item.n } }
    }
  }

  const takeHandIn = ({ term, n, head: text, bodies }: Item & { do: 'handIn' }): Outcome => {
    const head = readable(text, bodies)?.head
    if (!head) return { did: 'refused', code: 'unreadable', detail: { term, n } }
    if (head.form === 'r' || head.form === 'q') {
      const { box, stream, seq } = head.from
      const record = head.form === 'r' ? { head: text, line: bodies } : rejected(bodies)
      if (record) takeRecords({ box, stream, rows: [{ seq, head: record.head, body: record.line }] })
      else if (seq === views.position(stream) + 1) appendText(text, bodies)
      if (views.position(stream) < seq)
        return { did: 'refused', code: 'records-missing', detail: { stream, seq } }
    } else {
      for (const orphan of orphansIn(term, n, text, bodies)) {
        if (!views.kernel.orphans.get(orphan.term, orphan.n)) say(orphanFacts(stillKnown(views, orphan)))
      }
    }
    return { did: 'handedIn', n: views.cursor.n }
  }

  const outcomes = items.map((item): Outcome => {
    switch (item.do) {
      case 'records':
        return takeRecords(item)
      case 'act':
        return decide(item)
      case 'say':
        return { did: 'said', n: say(item.facts) }
      case 'ring':
        return ring(item.most)
      case 'base': {
        const body = {
          rules: views.known.rules,
          views: views.settled((database) => hashViews(database, views.known)),
        }
        return { did: 'said', n: say([{ kind: 'base.laid', body }]) }
      }
      case 'handIn':
        return handIn(item)
    }
  })
  return { rows, outcomes }
}

/** Another site does not answer, or is asked for too much. */
function tooManyErrands(views: SiteViews, said: readonly Saying[]): boolean {
  const more = said.filter(({ kind }) => kind === 'errand.sent').length
  return more > 0 && views.kernel.errands.count('byState', 'waiting') + more > mostErrands
}

/** A pack says its own kinds by their short names, and the kernel's by theirs. */
const fullKind = (pack: Pack, kind: string): string =>
  pack !== kernelPack && kind in pack.facts ? `${pack.name}.${kind}` : kind

/** Why a record cannot be judged by this keeper. Its content is never a reason: that is the pack's. */
function refusal(
  { known }: SiteViews,
  head: Head | undefined,
  body: string,
  { box, stream, seq }: Origin,
): string | undefined {
  if (head?.form !== 'r') return 'it cannot be read as a record'
  if (head.from.box !== box || head.from.stream !== stream || head.from.seq !== seq) {
    return 'its head names another place'
  }
  if (Buffer.byteLength(body) > maxFactBytes + saltBytes) return 'it is over 32 KiB'
  return whyNotRecord(known, head.kind)
}

const halfCharacter = (field: string): Outcome => {
  const detail = { field, problem: 'half of a character' }
  return { did: 'refused', code: 'malformed', detail }
}

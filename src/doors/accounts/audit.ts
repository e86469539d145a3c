import type { Box } from '../../kernel/box/contract.ts'
import type { Fact, Head } from '../../kernel/entry.ts'
import { factsOf, parseHead } from '../../kernel/entry.ts'
import type { Instant } from '../../kernel/instant.ts'
import { epochOf } from '../../kernel/instant.ts'
import type { Known } from '../../kernel/pack/kinds.ts'
import { hubSite } from '../../kernel/settings/target.ts'
import type { LogRow } from '../../store/truth.ts'
import type { Language } from '../language.ts'
import type { ShownFact } from './audit-facts.ts'
import { inWords, readable, shownFact, subjectOf } from './audit-facts.ts'
import { backwards } from './audit-reading.ts'
import type { Directory, Whose } from './directory.ts'
import { whoOf } from './visitors.ts'

/** A request looks at so many entries at most, then says where to go on. */
const mostLooked = 5000
/** What a thing was before is sought in so many entries below the page. */
const mostBelow = 1000

export const auditKinds = ['done', 'refused', 'signed'] as const
export type AuditRow = {
  readonly n: number
  readonly is: (typeof auditKinds)[number]
  readonly who: string
  /** What whoever it was is called now; null where it is no account, or was erased. */
  readonly name: string | null
  readonly what: string
  readonly about: string | null
  readonly words: string
  /** As it was believed when it was written. */
  readonly at: { readonly time: string | null; readonly quality: number }
  readonly why: string | null
  readonly count: number
  readonly key: string | null
  readonly address: string | null
  readonly box: string | null
  readonly facts: readonly ShownFact[]
  readonly answer: unknown
}

export type AuditFilter = {
  readonly who?: string | undefined
  readonly what?: string | undefined
  readonly is?: AuditRow['is'] | undefined
  /** Milliseconds since 1970: nothing that is later. */
  readonly until?: number | undefined
}

export type AuditPage = {
  readonly rows: readonly AuditRow[]
  /** Before this entry it goes on; null: there is nothing older. */
  readonly next: number | null
  readonly looked: number
}

type Parts = {
  readonly box: Pick<Box, 'entries'>
  readonly directory: Pick<Directory, 'person' | 'byLogin' | 'lentNow'>
  readonly known: Known
  readonly language: Language
}

/** The records that say who came in, who went, and who was not let in; all else that people do is a decision. */
const told: readonly string[] = [
  'login.refused',
  'door.refused',
  'session.opened',
  'session.lent',
  'session.closed',
]
/** By the text of a head: most entries are none of these, and are not parsed. */
const kindsTold = told.map((kind) => kind.replaceAll('.', String.raw`\.`)).join('|')
const mayBeTold = new RegExp(String.raw`^\["(?:a|r",\[[^\]]*\],"(?:${kindsTold}))"`)

/** What was done and refused at a site, the newest first, from before an entry. */
export async function auditPage(
  parts: Parts,
  site: string,
  before: number,
  limit: number,
  filter: AuditFilter,
): Promise<AuditPage> {
  const isWanted = filterOf(parts, filter)
  const rows: AuditRow[] = []
  const open = new Map<string, ShownFact[]>()
  let [looked, below, next] = [0, 0, null as number | null]
  for await (const piece of backwards(parts.box, site, before)) {
    for (const row of piece) {
      if (next === null) {
        looked += 1
        const read = auditRow(parts, site, row)
        if (read) settle(open, read.facts)
        if (read && isWanted(read.row)) {
          rows.push(read.row)
          wait(open, read.facts, read.row.facts)
        }
        if (rows.length === limit || looked === mostLooked) next = row.n
      } else {
        below += 1
        const facts = open.size > 0 && row.head.startsWith('["a"') ? factsIn(row) : []
        settle(open, facts)
        if (open.size === 0 || below === mostBelow) return { rows, next: atEnd(next), looked }
      }
    }
    if (next !== null && open.size === 0) break
  }
  // The log has nothing older: what is still sought never was.
  if (next === null || below < mostBelow)
    for (const facts of open.values()) for (const fact of facts) fact.before = null
  return { rows, next: atEnd(next), looked }
}

const atEnd = (next: number | null): number | null => (next === 1 ? null : next)

/** All of it, piece by piece. */
export async function* auditRows(
  parts: Parts,
  site: string,
  before: number,
  filter: AuditFilter,
): AsyncGenerator<readonly AuditRow[], void, undefined> {
  const isWanted = filterOf(parts, filter)
  for await (const piece of backwards(parts.box, site, before))
    yield piece.flatMap((row) => {
      const read = auditRow(parts, site, row)
      return read && isWanted(read.row) ? [read.row] : []
    })
}

/** The fact that was sought is the nearest older one of the same thing. */
function settle(open: Map<string, ShownFact[]>, facts: readonly Fact[]): void {
  for (const fact of facts) {
    const subject = subjectOf(fact)
    for (const later of (subject && open.get(subject)) || []) later.before = shownFact(fact).fields
    if (subject !== undefined) open.delete(subject)
  }
}

function wait(open: Map<string, ShownFact[]>, facts: readonly Fact[], shown: readonly ShownFact[]): void {
  for (const [i, fact] of facts.entries()) {
    const subject = subjectOf(fact)
    const one = shown[i]
    if (subject !== undefined && one) open.set(subject, [...(open.get(subject) ?? []), one])
  }
}

const factsIn = ({ head, bodies }: LogRow): readonly Fact[] => factsOf(parseHead(head), bodies)

type Read = { readonly row: AuditRow; readonly facts: readonly Fact[] }

/** Undefined where nobody did anything: most entries are records of what was seen. */
function auditRow(parts: Parts, site: string, { n, head: text, bodies }: LogRow): Read | undefined {
  if (!mayBeTold.test(text)) return undefined
  const head = parseHead(text)
  const facts = factsOf(head, bodies)
  if (head.form === 'a') return { row: decided(parts, site, n, head, facts), facts }
  const [fact] = facts
  if (head.form !== 'r' || !fact || !told.includes(head.kind)) return undefined
  return { row: recorded(parts, site, n, head, fact), facts: [] }
}

function decided(
  parts: Parts,
  site: string,
  n: number,
  { asked, at }: Extract<Head, { readonly form: 'a' }>,
  facts: readonly Fact[],
): AuditRow {
  const { action, who, key, answer } = asked
  const shown = facts.map(shownFact)
  const own = `${who}/`
  return {
    n,
    is: 'done',
    who,
    name: nameOfWho(parts, site, who),
    what: action,
    about: parts.known.actions.get(action)?.action.about?.[parts.language] ?? null,
    words: inWords(shown),
    at: moment(at),
    why: null,
    count: 1,
    key: key.startsWith(own) ? key.slice(own.length) : key,
    address: null,
    box: null,
    facts: shown,
    answer: readable(answer),
  }
}

function recorded(
  parts: Parts,
  site: string,
  n: number,
  { at, kind, from }: Extract<Head, { readonly form: 'r' }>,
  fact: Fact,
): AuditRow {
  const body = (fact.body ?? {}) as Readonly<Record<string, unknown>>
  const said = (name: string) => (typeof body[name] === 'string' ? body[name] : null)
  const account = said('account')
  const who = said('who') ?? (account === null ? 'nobody' : whoOf(whoseOf(parts, site, account, kind)))
  const isRefused = kind === 'login.refused' || kind === 'door.refused'
  const shown = shownFact(fact)
  return {
    n,
    is: isRefused ? 'refused' : 'signed',
    who,
    name: nameOfWho(parts, site, who),
    what: said('what') ?? (kind === 'login.refused' ? 'login' : kind),
    about: null,
    words: said('how') ?? said('why') ?? '',
    at: moment(at),
    why: said('why'),
    count: typeof body['count'] === 'number' ? body['count'] : 1,
    key: null,
    address: said('address'),
    box: from.box,
    facts: [shown],
    answer: null,
  }
}

function moment(at: Instant): AuditRow['at'] {
  const epoch = epochOf(at)
  return { time: epoch === null ? null : new Date(epoch).toISOString(), quality: at[2] }
}

/** An account that a site's log speaks of and does not have itself was lent to it. */
function whoseOf({ directory }: Parts, site: string, account: string, kind: string): Whose {
  const own = { site, account }
  const isOwn = kind !== 'session.lent' && (site === hubSite || directory.person(own) !== undefined)
  return isOwn ? own : { ...own, lending: '' }
}

/** `k3v9`, `k3v9 of trail`, `k3v9 lent`, `k3v9 token 7x`: the account in each. */
const accountForm =
  /^(?<account>[0-9a-z]{4,32})(?: of (?<at>[0-9a-z-]{1,63})| (?<lent>lent))?(?: token [0-9a-z]{4,32})?$/

function nameOfWho({ directory }: Parts, site: string, who: string): string | null {
  const { account = '', at = hubSite, lent } = accountForm.exec(who)?.groups ?? {}
  const person = directory.person({ site: at, account })
  // Where the organisation's own log is not, what it lent says who he is.
  return (person ?? (lent === undefined ? undefined : directory.lentNow(site, account)))?.name ?? null
}

function filterOf(parts: Parts, { who, what, is, until }: AuditFilter) {
  const isHim = who === undefined ? () => true : doerOf(parts, who)
  return (row: AuditRow): boolean => {
    if (is !== undefined && row.is !== is) return false
    if (!isHim(row)) return false
    if (what !== undefined && !row.what.toLowerCase().includes(what.toLowerCase())) return false
    return until === undefined || row.at.time === null || Date.parse(row.at.time) <= until
  }
}

/** A whole login is one account, in whatever log, lent or not, with its tokens; anything else a part of a name. */
function doerOf({ directory }: Parts, text: string): (row: AuditRow) => boolean {
  const typed = text.normalize('NFKC').trim().toLowerCase()
  const ids = directory.byLogin(typed).map(whoOf)
  const isOf = (who: string) =>
    ids.some((id) => who === id || who === `${id} lent` || who.startsWith(`${id} token `))
  if (ids.length > 0) return ({ who }) => isOf(who)
  return ({ who, name }) => [who, name ?? ''].some((each) => each.toLowerCase().includes(typed))
}

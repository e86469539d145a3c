import { z } from 'zod'
import { bodyLine, factsOf, headText, parseHead, parseLine } from '../entry.ts'
import type { Fact, Head, Origin } from '../entry.ts'
import type { Random } from '../machine.ts'
import type { Quarantined } from '../pack/action.ts'
import type { Known } from '../pack/kinds.ts'
import type { SiteViews } from './views.ts'

/** Of a record that cannot be judged, so much is kept of each of its two lines (LOG-10). */
const keptOfRejected = 24 * 1024
const rejectedBody = z.object({ head: z.string(), body: z.string() })

/** What the text of an entry says. */
export type Read = { readonly head: Head; readonly facts: readonly Fact[] }

/** A record as two lines. */
export type Lines = { readonly head: string; readonly line: string }

/** The line of a `q` entry. What it holds may be a person's: it can be erased like one (LOG-16). */
export function rejectedLine({ head, line }: Lines, random: Random): string {
  return bodyLine({ head: head.slice(0, keptOfRejected), body: line.slice(0, keptOfRejected) }, random)
}

/** The record inside a `q` entry; undefined where it was erased. Throws where there is none. */
export function rejected(bodies: string): Lines | undefined {
  const { body, hollow } = parseLine(bodies)
  if (hollow) return undefined
  const record = rejectedBody.parse(body)
  return { head: record.head, line: record.body }
}

/** An entry as this box would have written it, with as many lines as kinds, each of which can be read. */
export function readable(line: string, bodies: string): Read | undefined {
  try {
    const head = parseHead(line)
    const facts = factsOf(head, bodies)
    return headText(head) === line ? { head, facts } : undefined
  } catch {
    return undefined
  }
}

/** The record that waits at a `q` entry, where it is one, whole and of this very place (LOG-25). */
export function waiting(from: Origin, bodies: string): Lines | undefined {
  const record = readableRejected(bodies)
  if (!record) return undefined
  const { head: text, line } = record
  const isWhole = text.length < keptOfRejected && line.length < keptOfRejected && text.isWellFormed()
  const head = readable(text, line)?.head
  if (!isWhole || !line.isWellFormed() || head?.form !== 'r') return undefined
  const { box, stream, seq } = head.from
  return box === from.box && stream === from.stream && seq === from.seq ? record : undefined
}

function readableRejected(bodies: string): Lines | undefined {
  try {
    return rejected(bodies)
  } catch {
    return undefined
  }
}

/** Why a keeper cannot take a record of this kind. */
export function whyNotRecord(known: Known, name: string): string | undefined {
  const kind = known.kinds.get(name)
  if (!kind) return `the keeper does not know ${name}`
  return kind.fact.said === 'record' ? undefined : `${name} is not for recording: only the keeper decides it`
}

/** What waits in the quarantine at the first place of an entry, judged by what is known now. */
export function quarantinedAt(views: SiteViews, n: number): Quarantined | undefined {
  const row = views.kernel.quarantine.get(n, 0)
  if (!row) return undefined
  const { head: text, line, why } = row
  const head = text === null ? undefined : parseHead(text)
  if (text === null || line === null || head?.form !== 'r') return { is: 'not admissible', why }
  const kind = views.known.kinds.get(head.kind)
  const unfit = whyNotRecord(views.known, head.kind)
  if (!kind || unfit !== undefined) return { is: 'not admissible', why: unfit ?? why }
  const { body } = parseLine(line)
  const parsed = kind.fact.body.safeParse(body)
  if (!parsed.success) return { is: 'not admissible', why: misfit(parsed.error) }
  return { is: 'admissible', head: text, body, erasable: kind.fact.erasable }
}

/** Where a body is not as its kind declares it. */
export function misfit({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'not as declared'}`
}

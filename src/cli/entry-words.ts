import { styleText } from 'node:util'
import { factsOf, parseHead, parseLine } from '../kernel/entry.ts'
import type { Head } from '../kernel/entry.ts'
import type { Instant } from '../kernel/instant.ts'
import { epochOf } from '../kernel/instant.ts'
import type { LogRow, RecordRow } from '../store/truth.ts'

/** An entry as programs read it: one line of JSON that needs no knowledge of how logs are written. */
export type EntryJson = {
  readonly n: number
  readonly form: 'record' | 'quarantined' | 'decision' | 'keeper'
  readonly at: AtJson
  /** Who recorded it, in which stream, at which place. */
  readonly from?: { readonly box: string; readonly stream: string; readonly seq: number }
  readonly asked?: {
    readonly action: string
    readonly key: string
    readonly who: string
    readonly answer: unknown
    /** When the person did it, where it was asked for later: and how many milliseconds that may be off, if known. */
    readonly done?: { readonly time: string; readonly within: number | null }
  }
  readonly why?: string
  readonly facts: readonly FactJson[]
  readonly chain: string
}

type AtJson = { readonly time: string | null; readonly quality: number; readonly mono: number }
type FactJson = { readonly kind: string; readonly body: unknown; readonly erased?: true }

export function entryJson({ n, head: text, bodies, chain }: LogRow): EntryJson {
  const head = parseHead(text)
  const facts = factsOf(head, bodies).map(({ kind, body, hollow }): FactJson =>
    hollow ? { kind, body: null, erased: true } : { kind, body },
  )
  return { n, ...headJson(head), facts, chain }
}

export type RecordJson = Omit<EntryJson, 'n' | 'chain'>

/** A record in a journal, before it has a place in the log. */
export function recordJson({ head: text, body: line }: RecordRow): RecordJson {
  const head = parseHead(text)
  const { body, hollow } = parseLine(line)
  const kind = head.form === 'r' ? head.kind : ''
  return { ...headJson(head), facts: [hollow ? { kind, body: null, erased: true } : { kind, body }] }
}

function headJson(head: Head): Pick<EntryJson, 'form' | 'at' | 'from' | 'asked' | 'why'> {
  const at = atJson(head.at)
  switch (head.form) {
    case 'r':
      return { form: 'record', at, from: head.from }
    case 'q':
      return { form: 'quarantined', at, from: head.from, why: head.why }
    case 'a': {
      const { action, key, who, answer, doneAt } = head.asked
      const done = doneAt && { time: new Date(doneAt.ms).toISOString(), within: doneAt.within }
      return { form: 'decision', at, asked: { action, key, who, answer, ...(done && { done }) } }
    }
    case 'k':
      return { form: 'keeper', at }
  }
}

function atJson(at: Instant): AtJson {
  const epoch = epochOf(at)
  const [mono, , quality] = at
  return { time: epoch === null ? null : new Date(epoch).toISOString(), quality, mono }
}

/** The same for people: a line a fact, who said it, and what. */
export function entryWords(entry: RecordJson & { readonly n?: number }): string {
  const place = entry.n === undefined ? `#${entry.from?.seq ?? ''}` : String(entry.n)
  const time = entry.at.time === null ? `+${entry.at.mono} ms` : localTime(entry.at.time)
  const said = entry.asked
    ? `${entry.asked.who}: ${entry.asked.action}${doneWords(entry.asked.done)}`
    : entry.form === 'keeper'
      ? 'keeper'
      : `box ${entry.from?.box ?? ''}`
  const facts = entry.facts.map(({ kind, body, erased }) => `${kind} ${erased ? '∅' : JSON.stringify(body)}`)
  if (entry.why !== undefined) facts.unshift(`! ${entry.why}`)
  const head = `${place.padStart(7)}  ${time.padEnd(23)}  ${said}`
  const lines = facts.map((fact) => `         ${fact}`)
  return [styleText('bold', head), ...lines].join('\n')
}

type Done = NonNullable<EntryJson['asked']>['done']

function doneWords(done: Done): string {
  if (!done) return ''
  return `  (${localTime(done.time)}${done.within === null ? ' ?' : ` ±${done.within} ms`})`
}

/** As the clock on the wall here shows it. */
function localTime(iso: string): string {
  return `${new Date(iso).toLocaleString('sv-SE')}.${iso.slice(20, 23)}`
}

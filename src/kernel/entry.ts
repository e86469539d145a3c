import { sha256 } from './digest.ts'
import type { DoneAt, DoneAtText } from './done-at.ts'
import { doneAtOf, isDoneAtText } from './done-at.ts'
import type { Instant } from './instant.ts'
import type { Random } from './machine.ts'
import { randomId } from './machine.ts'

/**
 * An entry is text from its birth: one head line, and one line a fact. The same bytes are hashed,
 * stored and sent, so no two boxes can disagree about how a fact is written (LOG-1).
 */
export type EntryText = { readonly head: string; readonly bodies: string }

/** What a head says. The letter is the first element of the line. */
export type Head =
  /** A record: one fact that a box saw. */
  | { readonly form: 'r'; readonly at: Instant; readonly kind: string; readonly from: Origin }
  /** A record that the keeper cannot judge: kept, and shown in the quarantine. */
  | {
      readonly form: 'q'
      readonly at: Instant
      readonly kind: string
      readonly from: Origin
      readonly why: string
    }
  /** A decision: what a person or device asked for, the answer, and the facts that follow from it. */
  | { readonly form: 'a'; readonly at: Instant; readonly kinds: readonly string[]; readonly asked: Asked }
  /** What the keeper says by itself: terms, timers, orphans, bases. */
  | { readonly form: 'k'; readonly at: Instant; readonly kinds: readonly string[] }

/** Who recorded a fact, in which stream, at which place. */
export type Origin = { readonly box: string; readonly stream: string; readonly seq: number }

/** The same key with another digest is a conflict; with the same, the answer is the same (LOG-12). */
export type Asked = {
  readonly action: string
  readonly key: string
  readonly digest: string
  readonly who: string
  readonly answer: unknown
  /** Only where somebody said when he did it. */
  readonly doneAt?: DoneAt | undefined
}

/** A fact inside an entry. `body` is undefined where it was erased. */
export type Fact = { readonly kind: string; readonly body: unknown; readonly hollow: boolean }

export const maxFactBytes = 32 * 1024

export function headText(head: Head): string {
  switch (head.form) {
    case 'r':
      return JSON.stringify(['r', head.at, head.kind, head.from.box, head.from.stream, head.from.seq])
    case 'q':
      return JSON.stringify([
        'q',
        head.at,
        head.kind,
        head.from.box,
        head.from.stream,
        head.from.seq,
        head.why,
      ])
    case 'a': {
      const { action, key, digest, who, answer, doneAt } = head.asked
      const done = doneAt ? [[doneAt.ms, doneAt.within]] : []
      return JSON.stringify(['a', head.at, head.kinds, action, key, digest, who, answer, ...done])
    }
    case 'k':
      return JSON.stringify(['k', head.at, head.kinds])
  }
}

/** Reads a head. Throws on what is none. */
export function parseHead(text: string): Head {
  const parts = JSON.parse(text) as readonly unknown[]
  const at = parts[1] as Instant
  const record = parts[0] === 'r' || parts[0] === 'q'
  const fits = record
    ? typeof parts[2] === 'string' &&
      typeof parts[3] === 'string' &&
      typeof parts[4] === 'string' &&
      isPlace(parts[5])
    : Array.isArray(parts[2]) && parts[2].every((kind) => typeof kind === 'string')
  if (!isInstant(at) || !fits) throw notAHead(text)
  switch (parts[0]) {
    case 'r':
    case 'q': {
      const from = { box: parts[3] as string, stream: parts[4] as string, seq: parts[5] as number }
      const said = { at, kind: parts[2] as string, from }
      return parts[0] === 'r' ? { form: 'r', ...said } : { form: 'q', ...said, why: String(parts[6]) }
    }
    case 'a': {
      if (!parts.slice(3, 7).every((each) => typeof each === 'string')) throw notAHead(text)
      const [, , kinds, action, key, digest, who, answer, done] = parts as unknown as [
        'a',
        Instant,
        readonly string[],
        string,
        string,
        string,
        string,
        unknown,
        DoneAtText?,
      ]
      if (done !== undefined && !isDoneAtText(done)) throw notAHead(text)
      const doneAt = done === undefined ? {} : { doneAt: doneAtOf(done) }
      return { form: 'a', at, kinds, asked: { action, key, digest, who, answer, ...doneAt } }
    }
    case 'k':
      return { form: 'k', at, kinds: parts[2] as readonly string[] }
    default:
      throw notAHead(text)
  }
}

const notAHead = (text: string) => new Error(`not an entry's head: ${text.slice(0, 80)}`)

function isInstant(at: unknown): boolean {
  if (!Array.isArray(at) || at.length !== 3) return false
  const [mono, offset, quality] = at as readonly unknown[]
  return Number.isSafeInteger(mono) && (offset === null || Number.isSafeInteger(offset)) && isQuality(quality)
}

const isQuality = (value: unknown): boolean => value === 0 || value === 1 || value === 2 || value === 3

const isPlace = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0

export const kindsOf = (head: Head): readonly string[] =>
  head.form === 'r' || head.form === 'q' ? [head.kind] : head.kinds

/**
 * One fact's line. Plain JSON, or `^salt` and JSON where the fact may be erased one day, or
 * `~digest` once it has been (LOG-4).
 */
export function bodyLine(body: unknown, erasable: Random | null): string {
  const json = JSON.stringify(body)
  return erasable === null ? json : `^${randomId(erasable, 26)}${json}`
}

export function hollowLine(line: string): string {
  return line.startsWith('^') ? `~${sha256(line)}` : line
}

export function parseLine(line: string): { readonly body: unknown; readonly hollow: boolean } {
  if (line.startsWith('~')) return { body: undefined, hollow: true }
  return { body: JSON.parse(line.startsWith('^') ? line.slice(27) : line) as unknown, hollow: false }
}

export function factsOf(head: Head, bodies: string): readonly Fact[] {
  const kinds = kindsOf(head)
  if (kinds.length === 0) return []
  const lines = bodies.split('\n')
  if (lines.length !== kinds.length) throw new Error('an entry has as many lines as kinds')
  return kinds.map((kind, index) => ({ kind, ...parseLine(lines[index] as string) }))
}

/** The running hash after an entry: a hollow fact counts as its body did (LOG-3). */
export function nextChain(chain: string, { head, bodies }: EntryText): string {
  const erasable = bodies.startsWith('^') || bodies.includes('\n^')
  const parts = erasable ? bodies.split('\n').map(hollowLine).join('\n') : bodies
  return sha256(`${chain}\n${head}\n${parts}`)
}

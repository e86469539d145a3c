import { z } from 'zod'
import type { Instant } from '../instant.ts'

/** Where an answer stands, for each of its sites: it was true at this entry of the log. */
export type At = Readonly<Record<string, number>>

/** What a reader says. Everything from outside passes this. */
const id = z.string().min(1).max(40)
const site = z.string().max(63)
const has = z.object({ hash: z.string().max(43), at: z.record(site, z.int().nonnegative()) })
const asking = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('read'),
    id,
    query: z.string().max(100),
    /** Absent: the only one, or all that the reader may see. */
    site: site.optional(),
    input: z.unknown(),
    has: has.optional(),
    everyMs: z.int().positive().max(3_600_000).optional(),
  }),
  z.object({ t: z.literal('stop'), id }),
  /** So many messages have been dealt with since the socket was opened. */
  z.object({ t: z.literal('got'), count: z.int().nonnegative() }),
  /** The same, and asks for a sign of life. */
  z.object({ t: z.literal('beat'), count: z.int().nonnegative() }),
])
export type Asking = z.infer<typeof asking>
export type Has = z.infer<typeof has>

/** A message to the box is at most so long. */
export const maxAskingBytes = 32 * 1024

export function parseAsking(bytes: Uint8Array): Asking | undefined {
  if (bytes.length > maxAskingBytes) return undefined
  try {
    return asking.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    return undefined
  }
}

/** What a reader is told. Those about a topic are the same bytes for all who read it. */
export type Telling =
  | { readonly t: 'reading'; readonly id: string; readonly topic: string; readonly key: readonly string[] }
  | {
      readonly t: 'refused'
      readonly id: string
      readonly code: string
      readonly detail: Readonly<Record<string, string | number>>
    }
  | {
      readonly t: 'rows'
      readonly topic: string
      readonly at: At
      readonly hash: string
      /** What the reader had is void, and `at` may be lower: the log was given up, or is shorter than the one it had. */
      readonly anew?: true
      readonly rows: readonly Readonly<Record<string, unknown>>[]
    }
  | {
      readonly t: 'change'
      readonly topic: string
      readonly at: At
      readonly from: string
      readonly hash: string
      readonly put: readonly Readonly<Record<string, unknown>>[]
      readonly gone: readonly (readonly unknown[])[]
    }
  | { readonly t: 'same'; readonly topic: string; readonly at: At; readonly hash: string }
  | { readonly t: 'failed'; readonly topic: string; readonly why: string }
  /** `now`: this moment, by the best clock of the box. */
  | { readonly t: 'beat'; readonly now: Instant }

const bytes = (text: string): Uint8Array => Buffer.from(text)
const json = (telling: Telling): Uint8Array => bytes(JSON.stringify(telling))

export const readingBytes = (reading: string, topic: string, key: readonly string[]): Uint8Array =>
  json({ t: 'reading', id: reading, topic, key })

export const refusedBytes = (
  reading: string,
  code: string,
  detail: Readonly<Record<string, string | number>>,
): Uint8Array => json({ t: 'refused', id: reading, code, detail })

export const sameBytes = (topic: string, at: At, hash: string): Uint8Array =>
  json({ t: 'same', topic, at, hash })

export const failedBytes = (topic: string, why: string): Uint8Array => json({ t: 'failed', topic, why })

export const beatBytes = (now: Instant): Uint8Array => json({ t: 'beat', now })

/** Rows are JSON already, and are not written again. */
export function rowsBytes(
  topic: string,
  { at, hash }: { readonly at: At; readonly hash: string },
  rows: Iterable<string>,
  anew: boolean,
): Uint8Array {
  const start = JSON.stringify({ t: 'rows', topic, at, hash, ...(anew ? { anew } : {}) })
  return bytes(`${start.slice(0, -1)},"rows":[${[...rows].join(',')}]}`)
}

/** `changes`: by key, the new row, or null where it is gone. */
export function changeBytes(
  topic: string,
  from: string,
  { at, hash }: { readonly at: At; readonly hash: string },
  changes: ReadonlyMap<string, string | null>,
): Uint8Array {
  const start = JSON.stringify({ t: 'change', topic, at, from, hash })
  const put = [...changes.values()].filter((row) => row !== null)
  const gone = [...changes].flatMap(([key, row]) => (row === null ? [key] : []))
  return bytes(`${start.slice(0, -1)},"put":[${put.join(',')}],"gone":[${gone.join(',')}]}`)
}

import { hash } from 'node:crypto'
import type { Move } from './ledger.ts'
import type { LogLine } from './truth-copy.ts'

/** What one entry says, as far as the crash tests put it there. Read without the kernel's own code. */
export type Reading =
  | {
      readonly is: 'record'
      readonly box: string
      readonly stream: string
      readonly seq: number
      readonly name: string | undefined
    }
  | {
      readonly is: 'decision'
      readonly key: string
      readonly answer: unknown
      readonly moves: readonly Move[]
    }
  /** Decisions of a keeper that was cut off, kept for people to settle. */
  | { readonly is: 'orphans'; readonly keys: readonly string[] }
  | { readonly is: 'other' }

export function readEntry({ head, bodies }: LogLine): Reading {
  const parts = JSON.parse(head) as readonly unknown[]
  switch (parts[0]) {
    case 'r': {
      const [, , kind, box, stream, seq] = parts as ['r', unknown, string, string, string, number]
      return { is: 'record', box, stream, seq, name: kind === 'fair.seen' ? nameIn(bodies) : undefined }
    }
    case 'a': {
      if (!(parts[2] as readonly string[]).includes('fair.moved')) return { is: 'other' }
      const { moves } = JSON.parse(bodies) as { moves: readonly Move[] }
      return { is: 'decision', key: parts[4] as string, answer: parts[7], moves }
    }
    case 'k': {
      const kinds = parts[2] as readonly string[]
      const heads = bodies.split('\n').filter((_line, i) => kinds[i] === 'orphan.kept')
      return { is: 'orphans', keys: heads.map(orphanKey).filter((key) => key !== undefined) }
    }
    default:
      return { is: 'other' }
  }
}

function orphanKey(line: string): string | undefined {
  const { head } = JSON.parse(line) as { head: string }
  const parts = JSON.parse(head) as readonly unknown[]
  return parts[0] === 'a' ? (parts[4] as string) : undefined
}

export function nameIn(body: string): string {
  const { gate, hits } = JSON.parse(body) as { gate: string; hits: number }
  return nameOf(gate, hits)
}

export const nameOf = (gate: string, hits: number): string => `${gate} ${hits}`

/** The running hash after an entry. A line that may be erased counts as its own hash, before and after. */
export function chainAfter(chain: string, { head, bodies }: LogLine): string {
  const lines = bodies.split('\n').map((line) => (line.startsWith('^') ? `~${sha256(line)}` : line))
  return sha256(`${chain}\n${head}\n${lines.join('\n')}`)
}

const sha256 = (text: string) => hash('sha256', text, 'base64url')

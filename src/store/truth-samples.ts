import type { LogRow, RecordRow, SalvageRow, Truth } from './truth.ts'

/** A store under test: `reopen` closes what is open (if it still is) and opens the same data again. */
export type TruthStore = {
  readonly truth: Truth
  reopen(): Promise<Truth>
  [Symbol.asyncDispose](): Promise<void>
}

export type OpenTruthStore = () => Promise<TruthStore>

export const stream = { site: 'meeting', box: 'b1', stream: 's1' }

export function records(from: number, to: number): RecordRow[] {
  return numbers(from, to).map((seq) => ({ seq, head: `{"h":${seq}}`, body: `{"b":${seq}}` }))
}

/** Entries of a log; `terms` names the terms that some of them open. */
export function entries(from: number, to: number, terms: Readonly<Record<number, string>> = {}): LogRow[] {
  return numbers(from, to).map((n) => {
    const row = { n, head: `{"h":${n}}`, bodies: `{"b":${n}}\n{"c":${n}}`, chain: `c${n}` }
    const term = terms[n]
    return term === undefined ? row : { ...row, term }
  })
}

/** What `entries` looks like once it has been given up. */
export function salvaged(n: number, term: string): SalvageRow {
  return { n, term, head: `{"h":${n}}`, bodies: `{"b":${n}}\n{"c":${n}}` }
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

/**
 * Runs queries against what is committed, through connections that cannot write: in a thread of its own on a real
 * box, so that a slow query holds neither the writer nor the sockets. It keeps no state that anybody would miss.
 */
export type Runner = {
  /** `known`: the hash of an answer that the caller has, so that it is not carried again. Never rejects. */
  readonly run: (site: string, query: string, input: string, known: string | null) => Promise<Ran>
  readonly close: () => Promise<void>
}

/** What a run gave. `n`: where the views stood, read in the same transaction as the rows. */
export type Ran =
  /** `lines`: the key of a row, then the row, as JSON, a line each. */
  | (Run & {
      readonly is: 'rows'
      readonly n: number
      readonly hash: string
      readonly rows: number
      readonly lines: string
    })
  | (Run & { readonly is: 'same'; readonly n: number; readonly hash: string; readonly rows: number })
  /** The query threw, or its answer cannot be told (`isLarge`: since there is too much of it). The same rows would make it fail again. */
  | (Run & { readonly is: 'failed'; readonly why: string; readonly isLarge?: boolean | undefined })
  /** There is nothing to read just now: ask again soon. */
  | { readonly is: 'away'; readonly why: string }

type Run = { readonly ms: number }

/** A change that was told: which, and when it was committed, in milliseconds of CLOCK_MONOTONIC. */
export type Change = readonly [id: number, at: number]

export type ToServer = { readonly do: 'run'; readonly ms: number } | { readonly do: 'stop' }
export type FromServer =
  | { readonly is: 'ready'; readonly url: string }
  /** CPU of the whole process, all its threads included. */
  | { readonly is: 'ran'; readonly cpuMicros: number; readonly changes: readonly Change[] }

export type ToReaders =
  | { readonly do: 'connect'; readonly url: string; readonly count: number }
  /** What came of these changes. */
  | { readonly do: 'judge'; readonly changes: readonly Change[] }
  | { readonly do: 'stop' }
export type FromReaders =
  | { readonly is: 'connected' }
  /** For each reader and change that reached it, how long it took. */
  | { readonly is: 'judged'; readonly ms: readonly number[] }

export const changesPerSecond = 10

/** The same in every process of this machine. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6

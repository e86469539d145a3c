import type { Above } from '../../src/kernel/box/contract.ts'

/** What a follower's process is told, and what it says. */
export type ToFollower =
  | { readonly do: 'follow'; readonly above: Above; readonly n: number }
  | { readonly do: 'stop' }

export type FromFollower =
  | { readonly is: 'ready'; readonly box: string; readonly publicKey: string }
  /** Seconds since it was told to follow: until its log on disk, and its views, had what was asked for. */
  | { readonly is: 'followed'; readonly log: number; readonly views: number }

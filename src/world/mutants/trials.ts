import type { Trial } from './trial.ts'

/** The worlds in which every mutant lives, those that find most first. */
export const trials: readonly Trial[] = [
  { arena: 'failing cards', seed: 1 },
  { arena: 'rewinds', seed: 2 },
  { arena: 'short memories', seed: 1 },
  { arena: 'small boxes', seed: 2 },
  { arena: 'erasures', seed: 1 },
  { arena: 'hostile links', seed: 1 },
  { arena: 'slow hand-overs', seed: 1 },
  { arena: 'restores', seed: 2 },
  { arena: 'two keepers', seed: 2 },
  { arena: 'forgetting', seed: 3 },
  { arena: 'rewinds', seed: 4 },
  { arena: 'two keepers', seed: 1 },
  { arena: 'orders', seed: 1 },
  { arena: 'orders of two keepers', seed: 2 },
]

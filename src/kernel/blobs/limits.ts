import type { Cut } from './blob.ts'
import { chunkBytes } from './blob.ts'
import { usualReserve } from './room.ts'

/** How blobs travel and what they leave free. Real boxes use `usualBlobs`; a world is in more of a hurry. */
export type BlobLimits = Cut & {
  /** So long without a byte: the next source. */
  readonly silentMs: number
  /** So long for one chunk, however busily it drips: the next source. */
  readonly chunkMs: number
  /** When all sources have been tried: so long until the next round, twice as long each time. */
  readonly firstWaitMs: number
  readonly longestWaitMs: number
  /** Chunks that are asked for at once, and so the most that is on its way in vain. */
  readonly runChunks: number
  /** Chunks between two syncs of a part: what a power cut may cost. A killed process loses none. */
  readonly syncChunks: number
  /** Downloads at the same time. */
  readonly slots: number
  /** Uploads that have begun and not ended. */
  readonly uploads: number
  /** Parts that nobody works on are kept so long, counted while the process runs: no clock need be known. */
  readonly partKeptMs: number
  readonly tidyEveryMs: number
  /** Null: as fast as it goes. */
  readonly bytesPerSecond: number | null
  readonly reserve: (diskBytes: number) => number
}

export const usualBlobs: BlobLimits = {
  chunkBytes,
  silentMs: 20_000,
  chunkMs: 300_000,
  firstWaitMs: 5_000,
  longestWaitMs: 300_000,
  runChunks: 16,
  syncChunks: 8,
  slots: 2,
  uploads: 16,
  partKeptMs: 24 * 3_600_000,
  tidyEveryMs: 600_000,
  bytesPerSecond: null,
  reserve: usualReserve,
}

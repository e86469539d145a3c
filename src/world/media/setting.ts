import { usualBlobs, type BlobLimits } from '../../kernel/blobs/limits.ts'
import { sampleRings } from '../../kernel/samples/rings.ts'
import type { Ring, Rings } from '../../store/ring.ts'

/** What a card has for everything but truth, in bytes: so little that it is often full. */
export const cardBytes = 400_000

/** Small chunks, so that a world does not hash all day, and less patience with sources that are gone. */
export const worldBlobs: BlobLimits = {
  ...usualBlobs,
  chunkBytes: 512,
  chunkMs: 60_000,
  longestWaitMs: 60_000,
  runChunks: 4,
  syncChunks: 4,
  uploads: 4,
  tidyEveryMs: 300_000,
  reserve: () => cardBytes / 10,
}

/** Rings that are full within minutes. */
export const worldRings: Rings = Object.fromEntries(
  Object.entries<Ring>(sampleRings).map(([name, ring]) => [
    name,
    { ...ring, keepRows: 60, keepBytes: 8_000, keepMs: 20 * 60_000 },
  ]),
)

export const worldSampleEveryMs = 120_000

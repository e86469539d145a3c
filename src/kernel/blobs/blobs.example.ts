import { BlobDisk } from '../../store/blob-memory.ts'
import type { MemoryHooks } from '../../store/blob-memory.ts'
import { manualMachine, settled } from '../manual-machine.ts'
import type { BlobRef, Manifest } from './blob.ts'
import { chunkCount, hashOf, manifestText } from './blob.ts'
import { Blobs } from './blobs.ts'
import type { BlobLimits } from './limits.ts'
import { usualBlobs } from './limits.ts'
import type { BlobSource } from './source.ts'
import { SourceError } from './source.ts'

/** For tests: chunks of eight bytes, so that one reads what happens. */
export const small: BlobLimits = {
  ...usualBlobs,
  chunkBytes: 8,
  syncChunks: 2,
  runChunks: 3,
  reserve: () => 0,
}

export type Example = { readonly bytes: Buffer; readonly ref: BlobRef; readonly manifest: Manifest }

/** A blob whose every chunk is another. */
export function blobOf(size: number, seed = 1, chunkBytes = small.chunkBytes): Example {
  const bytes = Buffer.from(Array.from({ length: size }, (_, i) => (i * 7 + seed * 31 + (i >> 3) * 13) & 255))
  return exampleOf(bytes, chunkBytes)
}

export function exampleOf(bytes: Buffer, chunkBytes = small.chunkBytes): Example {
  const ref = { sha256: hashOf(bytes), size: bytes.length }
  const chunks = Array.from({ length: chunkCount(bytes.length, { chunkBytes }) }, (_, i) =>
    hashOf(bytes.subarray(i * chunkBytes, (i + 1) * chunkBytes)),
  )
  return { bytes, ref, manifest: { ...ref, chunks } }
}

type Habit = {
  /** What it answers where it was asked for `from` to `to`; `never` to hang. */
  readonly read?: (from: number, to: number) => Iterable<Uint8Array | 'never' | 'break'>
  readonly manifest?: unknown
}

/** A source that has one blob, with habits. It notes what it was asked for. */
export function sourceOf(
  name: string,
  example: Example,
  habit: Habit = {},
): BlobSource & { asked: string[] } {
  const asked: string[] = []
  const { bytes, manifest } = example
  return {
    name,
    asked,
    async *manifest(sha256, signal) {
      asked.push('manifest')
      if (sha256 !== example.ref.sha256) throw new SourceError('absent', 'not here')
      if (habit.manifest === 'never') await never(signal)
      yield Buffer.from(typeof habit.manifest === 'string' ? habit.manifest : manifestText(manifest))
    },
    async *read(_, from, to, signal) {
      asked.push(`${from}-${to}`)
      const pieces = habit.read?.(from, to) ?? [bytes.subarray(from, to)]
      for (const piece of pieces) {
        if (piece === 'never') await never(signal)
        else if (piece === 'break') throw new Error('the connection broke')
        else yield piece
      }
    },
  }
}

function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
}

/** A box's blobs on a disk in memory, with a clock that is moved by hand. */
export async function openExample(
  parts: {
    readonly disk?: BlobDisk
    readonly hooks?: MemoryHooks
    readonly limits?: Partial<BlobLimits>
    readonly sources?: readonly BlobSource[]
  } = {},
) {
  const { disk = new BlobDisk(), hooks = {}, limits = {} } = parts
  const { machine, pass, said, pending } = manualMachine()
  const sources = [...(parts.sources ?? [])]
  const blobs = await Blobs.open({
    files: disk.open(hooks),
    machine,
    sources: () => sources,
    limits: { ...small, ...limits },
  })
  /** Lets so much time go by, in steps in which everything that can end does. */
  const live = async (ms: number, step = 500) => {
    for (let left = ms; left > 0; left -= step) {
      await calm()
      pass(Math.min(step, left))
    }
    await calm()
  }
  return { blobs, disk, sources, machine, live, said, pending }
}

export async function calm(): Promise<void> {
  for (let i = 0; i < 40; i += 1) await settled()
}

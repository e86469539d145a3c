import type { BlobRef, Cut, Manifest } from './blob.ts'
import { boundsOf, manifestFor, manifestText } from './blob.ts'
import type { Hearing } from './listen.ts'
import { hear } from './listen.ts'
import type { BlobSource } from './source.ts'
import { SourceError } from './source.ts'

/** The manifest as this source tells it. Throws a SourceError unless it can be one of this blob. */
export async function fetchManifest(
  hearing: Hearing,
  source: BlobSource,
  ref: BlobRef,
  cut: Cut,
): Promise<Manifest> {
  // As long as one of the largest blob can be.
  const most = manifestText({ ...ref, chunks: [] }).length + 46 * 4097
  const pieces: Uint8Array[] = []
  let size = 0
  await hear(
    hearing,
    (signal) => source.manifest(ref.sha256, signal),
    (piece) => {
      size += piece.length
      if (size > most) throw new SourceError('wrong', 'its manifest has no end')
      pieces.push(piece)
    },
  )
  const manifest = manifestFor(ref, cut, parse(Buffer.concat(pieces)))
  if (!manifest) throw new SourceError('wrong', 'its manifest is not one of this blob')
  return manifest
}

function parse(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'))
  } catch {
    return undefined
  }
}

/** The first missing chunks that follow each other, at most so many. */
export function firstRun(
  missing: readonly number[],
  most: number,
): { readonly first: number; readonly end: number } {
  const [first = 0] = missing
  let end = first
  while (end - first < most && missing[end - first] === end) end += 1
  return { first, end }
}

export type Run = {
  readonly source: BlobSource
  readonly ref: BlobRef
  readonly cut: Cut
  readonly first: number
  readonly end: number
  /** The bytes are the next chunk's once this resolves. */
  readonly put: (index: number, bytes: Uint8Array) => Promise<'good' | 'wrong'>
  /** Waits until so many more bytes are allowed. */
  readonly spent: (bytes: number) => Promise<void>
}

/** Asks for consecutive chunks at once and takes them one by one: a wrong one ends it, and costs no more than itself. */
export async function transfer(hearing: Hearing, run: Run): Promise<void> {
  const { source, ref, cut, first, end, put, spent } = run
  const sizeOf = (index: number) => {
    const [from, to] = boundsOf(index, ref.size, cut)
    return to - from
  }
  let index = first
  // One for all chunks: a fresh one for each costs more than hashing it.
  const room = Buffer.allocUnsafe(sizeOf(first))
  let chunk = room
  let filled = 0
  const [from] = boundsOf(first, ref.size, cut)
  const [, to] = boundsOf(end - 1, ref.size, cut)
  await hear(
    hearing,
    (signal) => source.read(ref.sha256, from, to, signal),
    async (piece, again) => {
      for (let at = 0; at < piece.length;) {
        if (index === end) throw new SourceError('wrong', 'it sends more than was asked for')
        const some = piece.subarray(at, at + chunk.length - filled)
        chunk.set(some, filled)
        filled += some.length
        at += some.length
        if (filled < chunk.length) continue
        if ((await put(index, chunk)) === 'wrong')
          throw new SourceError('wrong', `chunk ${index} is not what it should be`)
        index += 1
        filled = 0
        again()
        if (index < end) chunk = room.subarray(0, sizeOf(index))
      }
      await spent(piece.length)
    },
  )
  if (index < end) throw new SourceError('short', 'it ended before its time')
}

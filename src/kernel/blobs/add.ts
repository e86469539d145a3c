import { createHash } from 'node:crypto'
import type { BlobFiles } from '../../store/blob-files.ts'
import type { BlobRef } from './blob.ts'
import type { Refused } from './room.ts'

export type Added = { readonly is: 'present'; readonly ref: BlobRef } | Refused

/**
 * Writes what this box made itself under a name of its own, and gives it the name of its hash when it is on disk.
 * Throws, and leaves nothing, where the pieces are not as long together as was said.
 */
export async function writeBlob(
  files: BlobFiles,
  part: string,
  size: number,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<BlobRef> {
  const hash = createHash('sha256')
  let at = 0
  try {
    await files.write(part, 0, new Uint8Array(0))
    for await (const piece of pieces) {
      if (at + piece.length > size) throw new RangeError(`a blob of ${size} bytes has more`)
      await files.write(part, at, piece)
      hash.update(piece)
      at += piece.length
    }
    if (at !== size) throw new RangeError(`a blob of ${size} bytes has ${at}`)
    await files.sync(part)
    const sha256 = hash.digest('base64url')
    await files.show(part, sha256)
    return { sha256, size }
  } catch (error) {
    await files.removePart(part).catch(() => {})
    throw error
  }
}

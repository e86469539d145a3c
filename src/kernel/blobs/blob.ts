import { hash } from 'node:crypto'
import { z } from 'zod'

/** A blob is cut into chunks of this size; only the last may be shorter (BLOB-2). */
export const chunkBytes = 1024 * 1024
export const maxBlobBytes = 4 * 1024 * 1024 * 1024

/** SHA-256 in base64url, as everywhere. */
export const sha256Text = z.string().regex(/^[A-Za-z0-9_-]{43}$/)

/** How a fact names a blob. With `manifest`, the hash of its manifest, a source cannot even lie about the chunks (BLOB-5). */
export const blobRef = z.object({
  sha256: sha256Text,
  size: z.int().nonnegative().max(maxBlobBytes),
  manifest: sha256Text.optional(),
})
export type BlobRef = Readonly<z.infer<typeof blobRef>>

/** What a blob consists of: the hash of each of its chunks. */
export const manifestSchema = z.object({
  sha256: sha256Text,
  size: z.int().nonnegative().max(maxBlobBytes),
  chunks: z.array(sha256Text).max(4096),
})
export type Manifest = {
  readonly sha256: string
  readonly size: number
  readonly chunks: readonly string[]
}

/** How blobs are cut. In a world chunks are small, or it would hash all day. */
export type Cut = { readonly chunkBytes: number }

export function hashOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'base64url')
}

export function chunkCount(size: number, cut: Cut): number {
  return Math.ceil(size / cut.chunkBytes)
}

/** From the first byte of a chunk to the one behind its last. */
export function boundsOf(index: number, size: number, cut: Cut): readonly [from: number, to: number] {
  return [index * cut.chunkBytes, Math.min(size, (index + 1) * cut.chunkBytes)]
}

/** Its one text: what is hashed, kept and sent. */
export function manifestText({ sha256, size, chunks }: Manifest): string {
  return JSON.stringify({ sha256, size, chunks })
}

export function manifestHash(manifest: Manifest): string {
  return hashOf(Buffer.from(manifestText(manifest)))
}

/** Undefined unless it is a manifest of just this blob, as far as that can be told before its bytes are there. */
export function manifestFor(ref: BlobRef, cut: Cut, given: unknown): Manifest | undefined {
  const { success, data } = manifestSchema.safeParse(given)
  if (!success || data.sha256 !== ref.sha256 || data.size !== ref.size) return undefined
  if (data.chunks.length !== chunkCount(ref.size, cut)) return undefined
  if (ref.manifest !== undefined && manifestHash(data) !== ref.manifest) return undefined
  return data
}

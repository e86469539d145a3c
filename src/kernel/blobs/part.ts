import type { Hash } from 'node:crypto'
import { createHash } from 'node:crypto'
import type { BlobFiles } from '../../store/blob-files.ts'
import { Lane } from '../box/lane.ts'
import type { BlobRef, Cut, Manifest } from './blob.ts'
import { boundsOf, chunkCount, hashOf, manifestText } from './blob.ts'

/**
 * A blob on its way. Which of its chunks are there is not written down anywhere: their own hashes tell, so that
 * neither a kill nor a power cut can make a wrong chunk count (BLOB-3).
 */
export class Part {
  readonly ref: BlobRef
  readonly #files: BlobFiles
  readonly #cut: Cut
  readonly #syncEvery: number
  /** Of what lies on disk, chunk by chunk. */
  readonly #hashes: (string | undefined)[]
  /** The whole hash as far as chunks came one after the other; undefined where it must be taken from the disk. */
  #whole: Hash | undefined = createHash('sha256')
  #wholeUpTo = 0
  #unsynced = 0
  /** A download and an upload of one blob may meet here: one does its work after the other. */
  readonly #lane = new Lane()

  private constructor(files: BlobFiles, ref: BlobRef, cut: Cut, syncEvery: number) {
    this.ref = ref
    this.#files = files
    this.#cut = cut
    this.#syncEvery = syncEvery
    this.#hashes = Array.from({ length: chunkCount(ref.size, cut) })
  }

  static async open(
    files: BlobFiles,
    ref: BlobRef,
    { chunkBytes, syncChunks }: Cut & { readonly syncChunks: number },
  ): Promise<Part> {
    const part = new Part(files, ref, { chunkBytes }, syncChunks)
    // Somebody once gave this blob another size. What lies behind its end would come with it.
    if ((await files.readPart(ref.sha256, ref.size, 1)).length > 0) await files.removePart(ref.sha256)
    await part.#scan()
    return part
  }

  /** Chunks that are not there, or are others than this manifest says. */
  missing(manifest: Manifest): readonly number[] {
    const missing: number[] = []
    for (const [index, hash] of manifest.chunks.entries())
      if (this.#hashes[index] !== hash) missing.push(index)
    return missing
  }

  bytesOf(chunks: readonly number[]): number {
    return chunks
      .map((index) => boundsOf(index, this.ref.size, this.#cut))
      .reduce((sum, [from, to]) => sum + to - from, 0)
  }

  /** Keeps the chunk if it is what the manifest says. */
  put(manifest: Manifest, index: number, bytes: Uint8Array): Promise<'good' | 'wrong'> {
    return this.#lane.run(() => this.#put(manifest, index, bytes))
  }

  /** All chunks are there: what they are together decides. Only then does the blob appear (BLOB-1). */
  finish(manifest: Manifest): Promise<'whole' | 'wrong'> {
    return this.#lane.run(() => this.#finish(manifest))
  }

  remove(): Promise<void> {
    return this.#lane.run(async () => {
      this.#hashes.fill(undefined)
      this.#whole = undefined
      await this.#files.removePart(this.ref.sha256)
    })
  }

  async #put(manifest: Manifest, index: number, bytes: Uint8Array): Promise<'good' | 'wrong'> {
    const hash = hashOf(bytes)
    if (hash !== manifest.chunks[index]) return 'wrong'
    if (this.#hashes[index] === hash) return 'good'
    const [from] = boundsOf(index, this.ref.size, this.#cut)
    // Until it is written whole, nothing is known of what stands there.
    this.#hashes[index] = undefined
    await this.#files.write(this.ref.sha256, from, bytes)
    this.#hashes[index] = hash
    this.#follow(index, bytes)
    this.#unsynced += 1
    if (this.#unsynced < this.#syncEvery) return 'good'
    this.#unsynced = 0
    await this.#files.sync(this.ref.sha256)
    return 'good'
  }

  async #finish(manifest: Manifest): Promise<'whole' | 'wrong'> {
    const { sha256, size } = this.ref
    if (size === 0) await this.#files.write(sha256, 0, new Uint8Array(0))
    if ((await this.#wholeHash()) !== sha256) return 'wrong'
    await this.#files.sync(sha256)
    await this.#files.show(sha256, sha256)
    // Lossy: without it the chunks are hashed again when somebody asks for them.
    await this.#files.saveNote(`${sha256}.chunks`, manifestText(manifest)).catch(() => {})
    return 'whole'
  }

  async #scan(): Promise<void> {
    for (let index = 0; index < this.#hashes.length; index += 1) {
      const bytes = await this.#chunk(index)
      if (!bytes) return
      this.#hashes[index] = hashOf(bytes)
      this.#follow(index, bytes)
    }
  }

  async #chunk(index: number): Promise<Uint8Array | undefined> {
    const [from, to] = boundsOf(index, this.ref.size, this.#cut)
    const bytes = await this.#files.readPart(this.ref.sha256, from, to - from)
    return bytes.length === to - from ? bytes : undefined
  }

  #follow(index: number, bytes: Uint8Array): void {
    if (index < this.#wholeUpTo) this.#whole = undefined
    if (!this.#whole || index !== this.#wholeUpTo) return
    this.#whole.update(bytes)
    this.#wholeUpTo += 1
  }

  async #wholeHash(): Promise<string> {
    if (this.#whole && this.#wholeUpTo === this.#hashes.length) return this.#whole.copy().digest('base64url')
    const hash = createHash('sha256')
    for (let index = 0; index < this.#hashes.length; index += 1)
      hash.update((await this.#chunk(index)) ?? new Uint8Array(0))
    return hash.digest('base64url')
  }
}

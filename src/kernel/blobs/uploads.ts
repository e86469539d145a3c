import type { BlobRef, Manifest } from './blob.ts'
import { manifestFor, manifestSchema } from './blob.ts'
import type { BlobLimits } from './limits.ts'
import type { Part } from './part.ts'
import type { Refused } from './room.ts'
import type { Shelf } from './shelf.ts'

export type Begun =
  | { readonly is: 'begun'; readonly missing: readonly number[] }
  | { readonly is: 'present' }
  | { readonly is: 'malformed' }
  /** Too many others have begun and not ended. */
  | { readonly is: 'busy' }
  | Refused

export type Done =
  | { readonly is: 'present' }
  | { readonly is: 'incomplete'; readonly missing: readonly number[] }
  /** The chunks are as announced, and are together something else: nothing of it stays. */
  | { readonly is: 'wrong' }
  | { readonly is: 'unknown' }

type Upload = { readonly ref: BlobRef; readonly manifest: Manifest; readonly part: Part; touched: number }

/** Blobs that somebody brings: announced by their manifest, then their chunks in any order, then done (BLOB-12). */
export class Uploads {
  readonly #shelf: Shelf
  readonly #limits: BlobLimits
  readonly #mono: () => number
  readonly #appeared: (sha256: string) => void
  readonly #open = new Map<string, Upload>()

  constructor(shelf: Shelf, limits: BlobLimits, mono: () => number, appeared: (sha256: string) => void) {
    this.#appeared = appeared
    this.#shelf = shelf
    this.#limits = limits
    this.#mono = mono
  }

  /** Says which chunks are wanted. Asked again, after a cut or a new start, it says which are wanted still. */
  async begin(given: unknown): Promise<Begun> {
    const parsed = manifestSchema.safeParse(given)
    const manifest = parsed.success ? manifestFor(parsed.data, this.#limits, parsed.data) : undefined
    if (!manifest) return { is: 'malformed' }
    const ref = { sha256: manifest.sha256, size: manifest.size }
    const here = this.#shelf.sizeOf(ref.sha256)
    if (here !== undefined) return here === ref.size ? { is: 'present' } : { is: 'malformed' }
    const known = this.#open.get(ref.sha256)
    if (!known && this.#open.size >= this.#limits.uploads) return { is: 'busy' }
    if (known && known.ref.size !== ref.size) return { is: 'malformed' }
    const part = await this.#shelf.part(ref)
    // It is being fetched, and the fact that names it gives it another size.
    if (part.ref.size !== ref.size) return { is: 'malformed' }
    const missing = part.missing(manifest)
    const room = await this.#shelf.room(ref.sha256, part.bytesOf(missing), known !== undefined)
    if (room.is === 'refused') {
      await this.#remove(ref, part)
      return room
    }
    this.#open.set(ref.sha256, { ref, manifest, part, touched: this.#mono() })
    return { is: 'begun', missing }
  }

  /** A wrong chunk is not kept; those that are good stay. */
  async put(sha256: string, index: number, bytes: Uint8Array): Promise<'good' | 'wrong' | 'unknown'> {
    const upload = this.#open.get(sha256)
    if (!upload) return 'unknown'
    upload.touched = this.#mono()
    return upload.part.put(upload.manifest, index, bytes)
  }

  async done(sha256: string): Promise<Done> {
    const upload = this.#open.get(sha256)
    if (!upload) return this.#shelf.sizeOf(sha256) === undefined ? { is: 'unknown' } : { is: 'present' }
    const { ref, manifest, part } = upload
    const missing = part.missing(manifest)
    if (missing.length > 0) return { is: 'incomplete', missing }
    const is = await part.finish(manifest)
    if (is === 'wrong') {
      await this.#remove(ref, part)
      return { is: 'wrong' }
    }
    this.#open.delete(sha256)
    this.#shelf.leave(ref, 'whole', this.#mono())
    this.#appeared(sha256)
    return { is: 'present' }
  }

  has(sha256: string): boolean {
    return this.#open.has(sha256)
  }

  /** A fact names this blob. Who announced it with another size was wrong. */
  async giveWay(ref: BlobRef): Promise<void> {
    const upload = this.#open.get(ref.sha256)
    if (upload && upload.ref.size !== ref.size) await this.#remove(upload.ref, upload.part)
  }

  /** Who began and did not go on for so long has gone; the good chunks are kept as long again. */
  tidy(): void {
    const now = this.#mono()
    for (const [sha256, { ref, touched }] of this.#open) {
      if (now - touched < this.#limits.partKeptMs) continue
      this.#open.delete(sha256)
      this.#shelf.leave(ref, 'left', now)
    }
  }

  async #remove(ref: BlobRef, part: Part): Promise<void> {
    this.#open.delete(ref.sha256)
    await part.remove()
    this.#shelf.leave(ref, 'removed', this.#mono())
  }
}

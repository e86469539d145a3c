/**
 * The files under blobs: whole ones, named by the hash of what they hold, and parts of blobs on their way. The
 * port knows names and bytes; which bytes may stand under which name is the kernel's business.
 */
export interface BlobFiles {
  /** What is there. Whole blobs from the one that is unused for longest. */
  list(): Promise<BlobList>
  /** How much the disk holds, and how much of that an ordinary account may still write. */
  room(): Promise<DiskRoom>
  /** Undefined where there is no such whole blob. It can be read to its end, even if it is removed meanwhile. */
  open(sha256: string): Promise<BlobReader | undefined>
  /** Up to `size` bytes of a part from `at` on: fewer at its end, none where there is no such part. */
  readPart(part: string, at: number, size: number): Promise<Uint8Array>
  /** Writes into a part, and makes it where there is none. Not on disk before `sync`. */
  write(part: string, at: number, bytes: Uint8Array): Promise<void>
  /** What was written into the part survives a power cut. */
  sync(part: string): Promise<void>
  /** A synced part becomes the whole blob of this name, the last one used. Resolves when that survives a power cut. */
  show(part: string, sha256: string): Promise<void>
  /** The blob is the last one used. Lossy. */
  use(sha256: string): Promise<void>
  remove(sha256: string): Promise<void>
  removePart(part: string): Promise<void>
  /** A small text beside the blobs, whole or as it was before; undefined where there is none. */
  note(name: BlobNote): Promise<string | undefined>
  saveNote(name: BlobNote, text: string): Promise<void>
  close(): Promise<void>
}

/** `holds`: who needs which blobs. `<sha256>.chunks`: the hashes of a blob's chunks, removed with it. */
export type BlobNote = 'holds' | `${string}.chunks`

export type BlobList = {
  readonly whole: readonly { readonly sha256: string; readonly size: number }[]
  readonly parts: readonly { readonly part: string; readonly size: number }[]
}

export type DiskRoom = { readonly free: number; readonly size: number }

export interface BlobReader {
  readonly size: number
  /** Fewer bytes only at the end. */
  read(at: number, size: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** Whole blobs are named by 43 characters of base64url, parts by anything of the kind that is no path. */
export const isBlobName = (name: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(name)
export const isPartName = (name: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(name)

import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlobFiles, BlobList, BlobNote, BlobReader, DiskRoom } from './blob-files.ts'
import { isBlobName, isPartName } from './blob-files.ts'
import { StoreError } from './truth.ts'

const partEnd = '.part'

/**
 * Blobs in a folder: `<sha256>` is a whole one, `<name>.part` a part. A blob's modification time is no time but
 * a count of uses, in seconds since 1970: on a box whose clock is not known, times would put them in a wrong order.
 */
export class BlobFolder implements BlobFiles {
  readonly #folder: string
  /** Parts that are being written. Each is opened once, since a download writes thousands of times. */
  readonly #parts = new Map<string, Promise<FileHandle>>()
  #uses: number

  private constructor(folder: string, uses: number) {
    this.#folder = folder
    this.#uses = uses
  }

  static async open(folder: string): Promise<BlobFolder> {
    return inWords(folder, async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const found = await wholeIn(folder)
      return new BlobFolder(folder, Math.max(0, ...found.map(({ uses }) => uses)))
    })
  }

  async list(): Promise<BlobList> {
    return inWords(this.#folder, async () => {
      const whole = (await wholeIn(this.#folder)).toSorted((a, b) => a.uses - b.uses)
      const parts: { part: string; size: number }[] = []
      for (const name of await readdir(this.#folder)) {
        const part = name.slice(0, -partEnd.length)
        if (!name.endsWith(partEnd) || !isPartName(part)) continue
        // Blocks, not length: a part whose end came first is mostly a hole.
        const { blocks } = await stat(join(this.#folder, name))
        parts.push({ part, size: blocks * 512 })
      }
      return { whole: whole.map(({ sha256, size }) => ({ sha256, size })), parts }
    })
  }

  async room(): Promise<DiskRoom> {
    return inWords(this.#folder, async () => {
      const { bavail, blocks, bsize } = await statfs(this.#folder)
      return { free: bavail * bsize, size: blocks * bsize }
    })
  }

  async open(sha256: string): Promise<BlobReader | undefined> {
    return inWords(this.#folder, async () => {
      const file = await orNothing(open(this.#whole(sha256), 'r'))
      if (!file) return undefined
      const size = await sizeOf(file)
      return {
        size,
        read: (at, length) => inWords(this.#folder, () => readFrom(file, at, length)),
        close: () => file.close(),
      }
    })
  }

  async readPart(part: string, at: number, size: number): Promise<Uint8Array> {
    return inWords(this.#folder, async () => {
      const known = this.#parts.get(part)
      if (known) return readFrom(await known, at, size)
      const file = await orNothing(open(this.#part(part), 'r'))
      if (!file) return new Uint8Array(0)
      try {
        return await readFrom(file, at, size)
      } finally {
        await file.close()
      }
    })
  }

  async write(part: string, at: number, bytes: Uint8Array): Promise<void> {
    return inWords(this.#folder, async () => {
      const file = await this.#opened(part)
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done)
        done += bytesWritten
      }
    })
  }

  async sync(part: string): Promise<void> {
    return inWords(this.#folder, async () => (await this.#opened(part)).datasync())
  }

  async show(part: string, sha256: string): Promise<void> {
    return inWords(this.#folder, async () => {
      await this.#shut(part)
      await this.#stamp(this.#part(part))
      await rename(this.#part(part), this.#whole(sha256))
      await syncFolder(this.#folder)
    })
  }

  async use(sha256: string): Promise<void> {
    await inWords(this.#folder, () => orNothing(this.#stamp(this.#whole(sha256))))
  }

  async remove(sha256: string): Promise<void> {
    return inWords(this.#folder, async () => {
      await rm(this.#whole(sha256), { force: true })
      await rm(this.#note(`${sha256}.chunks`), { force: true })
    })
  }

  async removePart(part: string): Promise<void> {
    return inWords(this.#folder, async () => {
      await this.#shut(part)
      await rm(this.#part(part), { force: true })
    })
  }

  async note(name: BlobNote): Promise<string | undefined> {
    return inWords(this.#folder, () => orNothing(readFile(this.#note(name), 'utf8')))
  }

  async saveNote(name: BlobNote, text: string): Promise<void> {
    return inWords(this.#folder, async () => {
      const path = this.#note(name)
      const file = await open(`${path}.new`, 'w', 0o600)
      try {
        await file.writeFile(text)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(`${path}.new`, path)
      await syncFolder(this.#folder)
    })
  }

  async close(): Promise<void> {
    for (const part of this.#parts.keys()) await this.#shut(part)
  }

  #opened(part: string): Promise<FileHandle> {
    const known = this.#parts.get(part)
    if (known) return known
    const opened = openPart(this.#part(part))
    this.#parts.set(part, opened)
    opened.catch(() => this.#parts.delete(part))
    return opened
  }

  async #shut(part: string): Promise<void> {
    const file = this.#parts.get(part)
    this.#parts.delete(part)
    await (await file?.catch(() => undefined))?.close()
  }

  async #stamp(path: string): Promise<void> {
    this.#uses += 1
    await utimes(path, this.#uses, this.#uses)
  }

  #whole(sha256: string): string {
    if (!isBlobName(sha256)) throw new TypeError(`${sha256} is no name of a blob`)
    return join(this.#folder, sha256)
  }

  #part(part: string): string {
    if (!isPartName(part)) throw new TypeError(`${part} is no name of a part`)
    return join(this.#folder, `${part}${partEnd}`)
  }

  #note(name: BlobNote): string {
    const [first = ''] = name.split('.')
    if (!isPartName(first)) throw new TypeError(`${name} is no name of a note`)
    return join(this.#folder, `${name}.json`)
  }
}

async function wholeIn(folder: string) {
  const found: { sha256: string; size: number; uses: number }[] = []
  for (const sha256 of await readdir(folder)) {
    if (!isBlobName(sha256)) continue
    const { size, mtimeMs } = await stat(join(folder, sha256))
    found.push({ sha256, size, uses: Math.floor(mtimeMs / 1000) })
  }
  return found
}

/** A file that nobody closes ends the process when it is collected. */
async function sizeOf(file: FileHandle): Promise<number> {
  try {
    return (await file.stat()).size
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Kept as it is where it is there, made where it is not. */
async function openPart(path: string): Promise<FileHandle> {
  return (await orNothing(open(path, 'r+'))) ?? open(path, 'w+', 0o600)
}

async function readFrom(file: FileHandle, at: number, size: number): Promise<Uint8Array> {
  const { buffer, byteOffset } = Buffer.allocUnsafe(size)
  const bytes = new Uint8Array(buffer, byteOffset, size)
  let done = 0
  while (done < size) {
    const { bytesRead } = await file.read(bytes, done, size - done, at + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done === size ? bytes : bytes.subarray(0, done)
}

async function syncFolder(folder: string): Promise<void> {
  const file = await open(folder, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

async function orNothing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function inWords<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new StoreError('full', `${folder}: the disk is full`)
    if (/^E[A-Z0-9]+$/.test(code)) throw new StoreError('io', `${folder}: ${(error as Error).message}`)
    throw error
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

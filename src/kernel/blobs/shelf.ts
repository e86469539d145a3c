import type { BlobFiles, BlobReader } from '../../store/blob-files.ts'
import { isBlobName } from '../../store/blob-files.ts'
import { StoreError } from '../../store/truth.ts'
import { Lane } from '../box/lane.ts'
import type { BlobRef } from './blob.ts'
import { Holds } from './holds.ts'
import type { BlobLimits } from './limits.ts'
import { Part } from './part.ts'
import type { Room } from './room.ts'
import { roomFor } from './room.ts'

/**
 * The blobs that are here and the room that is left for others. Whoever wants room asks here, one after the
 * other, so that two downloads never count on the same free bytes.
 */
export class Shelf {
  readonly #holds: Holds
  readonly #files: BlobFiles
  readonly #limits: BlobLimits
  readonly #lane = new Lane()
  /** From what is unused for longest to what was used last. */
  readonly #whole = new Map<string, number>()
  readonly #reading = new Map<string, number>()
  /** Parts that somebody works on, and how much each is still to grow. */
  readonly #parts = new Map<string, { readonly opened: Promise<Part>; missing: number }>()
  /** Parts that nobody works on, and since when this process knows of them. */
  readonly #idle = new Map<string, number>()

  constructor(files: BlobFiles, limits: BlobLimits) {
    this.#files = files
    this.#limits = limits
    this.#holds = new Holds(files)
  }

  async load(now: number): Promise<string | undefined> {
    const { whole, parts } = await this.#files.list()
    for (const { sha256, size } of whole) this.#whole.set(sha256, size)
    for (const { part } of parts) {
      if (isBlobName(part)) this.#idle.set(part, now)
      // This box was making it, and nobody can go on.
      else await this.#files.removePart(part)
    }
    return this.#holds.load()
  }

  sizeOf(sha256: string): number | undefined {
    return this.#whole.get(sha256)
  }

  get count(): { readonly blobs: number; readonly bytes: number; readonly parts: number } {
    const bytes = [...this.#whole.values()].reduce((sum, size) => sum + size, 0)
    return { blobs: this.#whole.size, bytes, parts: this.#parts.size + this.#idle.size }
  }

  /** What the holder needs from now on. In turn with what removes blobs: when this resolves, nothing of it goes. */
  hold(holder: string, blobs: readonly string[]): Promise<void> {
    return this.#lane.run(async () => {
      const before = this.#holds.of(holder)
      await this.#holds.set(holder, blobs)
      // What nobody holds any more was used until now.
      for (const sha256 of before) if (!this.#holds.isHeld(sha256)) await this.#use(sha256)
    })
  }

  heldBy(holder: string): readonly string[] {
    return this.#holds.of(holder)
  }

  /** Readable to its end, and not removed before it is closed. */
  async open(sha256: string): Promise<BlobReader | undefined> {
    if (!this.#whole.has(sha256)) return undefined
    this.#reading.set(sha256, (this.#reading.get(sha256) ?? 0) + 1)
    let isOpen = true
    const done = () => {
      if (!isOpen) return
      isOpen = false
      const readers = (this.#reading.get(sha256) ?? 1) - 1
      if (readers > 0) this.#reading.set(sha256, readers)
      else this.#reading.delete(sha256)
    }
    try {
      const reader = await this.#files.open(sha256)
      if (!reader) {
        // Somebody else removed the file.
        this.#whole.delete(sha256)
        done()
        return undefined
      }
      await this.#use(sha256)
      const close = async () => {
        done()
        await reader.close()
      }
      return { size: reader.size, read: (at, size) => reader.read(at, size), close }
    } catch (error) {
      done()
      throw error
    }
  }

  part(ref: BlobRef): Promise<Part> {
    const known = this.#parts.get(ref.sha256)
    if (known) return known.opened
    const opened = Part.open(this.#files, ref, this.#limits)
    this.#parts.set(ref.sha256, { opened, missing: 0 })
    this.#idle.delete(ref.sha256)
    opened.catch(() => this.#parts.delete(ref.sha256))
    return opened
  }

  /** Nobody works on the part any more. It became a whole blob, or waits for somebody to go on. */
  leave(ref: BlobRef, became: 'whole' | 'left' | 'removed', now: number): void {
    this.#parts.delete(ref.sha256)
    if (became === 'left') this.#idle.set(ref.sha256, now)
    if (became !== 'whole') return
    this.#whole.delete(ref.sha256)
    this.#whole.set(ref.sha256, ref.size)
  }

  /** Makes room for what a part still lacks. Half of the reserve is enough for one that has begun. */
  room(sha256: string, missing: number, begun: boolean): Promise<Room> {
    return this.#lane.run(async () => {
      const { free, size } = await this.#files.room()
      const entry = this.#parts.get(sha256)
      if (entry) entry.missing = 0
      const others = [...this.#parts.values()].reduce((sum, part) => sum + part.missing, 0)
      const reserve = this.#limits.reserve(size)
      const idle = await this.#idleParts()
      const room = roomFor({
        need: missing === 0 ? 0 : missing + others,
        free,
        reserve: begun ? Math.floor(reserve / 2) : reserve,
        evictable: [...idle, ...this.#evictable()],
      })
      if (room.is === 'refused') return { ...room, need: missing, free: room.free - others }
      for (const name of room.evict) await this.#remove(name)
      if (entry) entry.missing = missing
      return room
    })
  }

  /** What nobody holds goes until so much is free, or nothing of it is left. Tells what went. */
  evictUntil(wanted: number): Promise<readonly string[]> {
    return this.#lane.run(async () => {
      const { free } = await this.#files.room()
      const gone: string[] = []
      let room = free
      for (const { sha256, size } of [...(await this.#idleParts()), ...this.#evictable()]) {
        if (room >= wanted) break
        await this.#remove(sha256)
        gone.push(sha256)
        room += size
      }
      return gone
    })
  }

  /** Bytes that would come free. */
  evictableBytes(): number {
    return this.#evictable().reduce((sum, { size }) => sum + size, 0)
  }

  /** Parts that nobody went on with for so long go. */
  async tidy(now: number): Promise<void> {
    await this.#lane.run(async () => {
      for (const [part, since] of this.#idle)
        if (now - since >= this.#limits.partKeptMs) await this.#removePart(part)
    })
  }

  #evictable(): readonly { readonly sha256: string; readonly size: number }[] {
    const isFree = (sha256: string) => !this.#reading.has(sha256) && !this.#holds.isHeld(sha256)
    return [...this.#whole].flatMap(([sha256, size]) => (isFree(sha256) ? [{ sha256, size }] : []))
  }

  async #idleParts(): Promise<readonly { readonly sha256: string; readonly size: number }[]> {
    if (this.#idle.size === 0) return []
    const { parts } = await this.#files.list()
    return parts.flatMap(({ part, size }) => (this.#idle.has(part) ? [{ sha256: part, size }] : []))
  }

  async #remove(name: string): Promise<void> {
    if (this.#idle.has(name)) return this.#removePart(name)
    this.#whole.delete(name)
    await this.#files.remove(name)
  }

  async #removePart(part: string): Promise<void> {
    await this.#files.removePart(part)
    this.#idle.delete(part)
  }

  /** What is held cannot go anyway, so its uses need not be written down. */
  async #use(sha256: string): Promise<void> {
    const size = this.#whole.get(sha256)
    if (size === undefined) return
    this.#whole.delete(sha256)
    this.#whole.set(sha256, size)
    if (this.#holds.isHeld(sha256)) return
    await this.#files.use(sha256).catch((error: unknown) => {
      if (!(error instanceof StoreError)) throw error
    })
  }
}

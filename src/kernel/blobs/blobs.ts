import type { BlobFiles, BlobReader } from '../../store/blob-files.ts'
import { inBackground } from '../box/background.ts'
import { Lane } from '../box/lane.ts'
import type { Machine } from '../machine.ts'
import { randomId } from '../machine.ts'
import type { Added } from './add.ts'
import { writeBlob } from './add.ts'
import type { BlobRef, Manifest } from './blob.ts'
import { boundsOf, chunkCount, hashOf, manifestFor, manifestText } from './blob.ts'
import type { FetchEnd, FetchState } from './fetch.ts'
import { Fetch } from './fetch.ts'
import type { BlobLimits } from './limits.ts'
import { usualBlobs } from './limits.ts'
import { Pace } from './pace.ts'
import { Shelf } from './shelf.ts'
import { Slots } from './slots.ts'
import type { BlobSource } from './source.ts'
import { Uploads } from './uploads.ts'

export type BlobParts = {
  readonly files: BlobFiles
  readonly machine: Machine
  /** Boxes that may have a blob, the best first. */
  readonly sources: (sha256: string) => readonly BlobSource[]
  readonly limits?: BlobLimits | undefined
}

/** Somebody's wish for a blob. */
export type Want = {
  readonly state: () => FetchState
  /** Resolves once, with how it ended. */
  readonly ended: Promise<FetchEnd>
  /** This one no longer wants it. The download goes on while somebody else does. */
  readonly cancel: () => void
}

function over(end: FetchEnd): Want {
  return { state: () => end, ended: Promise.resolve(end), cancel: () => {} }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type Wanted = { readonly fetch: Fetch; wants: number }

/** The blobs of this box: what is here, what is needed, what is on its way, and what may go. */
export class Blobs {
  readonly uploads: Uploads
  readonly #parts: BlobParts
  readonly #limits: BlobLimits
  readonly #shelf: Shelf
  readonly #pace: Pace
  readonly #slots: Slots
  readonly #wanted = new Map<string, Wanted>()
  readonly #hashing = new Lane()
  readonly #listeners = new Set<() => void>()
  #paused: string | undefined
  #cancelTidy: () => void = () => {}
  #stopped = false

  private constructor(parts: BlobParts) {
    const { machine, files, limits = usualBlobs } = parts
    this.#parts = parts
    this.#limits = limits
    this.#shelf = new Shelf(files, limits)
    this.#pace = new Pace(machine, limits.bytesPerSecond)
    this.#slots = new Slots(limits.slots)
    this.uploads = new Uploads(this.#shelf, limits, machine.clock.mono, (sha256) => {
      this.#wanted.get(sha256)?.fetch.appeared()
      this.#changed()
    })
  }

  static async open(parts: BlobParts): Promise<Blobs> {
    const blobs = new Blobs(parts)
    const { clock, log } = parts.machine
    const trouble = await blobs.#shelf.load(clock.mono())
    if (trouble !== undefined)
      log('error', `which blobs are needed cannot be read, so none is removed: ${trouble}`)
    blobs.#tidyLater()
    return blobs
  }

  has(sha256: string): boolean {
    return this.#shelf.sizeOf(sha256) !== undefined
  }

  /** From now on the holder needs just these, over starts too. What is needed never goes (BLOB-10). */
  hold(holder: string, blobs: readonly string[]): Promise<void> {
    return this.#shelf.hold(holder, blobs)
  }

  heldBy(holder: string): readonly string[] {
    return this.#shelf.heldBy(holder)
  }

  /** Fetches the blob unless it is here. */
  want(ref: BlobRef): Want {
    const size = this.#shelf.sizeOf(ref.sha256)
    if (size !== undefined)
      return over(size === ref.size ? { is: 'present' } : { is: 'failed', why: 'contradiction' })
    if (this.#stopped) return over({ is: 'cancelled' })
    const known = this.#wanted.get(ref.sha256)
    if (known && known.fetch.ref.size !== ref.size) return over({ is: 'failed', why: 'contradiction' })
    const wanted = known ?? this.#begin(ref)
    wanted.wants += 1
    let isMine = true
    const cancel = () => {
      if (!isMine) return
      isMine = false
      wanted.wants -= 1
      if (wanted.wants === 0) wanted.fetch.cancel()
    }
    return { state: () => wanted.fetch.state, ended: wanted.fetch.ended, cancel }
  }

  /** Undefined where the blob is not here. Close it. */
  open(sha256: string): Promise<BlobReader | undefined> {
    return this.#shelf.open(sha256)
  }

  /** What the blob consists of, from what was written down when it came, else from its bytes. */
  async manifest(sha256: string): Promise<Manifest | undefined> {
    const size = this.#shelf.sizeOf(sha256)
    if (size === undefined) return undefined
    const text = await this.#parts.files.note(`${sha256}.chunks`)
    const kept = text === undefined ? undefined : manifestFor({ sha256, size }, this.#limits, parse(text))
    // One at a time: it costs the reading of the whole blob.
    return kept ?? this.#hashing.run(() => this.#makeManifest(sha256))
  }

  /** Keeps what this box made itself: a photo, an export. */
  async add(size: number, pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Added> {
    const { machine, files } = this.#parts
    const part = `new-${randomId(machine.random, 20)}`
    const room = await this.#shelf.room(part, size, false)
    if (room.is === 'refused') return room
    const ref = await writeBlob(files, part, size, pieces)
    this.#shelf.leave(ref, 'whole', machine.clock.mono())
    this.#changed()
    return { is: 'present', ref }
  }

  /** Nothing is downloaded any more, until null lets it go on. Words for a person: "event lock". */
  pause(why: string | null): void {
    if (this.#paused === (why ?? undefined)) return
    this.#paused = why ?? undefined
    this.wake()
  }

  get paused(): string | undefined {
    return this.#paused
  }

  /** All downloads together; null: as fast as it goes. */
  limitRate(bytesPerSecond: number | null): void {
    this.#pace.limit(bytesPerSecond)
  }

  /** A source came, or is back: who waits tries now. */
  wake(): void {
    for (const { fetch } of this.#wanted.values()) fetch.wake()
  }

  /** What nobody holds goes, from what is unused for longest, until so much is free. */
  async evictUntil(free: number): Promise<readonly string[]> {
    const gone = await this.#shelf.evictUntil(free)
    if (gone.length > 0) {
      this.#parts.machine.log('warn', `${gone.length} blobs that nobody needs were removed for room`)
      this.#changed()
    }
    return gone
  }

  evictableBytes(): number {
    return this.#shelf.evictableBytes()
  }

  status() {
    const fetching = [...this.#wanted.values()].map(({ fetch }) => ({ ref: fetch.ref, state: fetch.state }))
    return { ...this.#shelf.count, paused: this.#paused, fetching }
  }

  onChange(tell: () => void): () => void {
    this.#listeners.add(tell)
    return () => this.#listeners.delete(tell)
  }

  /** No timer, file or request is left; what has come stays for the next start. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancelTidy()
    const wanted = [...this.#wanted.values()]
    for (const { fetch } of wanted) fetch.cancel()
    await Promise.allSettled(wanted.map(({ fetch }) => fetch.ended))
    await this.#parts.files.close()
  }

  #begin(ref: BlobRef): Wanted {
    const { machine, sources } = this.#parts
    const fetch = new Fetch(ref, {
      machine,
      limits: this.#limits,
      pace: this.#pace,
      sources: () => sources(ref.sha256),
      isPaused: () => this.#paused !== undefined,
      isHere: () => this.has(ref.sha256),
      open: async () => {
        await this.uploads.giveWay(ref)
        return this.#shelf.part(ref)
      },
      room: (missing, begun) => this.#shelf.room(ref.sha256, missing, begun),
      turn: () => this.#slots.take(),
      changed: () => this.#changed(),
    })
    const wanted = { fetch, wants: 0 }
    this.#wanted.set(ref.sha256, wanted)
    inBackground(
      machine,
      'blob',
      fetch.ended.then((end) => this.#over(ref, end)),
    )
    return wanted
  }

  #over(ref: BlobRef, end: FetchEnd): void {
    this.#wanted.delete(ref.sha256)
    const { clock, log } = this.#parts.machine
    const name = `blob ${ref.sha256.slice(0, 6)}`
    switch (end.is) {
      case 'present':
        this.#shelf.leave(ref, 'whole', clock.mono())
        break
      case 'refused':
        log(
          'warn',
          `${name} is refused: needs ${end.need} bytes, ${end.free} free, ${end.reserve} in reserve`,
        )
        this.#shelf.leave(ref, 'removed', clock.mono())
        break
      case 'failed':
        log('error', `${name}: its manifest and its hash contradict each other`)
        this.#shelf.leave(ref, 'removed', clock.mono())
        break
      case 'cancelled':
        if (!this.uploads.has(ref.sha256)) this.#shelf.leave(ref, 'left', clock.mono())
    }
    this.#changed()
  }

  async #makeManifest(sha256: string): Promise<Manifest | undefined> {
    const reader = await this.#shelf.open(sha256)
    if (!reader) return undefined
    try {
      const chunks: string[] = []
      for (let index = 0; index < chunkCount(reader.size, this.#limits); index += 1) {
        const [from, to] = boundsOf(index, reader.size, this.#limits)
        chunks.push(hashOf(await reader.read(from, to - from)))
      }
      const manifest = { sha256, size: reader.size, chunks }
      await this.#parts.files.saveNote(`${sha256}.chunks`, manifestText(manifest)).catch(() => {})
      return manifest
    } finally {
      await reader.close()
    }
  }

  #tidyLater(): void {
    const { machine } = this.#parts
    this.#cancelTidy = machine.timers.after(this.#limits.tidyEveryMs, () => {
      this.uploads.tidy()
      inBackground(machine, 'tidying blobs', this.#shelf.tidy(machine.clock.mono()))
      this.#tidyLater()
    })
  }

  #changed(): void {
    for (const tell of this.#listeners) tell()
  }
}

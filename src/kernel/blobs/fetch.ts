import { StoreError } from '../../store/truth.ts'
import type { Machine } from '../machine.ts'
import type { BlobRef } from './blob.ts'
import type { BlobLimits } from './limits.ts'
import type { Pace } from './pace.ts'
import { rest } from './pace.ts'
import type { Part } from './part.ts'
import type { Refused, Room } from './room.ts'
import type { BlobSource, SourceTrouble } from './source.ts'
import { SourceError } from './source.ts'
import { fetchManifest, firstRun, transfer } from './transfer.ts'

/** How a download ended for good. A refusal names what the disk lacks; `failed` cannot come right by itself. */
export type FetchEnd =
  | { readonly is: 'present' }
  | Refused
  | { readonly is: 'failed'; readonly why: 'contradiction' }
  | { readonly is: 'cancelled' }

/** What each source gave instead, in the round that was last. */
export type Tried = { readonly source: string; readonly why: SourceTrouble; readonly detail: string }

export type FetchState =
  | FetchEnd
  | {
      readonly is: 'waiting'
      /** `turn`: others are before it. `paused`: somebody wants quiet. `disk`: it fails to write. */
      readonly why: 'turn' | 'paused' | 'no-source' | 'sources' | 'disk'
      readonly tried: readonly Tried[]
    }
  | {
      readonly is: 'fetching'
      readonly present: number
      readonly total: number
      readonly source: string
    }

export type FetchParts = {
  readonly machine: Pick<Machine, 'clock' | 'timers' | 'random' | 'log'>
  readonly limits: BlobLimits
  readonly pace: Pace
  readonly sources: () => readonly BlobSource[]
  readonly isPaused: () => boolean
  /** Somebody else may have brought it meanwhile. */
  readonly isHere: () => boolean
  readonly open: () => Promise<Part>
  /** Makes room for so much more, or says what is lacking. `begun`: some of it is there already. */
  readonly room: (missing: number, begun: boolean) => Promise<Room>
  readonly turn: () => Promise<() => void>
  readonly changed: () => void
}

/** One blob that this box wants, from the first question to the last byte: over starts, cuts, lies and full disks. */
export class Fetch {
  readonly ref: BlobRef
  readonly ended: Promise<FetchEnd>
  readonly #parts: FetchParts
  readonly #cancel = new AbortController()
  /** How often a source lied; it is passed over for as many rounds as that is worth. */
  readonly #lies = new Map<string, { count: number; rounds: number }>()
  #state: FetchState = { is: 'waiting', why: 'turn', tried: [] }
  #round = new AbortController()
  #wake = new AbortController()
  #waitMs: number
  #part: Part | undefined
  #tried: Tried[] = []

  constructor(ref: BlobRef, parts: FetchParts) {
    this.ref = ref
    this.#parts = parts
    this.#waitMs = parts.limits.firstWaitMs
    this.ended = this.#run()
  }

  get state(): FetchState {
    return this.#state
  }

  cancel(): void {
    this.#cancel.abort()
    this.#round.abort()
    this.#wake.abort()
  }

  /** Something changed that may make the next round better than the last: a source, a pause. */
  wake(): void {
    if (this.#parts.isPaused()) this.#round.abort()
    this.#waitMs = this.#parts.limits.firstWaitMs
    this.#wake.abort()
  }

  /** Somebody else brought the blob. */
  appeared(): void {
    this.#round.abort()
    this.#wake.abort()
  }

  async #run(): Promise<FetchEnd> {
    let end: FetchEnd | undefined
    while (!end) {
      end = await this.#oneRound()
      if (!end) await this.#waitForNext()
      if (!end && this.#cancel.signal.aborted) end = { is: 'cancelled' }
    }
    this.#say(end)
    return end
  }

  async #oneRound(): Promise<FetchEnd | undefined> {
    if (this.#parts.isPaused()) return this.#wait('paused')
    const release = await this.#parts.turn()
    try {
      return await this.#trySources()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      if (this.#parts.isHere()) return { is: 'present' }
      return error.reason === 'full' ? await this.#full() : this.#wait('disk')
    } finally {
      release()
    }
  }

  async #trySources(): Promise<FetchEnd | undefined> {
    const sources = this.#parts.sources()
    this.#tried = []
    for (const source of sources) {
      if (this.#cancel.signal.aborted) return { is: 'cancelled' }
      if (this.#parts.isHere()) return { is: 'present' }
      if (this.#parts.isPaused()) return this.#wait('paused')
      if (this.#passesOver(source)) continue
      try {
        const end = await this.#from(source)
        if (end) return end
      } catch (error) {
        if (!(error instanceof SourceError)) throw error
        if (!this.#round.signal.aborted) this.#leave(source, error)
      }
    }
    if (this.#parts.isHere()) return { is: 'present' }
    if (this.#parts.isPaused()) return this.#wait('paused')
    return this.#wait(sources.length === 0 ? 'no-source' : 'sources')
  }

  async #from(source: BlobSource): Promise<FetchEnd | undefined> {
    const { machine, limits, pace } = this.#parts
    const { signal } = (this.#round = new AbortController())
    const hearing = { machine, limits, signal }
    this.#say({ is: 'fetching', present: 0, total: 0, source: source.name })
    const manifest = await fetchManifest(hearing, source, this.ref, limits)
    const part = (this.#part ??= await this.#parts.open())
    // A lie may have been told about chunks that are there: what counts is what this source says of them.
    let missing = part.missing(manifest)
    let begun = missing.length < manifest.chunks.length
    while (missing.length > 0) {
      const room = await this.#parts.room(part.bytesOf(missing), begun)
      if (room.is === 'refused') return this.#refuse(room)
      let present = manifest.chunks.length - missing.length
      const tell = () =>
        this.#say({ is: 'fetching', present, total: manifest.chunks.length, source: source.name })
      tell()
      await transfer(hearing, {
        source,
        ref: this.ref,
        cut: limits,
        ...firstRun(missing, limits.runChunks),
        put: async (index, bytes) => {
          const is = await part.put(manifest, index, bytes)
          if (is === 'wrong') return is
          present += 1
          this.#waitMs = limits.firstWaitMs
          tell()
          return is
        },
        spent: (bytes) => pace.spent(bytes, signal),
      })
      missing = part.missing(manifest)
      begun = true
    }
    if ((await part.finish(manifest)) === 'whole') return { is: 'present' }
    if (this.ref.manifest === undefined) throw new SourceError('wrong', 'its chunks are not this blob')
    // The fact itself vouches for this manifest, and its chunks are not what the fact says.
    await part.remove()
    return { is: 'failed', why: 'contradiction' }
  }

  #passesOver(source: BlobSource): boolean {
    const lies = this.#lies.get(source.name)
    if (lies === undefined || lies.rounds === 0) return false
    lies.rounds -= 1
    this.#tried.push({ source: source.name, why: 'wrong', detail: 'it lied before' })
    return true
  }

  #leave(source: BlobSource, { trouble, message }: SourceError): void {
    this.#tried.push({ source: source.name, why: trouble, detail: message })
    if (trouble !== 'wrong') return
    const count = (this.#lies.get(source.name)?.count ?? 0) + 1
    this.#lies.set(source.name, { count, rounds: Math.min(2 ** count - 1, 63) })
    this.#parts.machine.log('warn', `blob ${this.ref.sha256.slice(0, 6)}: box ${source.name}: ${message}`)
  }

  /** Nothing of it stays (BLOB-9). */
  async #refuse(room: Refused): Promise<FetchEnd> {
    const part = (this.#part ??= await this.#parts.open())
    await part.remove()
    return room
  }

  /** The disk is full, whatever its own figures say: there may be a quota. */
  async #full(): Promise<FetchEnd | undefined> {
    try {
      const need = this.ref.size
      const room = await this.#parts.room(need, true)
      return await this.#refuse(room.is === 'refused' ? room : { is: 'refused', need, free: 0, reserve: 0 })
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      return this.#wait('disk')
    }
  }

  #wait(why: 'paused' | 'no-source' | 'sources' | 'disk'): undefined {
    this.#say({ is: 'waiting', why, tried: this.#tried })
  }

  async #waitForNext(): Promise<void> {
    const { machine, limits } = this.#parts
    this.#wake = new AbortController()
    if (this.#cancel.signal.aborted) return
    const [chance = 0] = machine.random.bytes(1)
    const ms = Math.round(this.#waitMs * (0.75 + chance / 512))
    this.#waitMs = Math.min(limits.longestWaitMs, this.#waitMs * 2)
    await rest(machine.timers, ms, this.#wake.signal)
  }

  #say(state: FetchState): void {
    this.#state = state
    this.#parts.changed()
  }
}

import type { DiskRoom } from '../../store/blob-files.ts'
import { StoreError } from '../../store/truth.ts'
import { inBackground } from '../box/background.ts'
import type { Machine } from '../machine.ts'
import type { DiskLevel } from './room.ts'
import { diskLevels, nextLevel } from './room.ts'

export type DiskState = DiskRoom & { readonly level: DiskLevel; readonly reserve: number }

type Parts = {
  readonly machine: Machine
  readonly room: () => Promise<DiskRoom>
  readonly reserve: (diskBytes: number) => number
  /** Lets what nobody needs go until so much is free. */
  readonly evictUntil: (free: number) => Promise<unknown>
  readonly everyMs: number
}

const words: Readonly<Record<DiskLevel, string>> = {
  good: 'the disk has room again',
  low: 'the disk has less free than its reserve: no new blobs',
  short: 'the disk has less free than half its reserve: no blobs',
  scarce: 'the disk has less free than a quarter of its reserve: no blobs and no samples',
}
const loudness = { good: 'info', low: 'warn', short: 'error', scarce: 'error' } as const

/** Watches how full the disk is, so that somebody hears of it long before truth does (BLOB-11). */
export class DiskGuard {
  readonly #parts: Parts
  readonly #listeners = new Set<(state: DiskState) => void>()
  #state: DiskState | undefined
  #cancel: () => void = () => {}
  #isBlind = false
  #stopped = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Undefined before the first look. */
  get state(): DiskState | undefined {
    return this.#state
  }

  onLevel(tell: (state: DiskState) => void): () => void {
    this.#listeners.add(tell)
    return () => this.#listeners.delete(tell)
  }

  /** Looks now, and then again and again. */
  async start(): Promise<void> {
    await this.look()
    this.#next()
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
  }

  async look(): Promise<void> {
    const { room, reserve, evictUntil, machine } = this.#parts
    try {
      let found = await room()
      const kept = reserve(found.size)
      if (found.free < kept) {
        await evictUntil(kept)
        found = await room()
      }
      this.#isBlind = false
      this.#become({ ...found, reserve: kept })
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      if (!this.#isBlind) machine.log('error', `nobody knows how full the disk is: ${error.message}`)
      this.#isBlind = true
    }
  }

  #become(found: Omit<DiskState, 'level'>): void {
    const before = this.#state?.level ?? 'good'
    const level = nextLevel(before, found)
    this.#state = { ...found, level }
    if (level === before) return
    const isWorse = diskLevels.indexOf(level) > diskLevels.indexOf(before)
    const mega = (bytes: number) => Math.round(bytes / 1e6)
    this.#parts.machine.log(
      isWorse ? loudness[level] : 'info',
      `${words[level]} (${mega(found.free)} of ${mega(found.size)} MB free, reserve ${mega(found.reserve)})`,
    )
    for (const tell of this.#listeners) tell(this.#state)
  }

  #next(): void {
    const { machine, everyMs } = this.#parts
    if (this.#stopped) return
    this.#cancel = machine.timers.after(everyMs, () => {
      inBackground(
        machine,
        'looking at the disk',
        this.look().finally(() => this.#next()),
      )
    })
  }
}

import { z } from 'zod'
import type { BlobFiles } from '../../store/blob-files.ts'
import { Lane } from '../box/lane.ts'
import { sha256Text } from './blob.ts'

const holdsSchema = z.record(z.string().min(1).max(200), z.array(sha256Text))

/**
 * Who needs which blobs. Written down before anybody is told, since a box that starts must not remove what
 * its packs have not had the time to ask for again (BLOB-10).
 */
export class Holds {
  readonly #files: BlobFiles
  readonly #lane = new Lane()
  #holders: ReadonlyMap<string, ReadonlySet<string>> = new Map()
  #isKnown = true

  constructor(files: BlobFiles) {
    this.#files = files
  }

  /** Tells what is wrong with what was written down, if anything is. */
  async load(): Promise<string | undefined> {
    const text = await this.#files.note('holds')
    if (text === undefined) return undefined
    try {
      const holders = holdsSchema.parse(JSON.parse(text))
      this.#holders = new Map(Object.entries(holders).map(([holder, blobs]) => [holder, new Set(blobs)]))
      return undefined
    } catch (error) {
      this.#isKnown = false
      return error instanceof Error ? error.message : String(error)
    }
  }

  /** Where it is not known what is held, everything is. */
  isHeld(sha256: string): boolean {
    return !this.#isKnown || [...this.#holders.values()].some((blobs) => blobs.has(sha256))
  }

  of(holder: string): readonly string[] {
    return [...(this.#holders.get(holder) ?? [])]
  }

  /** From now on the holder needs just these. Resolves when that is on disk; what it needed before counts until then. */
  set(holder: string, blobs: readonly string[]): Promise<void> {
    return this.#lane.run(async () => {
      const before = this.#holders
      const wanted = new Map(before)
      if (blobs.length > 0) wanted.set(holder, new Set(blobs))
      else wanted.delete(holder)
      this.#holders = new Map([...before, [holder, new Set([...(before.get(holder) ?? []), ...blobs])]])
      try {
        const text = JSON.stringify(Object.fromEntries([...wanted].map(([name, set]) => [name, [...set]])))
        await this.#files.saveNote('holds', text)
        this.#holders = wanted
      } catch (error) {
        this.#holders = before
        throw error
      }
    })
  }
}

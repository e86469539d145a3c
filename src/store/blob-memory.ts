import type { BlobFiles, BlobList, BlobNote, BlobReader, DiskRoom } from './blob-files.ts'
import { isBlobName, isPartName } from './blob-files.ts'
import { StoreError } from './truth.ts'

type File = { bytes: Uint8Array; synced: Uint8Array; uses: number }

/** Where a power cut or a kill may strike, and what the disk does in between. Throws what the disk refuses. */
export type MemoryHooks = {
  readonly at?: ((what: keyof BlobFiles) => Promise<void>) | undefined
  readonly room?: ((used: number) => DiskRoom) | undefined
}

/**
 * The files of a disk in memory, which outlive whoever has them open. Bytes that were not synced are lost with the
 * power: in a world and in tests.
 */
export class BlobDisk {
  readonly whole = new Map<string, File>()
  readonly parts = new Map<string, File>()
  readonly notes = new Map<string, string>()
  #uses = 0

  get used(): number {
    const files = [...this.whole.values(), ...this.parts.values()]
    return files.reduce((sum, { bytes }) => sum + bytes.length, 0)
  }

  nextUse(): number {
    return (this.#uses += 1)
  }

  /** What had not been synced is gone; a name that was given stays, whatever it names. */
  cutPower(): void {
    for (const file of [...this.whole.values(), ...this.parts.values()]) file.bytes = file.synced.slice()
  }

  open(hooks: MemoryHooks = {}): BlobFiles {
    return new MemoryFiles(this, hooks)
  }
}

class MemoryFiles implements BlobFiles {
  readonly #disk: BlobDisk
  readonly #hooks: MemoryHooks

  constructor(disk: BlobDisk, hooks: MemoryHooks) {
    this.#disk = disk
    this.#hooks = hooks
  }

  async list(): Promise<BlobList> {
    await this.#at('list')
    const whole = [...this.#disk.whole].toSorted(([, a], [, b]) => a.uses - b.uses)
    return {
      whole: whole.map(([sha256, { bytes }]) => ({ sha256, size: bytes.length })),
      parts: [...this.#disk.parts].map(([part, { bytes }]) => ({ part, size: bytes.length })),
    }
  }

  async room(): Promise<DiskRoom> {
    await this.#at('room')
    return this.#room()
  }

  async open(sha256: string): Promise<BlobReader | undefined> {
    expectName(isBlobName(sha256), sha256)
    await this.#at('open')
    const file = this.#disk.whole.get(sha256)
    if (!file) return undefined
    const read = async (at: number, size: number) => {
      await this.#at('open')
      return file.bytes.slice(at, at + size)
    }
    return { size: file.bytes.length, read, close: async () => {} }
  }

  async readPart(part: string, at: number, size: number): Promise<Uint8Array> {
    expectName(isPartName(part), part)
    await this.#at('readPart')
    return this.#disk.parts.get(part)?.bytes.slice(at, at + size) ?? new Uint8Array(0)
  }

  async write(part: string, at: number, bytes: Uint8Array): Promise<void> {
    expectName(isPartName(part), part)
    const copy = bytes.slice()
    await this.#at('write')
    const file = this.#disk.parts.get(part) ?? { bytes: empty, synced: empty, uses: 0 }
    const grown = Math.max(file.bytes.length, at + copy.length)
    if (grown - file.bytes.length > this.#room().free) throw new StoreError('full', 'the disk is full')
    const all = new Uint8Array(grown)
    all.set(file.bytes)
    all.set(copy, at)
    this.#disk.parts.set(part, { ...file, bytes: all })
  }

  async sync(part: string): Promise<void> {
    await this.#at('sync')
    const file = this.#disk.parts.get(part)
    if (file) file.synced = file.bytes.slice()
  }

  async show(part: string, sha256: string): Promise<void> {
    expectName(isBlobName(sha256), sha256)
    await this.#at('show')
    const file = this.#disk.parts.get(part)
    if (!file) throw new StoreError('io', `there is no part ${part}`)
    this.#disk.parts.delete(part)
    this.#disk.whole.set(sha256, { ...file, uses: this.#disk.nextUse() })
  }

  async use(sha256: string): Promise<void> {
    await this.#at('use')
    const file = this.#disk.whole.get(sha256)
    if (file) file.uses = this.#disk.nextUse()
  }

  async remove(sha256: string): Promise<void> {
    await this.#at('remove')
    this.#disk.whole.delete(sha256)
    this.#disk.notes.delete(`${sha256}.chunks`)
  }

  async removePart(part: string): Promise<void> {
    await this.#at('removePart')
    this.#disk.parts.delete(part)
  }

  async note(name: BlobNote): Promise<string | undefined> {
    await this.#at('note')
    return this.#disk.notes.get(name)
  }

  async saveNote(name: BlobNote, text: string): Promise<void> {
    await this.#at('saveNote')
    this.#disk.notes.set(name, text)
  }

  async close(): Promise<void> {}

  #room(): DiskRoom {
    const { used } = this.#disk
    return this.#hooks.room?.(used) ?? { free: 2 ** 40 - used, size: 2 ** 40 }
  }

  async #at(what: keyof BlobFiles): Promise<void> {
    await this.#hooks.at?.(what)
  }
}

const empty = new Uint8Array(0)

function expectName(isOne: boolean, name: string): void {
  if (!isOne) throw new TypeError(`${name} is no name`)
}

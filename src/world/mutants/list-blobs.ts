import type { Mutant } from './mutant.ts'

/** In blobs and samples: what may appear, what may go, what is left, and what is bounded. */
export const inBlobs: readonly Mutant[] = [
  {
    name: 'a blob appears before it is synced',
    breaks: 'BLOB-1',
    file: 'src/kernel/blobs/part.ts',
    find: `    await this.#files.sync(sha256)
    await this.#files.show(sha256, sha256)`,
    replace: '    await this.#files.show(sha256, sha256)',
    first: { arena: 'media', seed: 1 },
  },
  {
    name: 'a blob appears without its hash',
    breaks: 'BLOB-1',
    file: 'src/kernel/blobs/part.ts',
    find: `    if ((await this.#wholeHash()) !== sha256) return 'wrong'`,
    replace: `    if ((await this.#wholeHash()) === '') return 'wrong'`,
    first: { arena: 'media', seed: 1 },
  },
  {
    name: 'a chunk that was replaced stays in the running hash',
    breaks: 'BLOB-1',
    file: 'src/kernel/blobs/part.ts',
    find: `    if (index < this.#wholeUpTo) this.#whole = undefined
`,
    replace: '',
    first: { arena: 'media', seed: 9 },
  },
  {
    name: 'what is held may go',
    breaks: 'BLOB-10',
    file: 'src/kernel/blobs/shelf.ts',
    find: 'const isFree = (sha256: string) => !this.#reading.has(sha256) && !this.#holds.isHeld(sha256)',
    replace: 'const isFree = (sha256: string) => !this.#reading.has(sha256)',
    first: { arena: 'media', seed: 1 },
  },
  {
    name: 'holds are not written down',
    breaks: 'BLOB-10',
    file: 'src/kernel/blobs/holds.ts',
    find: `        await this.#files.saveNote('holds', text)
`,
    replace: `        if (text === '') await this.#files.saveNote('holds', text)
`,
    first: { arena: 'media', seed: 1 },
  },
  {
    name: 'a refused blob leaves its part',
    breaks: 'BLOB-9',
    file: 'src/kernel/blobs/fetch.ts',
    find: `    await part.remove()
    return room`,
    replace: '    return room',
    first: { arena: 'media', seed: 4 },
  },
  {
    name: 'nobody asks for room',
    breaks: 'BLOB-9',
    file: 'src/kernel/blobs/fetch.ts',
    find: `      if (room.is === 'refused') return this.#refuse(room)`,
    replace: `      if (room.is === 'refused' && room.need < 0) return this.#refuse(room)`,
    first: { arena: 'media', seed: 4 },
  },
  {
    name: 'a source that drips is never left',
    breaks: 'BLOB-6',
    file: 'src/kernel/blobs/listen.ts',
    find: `      left -= machine.clock.mono() - began
`,
    replace: `      void began
`,
    first: { arena: 'media', seed: 1 },
  },
  {
    name: 'a silent source is never left',
    breaks: 'BLOB-6',
    file: 'src/kernel/blobs/listen.ts',
    find: `Math.min(left, limits.silentMs)`,
    replace: `Math.min(left, limits.silentMs) + 3_600_000`,
    first: { arena: 'media', seed: 1 },
  },
  {
    name: 'a source that lied once is passed over for ever',
    breaks: 'BLOB-5',
    file: 'src/kernel/blobs/fetch.ts',
    find: `    lies.rounds -= 1
`,
    replace: '',
    first: { arena: 'media', seed: 5 },
  },
  {
    name: 'a download that nobody wants any more keeps its slot',
    breaks: 'BLOB-4',
    file: 'src/kernel/blobs/fetch.ts',
    find: `    } finally {
      release()`,
    replace: `    } finally {
      if (!this.#cancel.signal.aborted) release()`,
    first: { arena: 'media', seed: 1 },
  },
  {
    name: 'what went is still called present',
    breaks: 'BLOB-9',
    file: 'src/kernel/blobs/shelf.ts',
    find: `    this.#whole.delete(name)
    await`,
    replace: '    await',
    first: { arena: 'media', seed: 1 },
  },
  {
    name: 'a ring is not trimmed',
    breaks: 'SAMPLE-2',
    file: 'src/store/samples-file.ts',
    find: `      this.#trim(name, ring, state, now)
`,
    replace: `      if (state.rows < 0) this.#trim(name, ring, state, now)
`,
    first: { arena: 'media', seed: 1 },
  },
]

/** One thing that was about to change, or was synced, as unsynced.c notes it. `at`: where its note begins. */
export type Note = {
  readonly what: string
  readonly inode: bigint
  readonly a: number
  readonly b: number
  readonly bytes: Buffer
  readonly at: number
}

const headBytes = 29

/** The last note may have been cut off by the kill; what it speaks of did not happen any more. */
export function parseNotes(journal: Buffer): readonly Note[] {
  const notes: Note[] = []
  for (let at = 0; at + headBytes <= journal.length;) {
    const from = at + headBytes
    const size = journal.readUInt32LE(at + 25)
    if (from + size > journal.length) break
    notes.push({
      what: journal.toString('latin1', at, at + 1),
      inode: journal.readBigUInt64LE(at + 1),
      a: Number(journal.readBigInt64LE(at + 9)),
      b: Number(journal.readBigInt64LE(at + 17)),
      bytes: journal.subarray(from, from + size),
      at,
    })
    at = from + size
  }
  return notes
}

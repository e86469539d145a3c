import {
  existsSync,
  ftruncateSync,
  linkSync,
  closeSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Dice } from '../../src/world/random.ts'
import type { Note } from './unsynced-journal.ts'
import { parseNotes } from './unsynced-journal.ts'

/** What a disk writes whole or not at all. */
const sectorBytes = 512

/**
 * Makes a folder what it would be if the power had failed when its process was killed: what was not synced is
 * gone. `dice`: as on a real disk, some of it may have come through, by whole sectors, in any order.
 */
export function cutPower(folder: string, journal: string, dice: Dice): void {
  const notes = existsSync(journal) ? parseNotes(readFileSync(journal)) : []
  const secondName = (note: Note) => `${journal}.${note.b}`
  forgetNames(notes, secondName)
  forgetWrites(notes, folder, dice)
  for (const name of namesIn(folder)) if (name.endsWith('-shm')) rmSync(name)
  for (const name of readdirSync(dirname(journal))) {
    if (name.startsWith(basename(journal))) rmSync(join(dirname(journal), name))
  }
}

/** Files made, removed or renamed, in a folder that was not synced since. */
function forgetNames(notes: readonly Note[], secondName: (note: Note) => string): void {
  const synced = new Map<string, number>()
  for (const { what, a, bytes } of notes) if (what === 'D') synced.set(bytes.toString(), a)
  for (const note of notes.toReversed()) {
    const [path = '', to = ''] = note.bytes.toString().split('\0')
    if (!'CUR'.includes(note.what) || note.at < (synced.get(dirname(path)) ?? 0)) continue
    if (note.what === 'C') rmSync(path, { force: true })
    if (note.what === 'U' && !existsSync(path)) linkSync(secondName(note), path)
    if (note.what === 'R' && existsSync(to)) renameSync(to, path)
    if (note.what === 'R' && note.b > 0) linkSync(secondName(note), to)
  }
}

/** Bytes written, or cut off, in a file that was not synced since. */
function forgetWrites(notes: readonly Note[], folder: string, dice: Dice): void {
  const synced = new Map<bigint, number>()
  for (const { what, inode, a } of notes) {
    if (what === 'S') synced.set(inode, Math.max(a, synced.get(inode) ?? 0))
  }
  const lost = Map.groupBy(
    notes.filter(({ what, inode, at }) => what === 'W' && at >= (synced.get(inode) ?? 0)),
    ({ inode }) => inode,
  )
  for (const path of namesIn(folder)) {
    const writes = lost.get(statSync(path, { bigint: true }).ino)
    if (!writes) continue
    const now = readFileSync(path)
    undo(path, writes)
    const share = dice.pick([0, 0, 0.5, 0.9])
    if (share > 0) writeFileSync(path, torn(readFileSync(path), now, share, dice))
  }
}

function undo(path: string, writes: readonly Note[]): void {
  const file = openSync(path, 'r+')
  for (const { a, b, bytes } of writes.toReversed()) {
    writeSync(file, bytes, 0, bytes.length, a)
    ftruncateSync(file, b)
  }
  closeSync(file)
}

/** The old file, with a share of the sectors that were under way. */
function torn(old: Buffer, now: Buffer, share: number, dice: Dice): Buffer {
  const result = Buffer.alloc(Math.max(old.length, now.length))
  old.copy(result)
  let end = old.length
  for (let from = 0; from < now.length; from += sectorBytes) {
    const sector = now.subarray(from, from + sectorBytes)
    if (sector.equals(old.subarray(from, from + sectorBytes)) || !dice.chance(share)) continue
    sector.copy(result, from)
    end = Math.max(end, from + sector.length)
  }
  return result.subarray(0, end)
}

function namesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
}

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Trouble } from '../doors/errors.ts'

export type FolderLock = {
  /** The process that held the folder last and did not let go of it in words: it was killed, or the power failed. */
  readonly killed: number | undefined
  readonly release: () => void
}

/** Held here, since a connection that nobody names any more is collected, and its lock with it. */
const held = new Set<DatabaseSync>()

/**
 * One process a folder. The lock is SQLite's own on an empty file, so the system lets go of it whatever ends
 * the process. A file with a process id would not do: after `kill -9` its number may be another program's, and
 * in two containers every program is number 1. The number beside it is for people.
 */
export function lockFolder(folder: string): FolderLock {
  const note = join(folder, 'pid')
  const db = new DatabaseSync(join(folder, 'lock'), { timeout: 0 })
  try {
    // Without a journal on disk, which a killed process would leave behind.
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    if (!isBusy(error)) throw error
    throw Trouble.of('folder_in_use', { folder, pid: readPid(note) ?? '?' }, error)
  }
  const killed = readPid(note)
  try {
    writeFileSync(note, `${process.pid}\n`)
  } catch (error) {
    db.close()
    throw error
  }
  held.add(db)
  return {
    killed,
    release: () => {
      if (!held.delete(db)) return
      rmSync(note, { force: true })
      db.close()
    },
  }
}

const sqliteBusy = 5

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy
}

function readPid(path: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(path, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { StoreError } from './truth.ts'

/** Damaged, or not ours: it is the file, and neither the disk nor its room. */
export function isDamaged(error: unknown): error is StoreError {
  if (!(error instanceof StoreError)) return false
  const [, found = '0'] = /\(SQLite (\d+)\)/.exec(error.message) ?? []
  const code = Number(found) & 0xff
  // 522: the file ends where a page of it should be.
  return code === 11 || code === 26 || found === '522' || error.message.includes('another program made')
}

/** Gives a file up, closed before; one is kept for whoever wants to look, and no more. Tells its name. */
export function setAside(path: string): string {
  const aside = `${path}.damaged`
  for (const end of ['-wal', '-shm']) rmSync(`${path}${end}`, { force: true })
  renameSync(path, aside)
  const folder = openSync(dirname(path), 'r')
  try {
    // Or else a power cut could bring the old one back, and what was written since would be gone.
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
  return aside
}

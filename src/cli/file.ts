import {
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** Writes a small file so that after a power cut there is either the whole of it or what was there before. */
export function writeWhole(path: string, text: string, mode: number): void {
  const part = `${path}.part`
  const file = openSync(part, 'w', mode)
  try {
    // The mode above counts only for a file that is made, less what the umask takes away.
    fchmodSync(file, mode)
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(part, path)
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

/**
 * Makes a folder for this account alone, and those above it. Node's own `recursive` never returns where the
 * parent exists and yet says ENOENT, as /proc does.
 */
export function makeFolder(path: string): void {
  const parent = dirname(path)
  try {
    mkdirSync(path, 0o700)
  } catch (error) {
    if (isFolder(path)) return
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!isAbsent || isFolder(parent)) throw error
    makeFolder(parent)
    mkdirSync(path, 0o700)
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

import { readFileSync, statSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Machine } from '../kernel/machine.ts'

const saveEveryMs = 60_000
const fileName = 'clock'

/** The later of the time that was saved in this folder and the date of this program: it is later than that. */
export function floorOf(folder: string): number {
  return Math.max(savedIn(folder), programDate())
}

/**
 * Saves the time each minute, for the next start; returns how to stop. Nobody waits for the disk, and a file
 * that a power cut leaves empty only gives a lower floor.
 */
export function saveTime(folder: string, { clock, timers }: Pick<Machine, 'clock' | 'timers'>): () => void {
  const path = join(folder, fileName)
  let stopped = false
  let cancel = () => {}
  const save = async () => {
    try {
      await writeFile(`${path}.part`, `${clock.wall()}\n`)
      await rename(`${path}.part`, path)
    } catch {
      // The store says what is wrong with the disk.
    }
    if (!stopped) cancel = timers.after(saveEveryMs, () => void save())
  }
  void save()
  return () => {
    stopped = true
    cancel()
  }
}

function savedIn(folder: string): number {
  try {
    const text = readFileSync(join(folder, fileName), 'utf8').trim()
    return /^\d{1,15}$/.test(text) ? Number(text) : 0
  } catch {
    return 0
  }
}

function programDate(): number {
  try {
    return statSync(import.meta.filename).mtimeMs
  } catch {
    return 0
  }
}

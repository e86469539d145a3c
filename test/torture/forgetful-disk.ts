import { spawnSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ForgetfulDisk } from '../crash/crash-round.ts'
import { cutPower } from './power-cut.ts'

const source = fileURLToPath(new URL('./unsynced.c', import.meta.url))
const journalOf = (boxFolder: string) => `${boxFolder}.unsynced`

/** Compiles the watch on unsynced writes into a folder. Throws in words where that cannot be done. */
export function forgetfulDisk(folder: string): ForgetfulDisk {
  const library = join(folder, 'unsynced.so')
  const args = ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl', '-lpthread']
  const { error, status, stderr } = spawnSync('cc', args, { encoding: 'utf8' })
  if (error) throw new Error('There is no C compiler on this machine: type `apt-get install gcc libc6-dev`.')
  if (status !== 0) throw new Error(`The watch on unsynced writes does not compile: ${stderr}`)
  return {
    env: (boxFolder) => ({
      LD_PRELOAD: library,
      // As SQLite names it, which follows links.
      REGIE_DISK: realpathSync(boxFolder),
      REGIE_DISK_JOURNAL: journalOf(boxFolder),
    }),
    forget: (boxFolder, dice) => cutPower(boxFolder, journalOf(boxFolder), dice),
  }
}

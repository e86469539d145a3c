import { execFileSync } from 'node:child_process'
import { cpus, release, tmpdir, totalmem } from 'node:os'

/** What the figures were measured on: without it they say nothing. */
export function machineLines(): readonly string[] {
  const [cpu] = cpus()
  return [
    `${cpus().length} x ${cpu?.model.trim() ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${diskOf(tmpdir())}`,
    `Linux ${release()}, Node ${process.versions.node}, SQLite ${process.versions.sqlite}`,
  ]
}

function diskOf(folder: string): string {
  const columns = ['--noheadings', '--output', 'SOURCE,FSTYPE', '--target', folder]
  try {
    return execFileSync('findmnt', columns, { encoding: 'utf8' }).trim().replaceAll(/\s+/g, ' ')
  } catch {
    return 'disk unknown'
  }
}

import { execFile } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Vouch } from '../kernel/machine.ts'

/** What says "set by the network" and no more is believed to within this. */
const plainNetwork: Vouch = { within: 250, by: 'network' }
/** A hardware clock that was set at some time, and has a crystal of its own. */
const hardware: Vouch = { within: 4_000, by: 'hardware' }
/** systemd-timesyncd looks at its servers at least each 34 minutes. */
const syncedForMs = 2 * 3_600_000
/** A program that does not answer for so long says nothing. */
const answersWithinMs = 2_000

/** What the files of this system say of its wall clock. `root` is `/`, except in tests. */
export function vouchOfFiles(now: number, root = '/'): Vouch | null {
  const synced = changedAt(join(root, 'run/systemd/timesync/synchronized'))
  if (synced !== undefined && synced <= now && now - synced < syncedForMs) return plainNetwork
  return readText(join(root, 'sys/class/rtc/rtc0/hctosys')) === '1' ? hardware : null
}

/** What programs that set the clock say, if they are there: chrony knows how well, systemd only whether. */
export async function vouchOfPrograms(ask: typeof output = output): Promise<Vouch | null> {
  const chrony = vouchOfChrony(await ask('chronyc', ['-c', 'tracking']))
  if (chrony) return chrony
  const synced = await ask('timedatectl', ['show', '--property=NTPSynchronized', '--value'])
  return synced.trim() === 'yes' ? plainNetwork : null
}

/** Half the way to the reference clock, what gathered on it, and what is not corrected yet. Seconds, by commas. */
export function vouchOfChrony(line: string): Vouch | null {
  const fields = line.trim().split(',')
  if (fields.length !== 14 || fields[13] === 'Not synchronised') return null
  const [correction, delay, dispersion] = [fields[4], fields[10], fields[11]].map(Number)
  const within = (Math.abs(correction ?? NaN) + (delay ?? NaN) / 2 + (dispersion ?? NaN)) * 1000
  return Number.isFinite(within) ? { within: Math.ceil(within) + 1, by: 'network' } : null
}

/** What a program prints, or nothing. Never waits for long, and never throws. */
function output(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const options = { timeout: answersWithinMs, maxBuffer: 4096, encoding: 'utf8' } as const
    const child = execFile(program, [...args], options, (error, text) => resolve(error ? '' : text))
    child.unref()
  })
}

function changedAt(path: string): number | undefined {
  try {
    return statSync(path).mtimeMs
  } catch {
    return undefined
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

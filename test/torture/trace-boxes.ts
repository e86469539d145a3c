import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { readEntry } from '../crash/log-reading.ts'
import { TruthCopy } from '../crash/truth-copy.ts'
import type { Proof, TracedBox } from './fsync-proof.ts'
import { proveAcks } from './fsync-proof.ts'
import { readTrace, straceArgs } from './syscall-trace.ts'

export type TraceOptions = {
  readonly folder: string
  readonly seed: string
  readonly ms: number
  readonly unsafe?: boolean | undefined
}

const load = fileURLToPath(new URL('./traced-load.ts', import.meta.url))

/** Runs two boxes under strace, and proves from the trace what each of their acknowledgements waited for. */
export async function traceBoxes({ folder, seed, ms, unsafe }: TraceOptions): Promise<Proof> {
  const trace = join(folder, 'trace')
  const args = ['--folder', folder, '--seed', seed, '--ms', String(ms), ...(unsafe ? ['--unsafe'] : [])]
  const child = spawn('strace', [...straceArgs(trace), '--', process.execPath, load, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`the traced boxes ended with ${code}`)
  const boxes = JSON.parse(said) as readonly TracedBox[]
  using disk = new TruthCopy(join(folder, 'keeper'))
  const keys = new Map<number, string>()
  for (const line of disk.log()) {
    const reading = readEntry(line)
    if (reading.is === 'decision') keys.set(line.n, reading.key)
  }
  const lines: string[] = []
  for await (const line of createInterface({ input: createReadStream(trace, 'latin1') })) lines.push(line)
  return proveAcks(readTrace(lines), boxes, keys)
}

import { spawn } from 'node:child_process'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { manualTime } from './manual-time.ts'
import { records, stream } from './truth-samples.ts'
import { openTruth } from './truth-thread.ts'

const writer = fileURLToPath(new URL('./crashing-writer.ts', import.meta.url))

test('STORE-1 a process killed in the middle of commits loses nothing that it acknowledged, and keeps no half call', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'regie-store-'))
  const path = join(folder.path, 'truth.db')
  for (const acks of [1, 40, 150, 300]) {
    const acked = await writeUntilKilled(path, acks)
    const truth = await openTruth({ path, ...manualTime() })
    const last = (await truth.streams(stream.site))[0]?.last ?? 0
    expect(last).toBeGreaterThanOrEqual(acked)
    expect(last % 7).toBe(0)
    expect((await truth.notes()).get('last')).toBe(String(last))
    expect(await truth.records(stream, 0, 1e9)).toEqual(records(1, last))
    await truth.close()
  }
}, 60_000)

/** Kills the writer after so many acknowledgements; returns the last seq that it acknowledged. */
async function writeUntilKilled(path: string, acks: number): Promise<number> {
  const child = spawn(process.execPath, [writer, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => {
    said += text
    if (said.split('\n').length > acks) child.kill('SIGKILL')
  })
  await new Promise((resolve) => child.once('close', resolve))
  expect(child.signalCode).toBe('SIGKILL')
  return Math.max(...said.split('\n').slice(0, -1).map(Number))
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'regie-launcher-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function launch(source: string, ...args: string[]) {
  const script = join(folder, 'script.ts')
  writeFileSync(script, source)
  const child = spawn(process.execPath, ['scripts/run.mjs', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.setEncoding('utf8')
  return child
}

test('a script runs as TypeScript on Node 26, with its arguments and its exit code', async () => {
  const child = launch(
    'console.log(process.versions.node as string, process.argv[2]); process.exitCode = 7',
    '--json',
  )
  const [[line], [code]] = await Promise.all([once(child.stdout, 'data'), once(child, 'exit')])
  expect(line).toMatch(/^26\.\d+\.\d+ --json\n$/)
  expect(code).toBe(7)
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s reaches the script, which ends in its own time',
  async (signal) => {
    const child = launch(
      `process.on('${signal}', () => setTimeout(() => process.exit(9), 50)); setInterval(() => {}, 1000); console.log('up')`,
    )
    await once(child.stdout, 'data')
    child.kill(signal)
    expect(await once(child, 'exit')).toEqual([9, null])
  },
)

test('a script that dies of a signal ends the launcher as a shell would', async () => {
  const child = launch("process.kill(process.pid, 'SIGKILL')")
  expect(await once(child, 'exit')).toEqual([137, null])
})

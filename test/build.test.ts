import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundle } from '../scripts/build.ts'
import { isCurrent } from '../scripts/is-current.mjs'

const program = {
  'bin/regie.ts': `#!/usr/bin/env node
    import { ask } from '../src/store/ask.ts'
    console.log(await ask(process.argv[2] ?? ''))
  `,
  'src/store/ask.ts': `
    import { once } from 'node:events'
    import { Worker } from 'node:worker_threads'
    export async function ask(text: string): Promise<string> {
      const worker = new Worker(new URL('./echo-worker.ts', import.meta.url), { workerData: '!' })
      worker.postMessage(text)
      const [answer] = await once(worker, 'message')
      await worker.terminate()
      return answer
    }
  `,
  'src/store/echo-worker.ts': `
    import { parentPort, workerData } from 'node:worker_threads'
    parentPort?.on('message', (text: string) => parentPort?.postMessage(text + workerData))
  `,
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'regie-build-'))
  for (const [path, source] of Object.entries(program)) write(path, source)
})
afterAll(() => rmSync(folder, { recursive: true }))

function write(path: string, source: string) {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), source)
}

test('a worker thread works from the one bundled file, wherever it lies', async () => {
  const file = join(folder, 'a place with spaces', 'regie.js')
  await bundle(folder, file)
  rmSync(join(folder, 'src'), { recursive: true })
  expect(execFileSync(process.execPath, [file, 'hello'], { encoding: 'utf8' })).toBe('hello!\n')
})

test('the file starts itself, with what saves memory', async () => {
  write(
    'bin/regie.ts',
    `#!/usr/bin/env node
     console.log(process.env['MALLOC_ARENA_MAX'], process.version)`,
  )
  const file = join(folder, 'alone.js')
  await bundle(folder, file)
  const env = { PATH: `${dirname(process.execPath)}:${process.env['PATH']}` }
  expect(execFileSync(file, { encoding: 'utf8', env })).toBe(`2 ${process.version}\n`)
  write('bin/regie.ts', program['bin/regie.ts'])
})

test('what speaks TLS is loaded when it is first used', async () => {
  const isLoaded = `process.moduleLoadList.includes('NativeModule tls')`
  write('bin/secure.cjs', `const tls = require('tls'); module.exports = () => tls.connect.name`)
  write(
    'bin/regie.ts',
    `import connect from './secure.cjs'
     console.log(${isLoaded}, connect(), ${isLoaded})`,
  )
  const file = join(folder, 'secure.js')
  await bundle(folder, file)
  expect(execFileSync(process.execPath, [file], { encoding: 'utf8' })).toBe('false connect true\n')
  write('bin/regie.ts', program['bin/regie.ts'])
})

test('npm start bundles the sources where they are newer, and runs the bundle', () => {
  const root = join(import.meta.dirname, '..')
  const said = execFileSync('sh', ['scripts/start.sh', '--help'], { cwd: root, encoding: 'utf8' })
  expect(said).toContain('--port')
  expect(isCurrent(root)).toBe(true)
})

test('a worker that is not there fails the build', async () => {
  write('src/store/ask.ts', "export const ask = () => new URL('./lost-worker.ts', import.meta.url)")
  await expect(bundle(folder, join(folder, 'out.js'))).rejects.toThrow('src/store/lost-worker.ts')
})

// What `npm test` says of good, bad and empty test runs, in a copy of the project without its tests.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regie-gate-'))
  mkdirSync(join(folder, 'src'))
  for (const path of ['package.json', 'vitest.config.ts']) cpSync(path, join(folder, path))
  const filter = (path: string) => !path.endsWith('.test.ts')
  cpSync('scripts', join(folder, 'scripts'), { recursive: true, filter })
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function gate(source?: string) {
  if (source !== undefined) {
    writeFileSync(join(folder, 'src/a.test.ts'), `import { expect, test } from 'vitest'\n${source}\n`)
  }
  const { status, stdout } = spawnSync(process.execPath, ['scripts/test.ts', 'unit'], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, last: stdout.trimEnd().split('\n').at(-1) }
}

const passing = "test('a', () => expect(1).toBe(1))"
const failing = "test('b', () => expect(1).toBe(2))"

test('all tests pass', () => expect(gate(passing)).toEqual({ status: 0, last: '1 passed, 0 failed' }))

test('one test fails', () => {
  expect(gate(`${passing}\n${failing}`)).toEqual({ status: 1, last: '1 passed, 1 failed' })
})

test('a file does not load', () => {
  expect(gate("throw new Error('no')")).toEqual({ status: 1, last: '0 passed, 1 failed' })
})

test('a promise is rejected behind the back of a passing test', () => {
  expect(gate(`${passing}\nvoid Promise.reject(new Error('no'))`)).toEqual({
    status: 1,
    last: '1 passed, 1 failed',
  })
})

test('there are no tests', () => expect(gate()).toEqual({ status: 1, last: '0 passed, 1 failed' }))

test('one test is marked as the only one', () => {
  expect(gate(`${passing}\n${failing.replace('test', 'test.only')}`).status).toBe(1)
  expect(gate(`${failing}\n${passing.replace('test', 'test.only')}`).status).toBe(1)
})

test('every test is skipped', () => {
  expect(gate(passing.replace('test', 'test.skip'))).toEqual({ status: 1, last: '0 passed, 1 failed' })
})

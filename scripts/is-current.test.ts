import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isCurrent } from './is-current.mjs'

const paths = ['bin', 'src', 'src/cli', 'scripts', 'dist']
const files = [
  'bin/regie.ts',
  'src/cli/main.ts',
  'scripts/build.ts',
  'scripts/build-web.ts',
  'package.json',
  'package-lock.json',
]

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regie-current-'))
  for (const path of paths) mkdirSync(join(folder, path))
  for (const file of files) writeFileSync(join(folder, file), '')
  for (const path of [...files, ...paths]) changed(path, 100)
})
afterEach(() => rmSync(folder, { recursive: true }))

function changed(path: string, at: number) {
  utimesSync(join(folder, path), at, at)
}

function bundled(at: number) {
  writeFileSync(join(folder, 'dist/regie.js'), '')
  changed('dist/regie.js', at)
}

test('what was never bundled is not current', () => {
  expect(isCurrent(folder)).toBe(false)
})

test('a bundle younger than its sources is current', () => {
  bundled(101)
  expect(isCurrent(folder)).toBe(true)
})

test.each([...files, 'src/cli'])('it is not once %s changed', (path) => {
  bundled(101)
  changed(path, 102)
  expect(isCurrent(folder)).toBe(false)
})

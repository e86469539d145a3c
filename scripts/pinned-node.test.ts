import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isInstalled } from './pinned-node.mjs'

const thisNode = `node_modules/node-${process.platform}-${process.arch}`
const ws = { 'node_modules/ws': { version: '8.0.0', integrity: 'sha512-a' } }

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regie-install-'))
  mkdirSync(join(folder, 'node_modules'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function given(wanted: object, found?: object) {
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ packages: { '': { name: 'regie' }, ...wanted } }),
  )
  if (!found) return
  writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages: found }))
}

test('what the lock file names is there', () => {
  given(ws, ws)
  expect(isInstalled(folder)).toBe(true)
})

test('an install that did not end does not count', () => {
  given(ws)
  expect(isInstalled(folder)).toBe(false)
})

test('another version, or another content of the same version, does not count', () => {
  given(ws, { 'node_modules/ws': { version: '8.0.1', integrity: 'sha512-a' } })
  expect(isInstalled(folder)).toBe(false)
  given(ws, { 'node_modules/ws': { version: '8.0.0', integrity: 'sha512-b' } })
  expect(isInstalled(folder)).toBe(false)
})

test('what is optional may be missing, except the Node of this machine', () => {
  const optional = { version: '1.0.0', integrity: 'sha512-a', optional: true }
  given({ ...ws, 'node_modules/for-another-machine': optional }, ws)
  expect(isInstalled(folder)).toBe(true)
  given({ ...ws, [thisNode]: optional }, ws)
  expect(isInstalled(folder)).toBe(false)
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { Trouble } from '../doors/errors.ts'
import { openDataFolder } from './data-folder.ts'
import { realMachine } from './machine.ts'

const { random } = realMachine()
let root = ''
let path = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'regie-folder-'))
  path = join(root, 'deep', 'data')
})
afterEach(() => rmSync(root, { recursive: true }))

const open = () => openDataFolder(path, random)

function troubleOf(run: () => unknown): Trouble {
  try {
    run()
  } catch (error) {
    if (error instanceof Trouble) return error
    throw error
  }
  throw new Error('it was opened')
}

test('SITE-6 a fresh folder gets an identity that only its owner reads, and keeps it', () => {
  const first = open()
  expect(first.isNew).toBe(true)
  expect(statSync(join(path, 'identity')).mode & 0o777).toBe(0o600)
  expect(statSync(path).mode & 0o777).toBe(0o700)
  first.close()
  const second = open()
  expect(second.isNew).toBe(false)
  expect(second.identity.box).toBe(first.identity.box)
  expect(second.identity.publicKey).toBe(first.identity.publicKey)
  second.close()
})

test('a folder is held by one at a time, and the other hears who holds it', () => {
  const first = open()
  const trouble = troubleOf(open)
  expect(trouble.code).toBe('folder_in_use')
  expect(trouble.values['pid']).toBe(process.pid)
  first.close()
  open().close()
  expect(existsSync(join(path, 'pid'))).toBe(false)
})

test('after kill -9 the folder is free, and it is known that the last process was killed', async () => {
  const source = `
    import { openDataFolder } from ${JSON.stringify(join(import.meta.dirname, 'data-folder.ts'))}
    openDataFolder(${JSON.stringify(path)}, { bytes: (size) => new Uint8Array(size) })
    console.log('open')
    setInterval(() => {}, 1000)
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  expect(troubleOf(open).values['pid']).toBe(child.pid)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const folder = open()
  expect(folder.killed).toBe(child.pid)
  folder.close()
  const after = open()
  expect(after.killed).toBeUndefined()
  after.close()
})

test('the folder of a newer Regie is left as it is', () => {
  open().close()
  writeFileSync(join(path, 'format'), '2\n')
  rmSync(join(path, 'lock'))
  const before = readdirSync(path)
  expect(troubleOf(open).code).toBe('folder_newer')
  expect(readdirSync(path)).toEqual(before)
})

test('a folder with somebody else’s files is left as it is', () => {
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'thesis.odt'), '')
  const trouble = troubleOf(open)
  expect([trouble.code, trouble.values['file']]).toEqual(['folder_foreign', 'thesis.odt'])
  expect(readdirSync(path)).toEqual(['thesis.odt'])
})

test('an empty disk of its own is not somebody else’s', () => {
  mkdirSync(join(path, 'lost+found'), { recursive: true })
  const folder = open()
  expect(folder.isNew).toBe(true)
  folder.close()
})

test('a first start that was cut short begins again, with the identity that is there', () => {
  const first = open()
  first.close()
  rmSync(join(path, 'format'))
  const second = open()
  expect(second.identity.box).toBe(first.identity.box)
  second.close()
})

test.each(['identity', 'format'])('a damaged %s is said, and nothing takes its place', (file) => {
  open().close()
  writeFileSync(join(path, file), '{"box"')
  const trouble = troubleOf(open)
  expect([trouble.code, trouble.values['file']]).toEqual(['folder_damaged', file])
  expect(readFileSync(join(path, file), 'utf8')).toBe('{"box"')
})

test('a box that lost its identity does not become another box', () => {
  open().close()
  rmSync(join(path, 'identity'))
  expect(troubleOf(open).code).toBe('folder_damaged')
  expect(existsSync(join(path, 'identity'))).toBe(false)
})

test('a file in place of the folder, or of one above it, is said in words', () => {
  writeFileSync(join(root, 'deep'), '')
  expect(troubleOf(open).values).toEqual({ folder: path, reason: 'ENOTDIR' })
  path = join(root, 'deep')
  expect(troubleOf(open).values).toEqual({ folder: path, reason: 'EEXIST' })
})

test('a file system that takes no files is said in words', () => {
  path = '/proc/regie'
  expect(troubleOf(open).code).toBe('folder_unwritable')
})

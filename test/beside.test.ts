// Two whole programs, linked over real sockets: blobs and samples go their way beside the log.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { realMachine } from '../src/cli/machine.ts'
import type { Program } from '../src/cli/program.ts'
import { startProgram } from '../src/cli/program.ts'
import { readSettings } from '../src/cli/settings.ts'
import { parseIdentity } from '../src/kernel/link/identity.ts'
import { readFileSync } from 'node:fs'

let root = ''
let programs: Program[] = []
let words: string[] = []
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'regie-beside-'))
  programs = []
  words = []
})
afterEach(async () => {
  for (const program of programs) await program.stop()
  rmSync(root, { recursive: true })
})

async function started(name: string): Promise<Program & { readonly data: string }> {
  const data = join(root, name)
  const machine = realMachine({ write: (text) => words.push(text), isTTY: false, least: 'info' })
  const program = await startProgram({
    settings: readSettings(
      {},
      { data, port: '0', 'mqtt-port': '0', 'mqtt-ws-port': '0', host: '127.0.0.1', log: 'info' },
    ),
    machine,
    listening: () => {},
  })
  programs.push(program)
  return { ...program, data }
}

function identityOf({ data }: { readonly data: string }) {
  return parseIdentity(readFileSync(join(data, 'identity'), 'utf8'))
}

async function pair() {
  const [keeper, satellite] = [await started('keeper'), await started('satellite')]
  await keeper.box.found('fair')
  const { box, publicKey } = identityOf(satellite)
  await expect
    .poll(async () => (await keeper.box.assign('fair', { box, publicKey, small: false })).is)
    .toBe('answered')
  const above = {
    address: `ws://127.0.0.1:${keeper.port}/link`,
    box: keeper.box.id,
    publicKey: identityOf(keeper).publicKey,
  }
  await satellite.box.serve('fair', above)
  await expect.poll(() => satellite.box.status().links.length).toBe(1)
  return { keeper, satellite }
}

test('BLOB-13 a blob that the keeper has comes to its satellite', async () => {
  const { keeper, satellite } = await pair()
  const bytes = randomBytes(3_000_000)
  const added = await keeper.beside.blobs?.add(bytes.length, [bytes])
  if (added?.is !== 'present') throw new Error('not added')
  const want = satellite.beside.blobs?.want(added.ref)
  expect(await want?.ended).toEqual({ is: 'present' })
  const reader = await satellite.beside.blobs?.open(added.ref.sha256)
  expect(bytes.equals((await reader?.read(0, bytes.length)) ?? Buffer.alloc(0))).toBe(true)
  await reader?.close()
})

test('SAMPLE-7 what a satellite warns of can be read at the keeper, and how it is', async () => {
  const { keeper, satellite } = await pair()
  satellite.beside.machine.log('warn', 'the printer is out of paper, token=abc')
  const received = async () => {
    const page = await keeper.beside.samples.read('received', { limit: 10 })
    return page.rows.map(({ values }) => [values['box'], values['text']])
  }
  await expect
    .poll(received, { timeout: 25_000 })
    .toContainEqual([satellite.box.id, 'the printer is out of paper, token=…'])
  expect(keeper.beside.metrics.last(satellite.box.id)?.measured).toMatchObject({
    sites: 1,
    links: 1,
    unsent: 0,
  })
}, 40_000)

test('SAMPLE-3 a damaged file of samples stops nobody', async () => {
  const first = await started('box')
  first.beside.machine.log('error', 'first')
  await expect.poll(async () => (await first.beside.samples.sizes())['logs']?.rows).toBeGreaterThan(0)
  await programs.pop()?.stop()
  writeFileSync(join(first.data, 'samples.db'), randomBytes(50_000))
  const second = await started('box')
  second.beside.machine.log('error', 'second')
  const texts = async () =>
    (await second.beside.samples.read('logs', { limit: 10 })).rows.map(({ values }) => values['text'])
  await expect.poll(texts).toContain('second')
  expect(words.some((text) => text.includes('the samples begin anew'))).toBe(true)
})

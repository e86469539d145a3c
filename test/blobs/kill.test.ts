import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { realMachine, standardError } from '../../src/cli/machine.ts'
import { blobDoor } from '../../src/doors/blob-door.ts'
import { httpDoor } from '../../src/doors/http.ts'
import { linkDoor } from '../../src/doors/link.ts'
import { Readiness } from '../../src/doors/readiness.ts'
import { aStatus } from '../../src/doors/status.example.ts'
import { Blobs } from '../../src/kernel/blobs/blobs.ts'
import { identityText, makeIdentity } from '../../src/kernel/link/identity.ts'
import { BlobFolder } from '../../src/store/blob-folder.ts'

const mebi = 1024 * 1024
const size = 50 * mebi
const program = fileURLToPath(new URL('./blob-process.ts', import.meta.url))
const machine = realMachine(standardError('error'))
const [giver, taker] = [makeIdentity(machine.random), makeIdentity(machine.random)]

let folder: string
let ends: AsyncDisposableStack
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regie-blob-kill-'))
  ends = new AsyncDisposableStack()
})
afterEach(async () => {
  await ends.disposeAsync()
  rmSync(folder, { recursive: true })
})

/** A box that gives one blob, behind a wire that counts what comes down it and goes no faster than it is told. */
async function give(bytes: Buffer, bytesPerSecond: number) {
  const blobs = await Blobs.open({
    files: await BlobFolder.open(join(folder, 'giver')),
    machine,
    sources: () => [],
  })
  ends.defer(() => blobs.stop())
  const added = await blobs.add(bytes.length, [bytes])
  if (added.is !== 'present') throw new Error(`there is no room for ${bytes.length} bytes to try this`)
  const door = blobDoor(machine)
  const server = httpDoor({
    log: () => {},
    showing: () => ({ is: 'running', status: aStatus }),
    readiness: new Readiness(() => 0),
    link: linkDoor(),
    blobs: door,
  })
  door.open({ blobs, box: giver.box, keysOf: (box) => (box === taker.box ? [taker.publicKey] : []) })
  await server.listen({ port: 0, host: '127.0.0.1' })
  ends.defer(() => server.close())
  ends.defer(() => server.server.closeAllConnections())
  const wire = await slowWire((server.server.address() as AddressInfo).port, bytesPerSecond)
  const above = { address: `ws://127.0.0.1:${wire.port}/link`, box: giver.box, publicKey: giver.publicKey }
  return { above, ref: added.ref, wire }
}

async function slowWire(to: number, bytesPerSecond: number) {
  const state = { down: 0 }
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1')
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
    near.pipe(far)
    far.on('data', (piece: Buffer) => {
      state.down += piece.length
      near.write(piece)
      far.pause()
      setTimeout(() => far.resume(), (piece.length * 1000) / bytesPerSecond)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.defer(() => void server.close())
  return { port: (server.address() as AddressInfo).port, state }
}

type State = { readonly is: string; readonly present?: number }

function take({ above, ref }: Pick<Awaited<ReturnType<typeof give>>, 'above' | 'ref'>) {
  const args = ['--folder', join(folder, 'taker'), '--identity', identityText(taker)]
  args.push('--from', JSON.stringify(above), '--sha256', ref.sha256, '--size', String(ref.size))
  const child: ChildProcess = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  ends.defer(() => void child.kill('SIGKILL'))
  const states: State[] = []
  const seen = (wanted: (state: State) => boolean) =>
    new Promise<void>((resolve, reject) => {
      if (!child.stdout) return reject(new Error('nothing to read from'))
      createInterface({ input: child.stdout }).on('line', (line) => {
        const state = JSON.parse(line) as State
        states.push(state)
        if (wanted(state)) resolve()
      })
      child.once('close', () => resolve())
    })
  return { child, states, seen }
}

const namesIn = (name: string) => readdirSync(join(folder, name)).toSorted((a, b) => a.localeCompare(b))

test('BLOB-3 a box that is killed again and again gets its 50 MB, and little of it twice', async () => {
  const bytes = randomBytes(size)
  const given = await give(bytes, 60_000_000)
  let kills = 0
  for (const chunks of [5, 12, 20, 31, 44]) {
    const { child, seen, states } = take(given)
    await seen(({ is, present = 0 }) => is === 'fetching' && present >= chunks)
    expect(states.at(-1)?.is).toBe('fetching')
    child.kill('SIGKILL')
    await once(child, 'close')
    kills += 1
    // Nothing has the name of the blob before it is whole.
    expect(namesIn('taker')).toEqual([`${given.ref.sha256}.part`])
  }
  const last = take(given)
  await last.seen(({ is }) => is === 'present')
  await once(last.child, 'close')
  expect(last.states.at(-1)).toEqual({ is: 'present' })
  const whole = readFileSync(join(folder, 'taker', given.ref.sha256))
  expect(createHash('sha256').update(whole).digest('base64url')).toBe(given.ref.sha256)
  expect(namesIn('taker').filter((name) => name.endsWith('.part'))).toEqual([])
  // What was under way at a kill comes again: at most a chunk, and what the sockets held of the next.
  expect(given.wire.state.down).toBeLessThan(size + kills * 8 * mebi)
}, 120_000)

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BlobFolder } from '../store/blob-folder.ts'
import { Blobs } from '../kernel/blobs/blobs.ts'
import { chunkBytes, hashOf } from '../kernel/blobs/blob.ts'
import { usualBlobs } from '../kernel/blobs/limits.ts'
import type { BlobSource } from '../kernel/blobs/source.ts'
import type { Above } from '../kernel/box/contract.ts'
import type { Identity } from '../kernel/link/identity.ts'
import { makeIdentity } from '../kernel/link/identity.ts'
import { manualMachine } from '../kernel/manual-machine.ts'
import { BlobClient } from './blob-client.ts'
import { blobDoor, rangeOf } from './blob-door.ts'
import { signRequest } from './box-signature.ts'
import { httpDoor } from './http.ts'
import { linkDoor } from './link.ts'
import { Readiness } from './readiness.ts'
import { aStatus } from './status.example.ts'

type Host = {
  readonly identity: Identity
  readonly above: Above
  readonly url: string
  readonly blobs: Blobs
  readonly server: FastifyInstance
  readonly known: Map<string, string>
  readonly sources: BlobSource[]
  /** Lets so much time go by for its nonces. */
  readonly pass: (ms: number) => void
}

const random = { bytes: (size: number) => randomBytes(size) }
let folder: string
let hosts: Host[] = []
let client: BlobClient

async function host(): Promise<Host> {
  const { machine, pass } = manualMachine()
  const identity = makeIdentity(random)
  const known = new Map<string, string>()
  const sources: BlobSource[] = []
  const real = { ...machine, random, timers: { after: realTimer }, clock: { ...machine.clock } }
  const blobs = await Blobs.open({
    files: await BlobFolder.open(join(folder, identity.box)),
    machine: real,
    sources: () => sources,
    limits: { ...usualBlobs, reserve: () => 0 },
  })
  const door = blobDoor(real)
  const server = httpDoor({
    log: () => {},
    showing: () => ({ is: 'running', status: aStatus }),
    readiness: new Readiness(() => 0),
    link: linkDoor(),
    blobs: door,
  })
  const url = await server.listen({ port: 0, host: '127.0.0.1' })
  door.open({ blobs, box: identity.box, keysOf: (box) => [known.get(box) ?? []].flat() })
  const above = {
    address: `${url.replace('http', 'ws')}/link`,
    box: identity.box,
    publicKey: identity.publicKey,
  }
  const made = { identity, above, url, blobs, server, known, sources, pass }
  hosts.push(made)
  return made
}

function realTimer(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

let here: Host
let there: Host
const bytes = randomBytes(2.5 * chunkBytes)
const sha256 = hashOf(bytes)
const never = new AbortController().signal

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'regie-blob-door-'))
  ;[here, there] = [await host(), await host()]
  there.known.set(here.identity.box, here.identity.publicKey)
  client = new BlobClient(here.identity)
  here.sources.push(client.source(there.above))
})

afterEach(async () => {
  client.close()
  for (const { blobs, server } of hosts) {
    await blobs.stop()
    server.server.closeAllConnections()
    await server.close()
  }
  hosts = []
  rmSync(folder, { recursive: true })
})

async function drained(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all)
}

const asked = (headers: Record<string, string>, path = `/blobs/${sha256}`) =>
  fetch(`${there.url}${path}`, { headers })

/** What `here` would sign, with a nonce of `there`. */
async function signed(change: Partial<{ path: string; range: string; to: string; nonce: string }> = {}) {
  const nonce = (await asked({})).headers.get('regie-nonce') ?? ''
  const { to = there.identity.box, path = `/blobs/${sha256}`, range = '' } = change
  return {
    authorization: signRequest(here.identity, to, change.nonce ?? nonce, {
      method: 'GET',
      path,
      range,
      digest: '',
    }),
  }
}

describe('fetching', () => {
  test('BLOB-13 a blob travels by ranges, from a box that knows who asks', async () => {
    await there.blobs.add(bytes.length, [bytes])
    expect(await here.blobs.want({ sha256, size: bytes.length }).ended).toEqual({ is: 'present' })
    const reader = await here.blobs.open(sha256)
    expect(hashOf((await reader?.read(0, bytes.length)) ?? Buffer.alloc(0))).toBe(sha256)
    await reader?.close()
  })

  test('BLOB-13 an empty one too', async () => {
    const empty = { sha256: hashOf(Buffer.alloc(0)), size: 0 }
    await there.blobs.add(0, [])
    expect(await here.blobs.want(empty).ended).toEqual({ is: 'present' })
  })

  test('BLOB-13 a range gives just those bytes; what is outside is 416', async () => {
    await there.blobs.add(bytes.length, [bytes])
    const source = client.source(there.above)
    const some = await drained(source.read(sha256, 1_000_000, 1_100_000, never))
    expect(some.equals(bytes.subarray(1_000_000, 1_100_000))).toBe(true)
    const range = `bytes=${bytes.length}-`
    const answer = await asked({ ...(await signed({ range })), range })
    expect([answer.status, answer.headers.get('content-range')]).toEqual([416, `bytes */${bytes.length}`])
  })

  test('a blob that is not here is 404, and said so', async () => {
    const source = client.source(there.above)
    await expect(drained(source.read(sha256, 0, 10, never))).rejects.toMatchObject({ trouble: 'absent' })
    await expect(drained(source.manifest(sha256, never))).rejects.toMatchObject({ trouble: 'absent' })
    const path = '/blobs/..%2f..%2fetc%2fpasswd'
    expect((await asked(await signed({ path }), path)).status).toBe(404)
  })

  test('who starts or is gone is away', async () => {
    const gone = { ...there.above, address: 'ws://127.0.0.1:9/link' }
    const wrong = { ...there.above, address: 'nowhere' }
    for (const above of [gone, wrong]) {
      const read = client.source(above).read(sha256, 0, 10, never)
      await expect(drained(read)).rejects.toMatchObject({ trouble: 'away' })
    }
  })

  test('BLOB-13 a box has so many streams at a time and no more, and gives them back', async () => {
    // More than sockets keep on the way, so that none ends by itself.
    const large = Buffer.alloc(32 * chunkBytes)
    const path = `/blobs/${hashOf(large)}`
    await there.blobs.add(large.length, [large])
    const open = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const controller = new AbortController()
        const answer = await fetch(`${there.url}${path}`, {
          headers: await signed({ path }),
          signal: controller.signal,
        })
        return { status: answer.status, controller, answer }
      }),
    )
    expect(open.filter(({ status }) => status === 200)).toHaveLength(4)
    expect(open.filter(({ status }) => status === 503)).toHaveLength(1)
    for (const { controller } of open) controller.abort()
    const some = () =>
      drained(client.source(there.above).read(hashOf(large), 0, 9, never)).then(
        ({ length }) => length,
        () => 0,
      )
    await expect.poll(some, { timeout: 20_000 }).toBe(9)
  }, 60_000)
})

describe('who may ask', () => {
  beforeEach(() => there.blobs.add(bytes.length, [bytes]))

  test('BLOB-14 unsigned is 401 with a nonce, for every route, whatever is there', async () => {
    for (const path of [`/blobs/${sha256}`, `/blobs/${sha256}/manifest`, `/blobs/${'x'.repeat(43)}`]) {
      const answer = await asked({}, path)
      expect([answer.status, (await answer.json()).code]).toEqual([401, 'box_unsigned'])
      expect(answer.headers.get('regie-nonce')).toMatch(/^[\w-]{43}$/)
    }
    for (const [method, path] of [
      ['POST', `/blobs/${sha256}`],
      ['PUT', `/blobs/${sha256}/0`],
      ['POST', `/blobs/${sha256}/done`],
    ] as const)
      expect((await fetch(`${there.url}${path}`, { method, body: 'x' })).status).toBe(401)
  })

  test('BLOB-14 a box that no site knows is 403, and so is one with another key', async () => {
    const authorized = await signed()
    there.known.clear()
    expect((await asked(authorized)).status).toBe(403)
    there.known.set(here.identity.box, makeIdentity(random).publicKey)
    expect((await asked(authorized)).status).toBe(403)
    await expect(drained(client.source(there.above).read(sha256, 0, 9, never))).rejects.toMatchObject({
      trouble: 'denied',
    })
  })

  test('BLOB-14 a signature is good for its path, its range and its box alone', async () => {
    expect((await asked(await signed())).status).toBe(200)
    for (const [change, path, range] of [
      [{}, `/blobs/${sha256}/manifest`, ''],
      [{}, `/blobs/${sha256}`, 'bytes=0-9'],
      [{ to: here.identity.box }, `/blobs/${sha256}`, ''],
    ] as const) {
      const answer = await asked({ ...(await signed(change)), ...(range && { range }) }, path)
      expect([path, range, answer.status]).toEqual([path, range, 403])
    }
  })

  test('BLOB-14 a signature is good for two minutes at most; the client asks again by itself', async () => {
    const authorized = await signed()
    there.pass(59_000)
    expect((await asked(authorized)).status).toBe(200)
    there.pass(61_000)
    expect((await asked(authorized)).status).toBe(401)
    expect((await asked(await signed({ nonce: 'made-up' }))).status).toBe(401)
    const source = client.source(there.above)
    expect(await drained(source.read(sha256, 0, 9, never))).toHaveLength(9)
    there.pass(300_000)
    expect(await drained(source.read(sha256, 0, 9, never))).toHaveLength(9)
  })
})

describe('bringing', () => {
  const manifest = {
    sha256,
    size: bytes.length,
    chunks: [0, 1, 2].map((i) => hashOf(bytes.subarray(i * chunkBytes, (i + 1) * chunkBytes))),
  }
  const whole = async () => {
    await here.blobs.add(bytes.length, [bytes])
    const reader = await here.blobs.open(sha256)
    if (!reader) throw new Error('not here')
    return reader
  }

  test('BLOB-15 a box brings a blob to another, and only what is missing', async () => {
    const reader = await whole()
    await there.blobs.uploads.begin(manifest)
    await there.blobs.uploads.put(sha256, 1, bytes.subarray(chunkBytes, 2 * chunkBytes))
    await client.push(there.above, manifest, reader, never)
    await reader.close()
    expect(there.blobs.has(sha256)).toBe(true)
  })

  test('BLOB-15 chunks that are others than were announced are refused, and nothing appears', async () => {
    const reader = await whole()
    const lie = { ...manifest, chunks: manifest.chunks.toReversed() }
    await expect(client.push(there.above, lie, reader, never)).rejects.toMatchObject({ name: 'SourceError' })
    await reader.close()
    expect(there.blobs.has(sha256)).toBe(false)
  })

  test('BLOB-15 a body is what was signed', async () => {
    await there.blobs.uploads.begin(manifest)
    const path = `/blobs/${sha256}/0`
    const chunk = bytes.subarray(0, chunkBytes)
    const nonce = (await asked({})).headers.get('regie-nonce') ?? ''
    const put = async (digest: string) => {
      const authorization = signRequest(here.identity, there.identity.box, nonce, {
        method: 'PUT',
        path,
        range: '',
        digest,
      })
      const headers = { authorization, 'regie-digest': digest, 'content-type': 'application/octet-stream' }
      return (await fetch(`${there.url}${path}`, { method: 'PUT', headers, body: chunk })).status
    }
    expect([await put(sha256), await put(hashOf(chunk))]).toEqual([422, 200])
  })
})

test.each([
  [undefined, 'none'],
  ['bytes=0-9', [0, 10]],
  ['bytes=5-', [5, 100]],
  ['bytes=90-200', [90, 100]],
  ['bytes=100-', 'outside'],
  ['bytes=9-5', 'outside'],
  ['bytes=-5', 'outside'],
  ['bytes=0-1,5-6', 'outside'],
  ['lines=0-1', 'outside'],
  ['bytes=99999999999999999999-', 'outside'],
] as const)('BLOB-13 range %s', (header, range) => expect(rangeOf(header, 100)).toEqual(range))

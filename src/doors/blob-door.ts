import { hash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { BlobReader } from '../store/blob-files.ts'
import type { Blobs } from '../kernel/blobs/blobs.ts'
import { chunkBytes, manifestText, sha256Text } from '../kernel/blobs/blob.ts'
import type { Machine } from '../kernel/machine.ts'
import { Nonces, parseSignature, signatureScheme, verifyRequest } from './box-signature.ts'
import { Trouble } from './errors.ts'

export const blobPath = '/blobs'

/** Headers of our own: the nonce for the next request, and the hash of a body, which is signed. */
export const nonceHeader = 'regie-nonce'
export const digestHeader = 'regie-digest'

/** Streams at the same time, for one box and for all. */
const streams = { each: 4, all: 32 } as const
/** Who has not taken a byte for so long does not want any. */
const idleMs = 60_000
/** Small enough that the allocator gives the same memory again. */
const pieceBytes = 64 * 1024

type Served = {
  readonly blobs: Blobs
  readonly box: string
  /** The keys by which the sites here know a box. */
  readonly keysOf: (box: string) => readonly string[]
}

export type BlobDoor = {
  readonly add: (server: FastifyInstance) => void
  /** For routes whose permission is `box`: throws unless a box that is known here signed this very request. */
  readonly admit: (request: FastifyRequest, reply: FastifyReply) => void
  readonly open: (served: Served) => void
  readonly close: () => void
}

/** Where other boxes fetch and bring blobs, beside the link (BLOB-13, BLOB-14). */
export function blobDoor(machine: Pick<Machine, 'random' | 'clock'>): BlobDoor {
  const nonces = new Nonces(machine)
  const busy = new Map<string, number>()
  let served: Served | undefined
  const now = (): Served => {
    if (!served) throw Trouble.of('starting', {})
    return served
  }

  function admit(request: FastifyRequest, reply: FastifyReply): void {
    const { box, keysOf } = now()
    reply.header(nonceHeader, nonces.current())
    const signature = parseSignature(request.headers.authorization)
    if (!signature || !nonces.isFresh(signature.nonce)) {
      reply.header('www-authenticate', signatureScheme)
      throw Trouble.of('box_unsigned', {})
    }
    const { method, url, headers } = request
    const signed = { method, path: url, range: headers.range ?? '', digest: digestOf(request) }
    if (!verifyRequest(keysOf(signature.box), box, signature, signed)) throw Trouble.of('box_unknown', {})
  }

  function stream(
    request: FastifyRequest,
    reply: FastifyReply,
    reader: BlobReader,
    from: number,
    to: number,
  ) {
    const box = parseSignature(request.headers.authorization)?.box ?? ''
    const mine = busy.get(box) ?? 0
    const all = [...busy.values()].reduce((sum, count) => sum + count, 0)
    if (mine >= streams.each || all >= streams.all) {
      void reader.close()
      throw Trouble.of('too_busy', {})
    }
    busy.set(box, mine + 1)
    const body = Readable.from(piecesOf(reader, from, to), { objectMode: false })
    let isOver = false
    const over = () => {
      if (isOver) return
      isOver = true
      const left = (busy.get(box) ?? 1) - 1
      if (left > 0) busy.set(box, left)
      else busy.delete(box)
      void reader.close()
    }
    // Whichever comes first: who asked may have gone while the file was being opened, and then nothing reads the body.
    body.once('close', over)
    reply.raw.once('close', over)
    if (reply.raw.destroyed) over()
    reply.raw.setTimeout(idleMs, () => reply.raw.destroy())
    return reply
      .header('content-length', to - from)
      .type('application/octet-stream')
      .send(body)
  }

  function add(server: FastifyInstance): void {
    const config = { permission: 'box' } as const
    const only = { config, exposeHeadRoute: false }
    server.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_, body, done) =>
      done(null, body),
    )

    server.get(`${blobPath}/:sha256`, only, async (request, reply) => {
      const reader = await now().blobs.open(nameIn(request))
      if (!reader) throw Trouble.of('blob_absent', {})
      const range = rangeOf(request.headers.range, reader.size)
      reply.header('accept-ranges', 'bytes')
      if (range === 'none') return stream(request, reply, reader, 0, reader.size)
      if (range === 'outside') {
        void reader.close()
        reply.header('content-range', `bytes */${reader.size}`)
        throw Trouble.of('range_unknown', { size: reader.size })
      }
      const [from, to] = range
      reply.code(206).header('content-range', `bytes ${from}-${to - 1}/${reader.size}`)
      return stream(request, reply, reader, from, to)
    })

    server.get(`${blobPath}/:sha256/manifest`, only, async (request, reply) => {
      const manifest = await now().blobs.manifest(nameIn(request))
      if (!manifest) throw Trouble.of('blob_absent', {})
      return reply.type('application/json').send(manifestText(manifest))
    })

    server.post(`${blobPath}/:sha256`, only, async (request, reply) => {
      const given = request.body as { readonly sha256?: unknown } | null
      expectDigest(request, Buffer.from(JSON.stringify(given)))
      if (given?.sha256 !== nameIn(request)) throw Trouble.of('blob_malformed', {})
      const begun = await now().blobs.uploads.begin(given)
      switch (begun.is) {
        case 'begun':
        case 'present':
          return reply.send(begun)
        case 'malformed':
          throw Trouble.of('blob_malformed', {})
        case 'busy':
          throw Trouble.of('too_busy', {})
        case 'refused':
          throw Trouble.of('blob_refused', { need: begun.need, free: begun.free, reserve: begun.reserve })
      }
    })

    server.put(`${blobPath}/:sha256/:chunk`, { ...only, bodyLimit: chunkBytes }, async (request, reply) => {
      const { chunk } = request.params as { readonly chunk: string }
      const body = request.body
      if (!/^\d{1,4}$/.test(chunk) || !Buffer.isBuffer(body)) throw Trouble.of('blob_malformed', {})
      expectDigest(request, body)
      const is = await now().blobs.uploads.put(nameIn(request), Number(chunk), body)
      if (is === 'unknown') throw Trouble.of('blob_unannounced', {})
      if (is === 'wrong') throw Trouble.of('blob_malformed', {})
      return reply.send({ is })
    })

    server.post(`${blobPath}/:sha256/done`, only, async (request, reply) => {
      const done = await now().blobs.uploads.done(nameIn(request))
      if (done.is === 'unknown') throw Trouble.of('blob_unannounced', {})
      if (done.is === 'wrong') throw Trouble.of('blob_malformed', {})
      return reply.send(done)
    })
  }

  return {
    add,
    admit,
    open: (what) => {
      served = what
    },
    close: () => {
      served = undefined
    },
  }
}

async function* piecesOf(reader: BlobReader, from: number, to: number): AsyncIterable<Uint8Array> {
  for (let at = from; at < to;) {
    const piece = await reader.read(at, Math.min(pieceBytes, to - at))
    if (piece.length === 0) throw new Error('the file of a blob ended early')
    yield piece
    at += piece.length
  }
}

function nameIn(request: FastifyRequest): string {
  const { success, data } = sha256Text.safeParse((request.params as { readonly sha256: string }).sha256)
  if (!success) throw Trouble.of('blob_absent', {})
  return data
}

/** One range of bytes, as boxes ask for it; anything else is outside. */
export function rangeOf(
  header: string | undefined,
  size: number,
): readonly [from: number, to: number] | 'none' | 'outside' {
  if (header === undefined) return 'none'
  const [, first, last] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header) ?? []
  if (first === undefined) return 'outside'
  const from = Number(first)
  const to = last ? Math.min(size, Number(last) + 1) : size
  return from < to ? [from, to] : 'outside'
}

function digestOf({ headers }: FastifyRequest): string {
  const digest = headers[digestHeader]
  return typeof digest === 'string' ? digest : ''
}

/** What was signed is what came. */
function expectDigest(request: FastifyRequest, body: Uint8Array): void {
  if (hash('sha256', body, 'base64url') !== digestOf(request)) throw Trouble.of('blob_malformed', {})
}

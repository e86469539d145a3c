import { hash } from 'node:crypto'
import { cut, type BlobAsk } from './blob-ask.ts'
import { worldBlobs } from './setting.ts'

/** What a source gives instead of what it has; a number is a silence of so many milliseconds. */
type Given = Iterable<Uint8Array | number>

const isManifest = (ask: BlobAsk): boolean => typeof ask === 'string'

/** Ways in which a source is not what it should be. */
export const lies = {
  'wrong bytes': (bytes, ask) => (isManifest(ask) ? cut(bytes) : cut(spoilt(bytes))),
  /** Its chunks fit its manifest, and both are lies. */
  'wrong manifest': (bytes, ask, whole) =>
    cut(isManifest(ask) ? manifestOf(bytes, spoilt(whole)) : spoilt(bytes)),
  'no manifest': (bytes, ask) => (isManifest(ask) ? cut(Buffer.from('<html>sign in</html>')) : cut(bytes)),
  endless: function* (bytes, ask) {
    yield* cut(bytes)
    if (!isManifest(ask)) for (let i = 0; i < 5_000; i += 1) yield bytes.subarray(0, 100)
  },
  short: (bytes) => cut(bytes.subarray(0, Math.floor(bytes.length / 2))),
  silent: function* (bytes) {
    yield bytes.subarray(0, 10)
    yield 10 * 60_000
  },
  /** Never silent for long, and never done. */
  dripping: function* (bytes) {
    for (let at = 0; at < bytes.length; at += 1) {
      yield 15_000
      yield bytes.subarray(at, at + 1)
    }
  },
} as const satisfies Readonly<Record<string, (bytes: Uint8Array, ask: BlobAsk, whole: Uint8Array) => Given>>

export type Lie = keyof typeof lies
export const lieNames = Object.keys(lies) as readonly Lie[]

/** Chunk by chunk the same, wherever one begins to ask. */
function spoilt(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte ^ 1)
}

/** The manifest of other bytes, under the name of these. */
function manifestOf(text: Uint8Array, other: Uint8Array): Uint8Array {
  const manifest = JSON.parse(Buffer.from(text).toString()) as { readonly chunks: readonly string[] }
  const { chunkBytes } = worldBlobs
  const chunks = manifest.chunks.map((_, i) =>
    hash('sha256', other.subarray(i * chunkBytes, (i + 1) * chunkBytes), 'base64url'),
  )
  return Buffer.from(JSON.stringify({ ...manifest, chunks }))
}

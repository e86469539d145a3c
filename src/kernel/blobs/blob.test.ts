import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Manifest } from './blob.ts'
import { boundsOf, chunkCount, hashOf, manifestFor, manifestHash, maxBlobBytes } from './blob.ts'

const cut = { chunkBytes: 4 }
const bytes = Buffer.from('what a blob holds')
const manifest: Manifest = {
  sha256: hashOf(bytes),
  size: bytes.length,
  chunks: Array.from({ length: 5 }, (_, i) => hashOf(bytes.subarray(i * 4, i * 4 + 4))),
}
const ref = { sha256: manifest.sha256, size: manifest.size }

test('BLOB-2 chunks cover a blob once, and only the last is short', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 50 }), (size, chunk) => {
      const all = Array.from({ length: chunkCount(size, { chunkBytes: chunk }) }, (_, i) =>
        boundsOf(i, size, { chunkBytes: chunk }),
      )
      expect(all.reduce((sum, [from, to]) => sum + to - from, 0)).toBe(size)
      all.forEach(([from, to], i) => {
        expect(from).toBe(i * chunk)
        expect(to - from).toBe(i === all.length - 1 ? size - from : chunk)
      })
    }),
  )
})

test('BLOB-2 a manifest is taken as it is', () => {
  expect(manifestFor(ref, cut, JSON.parse(JSON.stringify(manifest)))).toEqual(manifest)
  expect(manifestFor({ ...ref, manifest: manifestHash(manifest) }, cut, manifest)).toEqual(manifest)
})

test.each([
  ['nothing', null],
  ['another blob', { ...manifest, sha256: hashOf(Buffer.from('x')) }],
  ['another size', { ...manifest, size: manifest.size + 1 }],
  ['a chunk too few', { ...manifest, chunks: manifest.chunks.slice(1) }],
  ['a chunk too many', { ...manifest, chunks: [...manifest.chunks, manifest.sha256] }],
  ['no hash', { ...manifest, chunks: manifest.chunks.map(() => 'x') }],
  ['more than there can be', { ...manifest, size: maxBlobBytes + 1 }],
  ['a text', JSON.stringify(manifest)],
])('BLOB-2 a manifest of %s is none', (_, given) => {
  expect(manifestFor(ref, cut, given)).toBeUndefined()
})

test('BLOB-5 where the fact names the manifest, no other is taken', () => {
  const lie = { ...manifest, chunks: manifest.chunks.toReversed() }
  expect(manifestFor(ref, cut, lie)).toEqual(lie)
  expect(manifestFor({ ...ref, manifest: manifestHash(manifest) }, cut, lie)).toBeUndefined()
})

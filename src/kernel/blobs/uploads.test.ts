import { expect, test } from 'vitest'
import { BlobDisk } from '../../store/blob-memory.ts'
import { hashOf } from './blob.ts'
import { blobOf, openExample, sourceOf } from './blobs.example.ts'

const example = blobOf(60)
const { ref, bytes, manifest } = example
const chunk = (index: number) => bytes.subarray(index * 8, index * 8 + 8)

test('BLOB-12 chunks come in any order, then it is done', async () => {
  const { blobs, disk } = await openExample()
  const { uploads } = blobs
  expect(await uploads.begin(manifest)).toEqual({ is: 'begun', missing: [0, 1, 2, 3, 4, 5, 6, 7] })
  for (const index of [7, 2, 2, 5, 0, 1, 3, 4]) {
    expect(await uploads.put(ref.sha256, index, chunk(index))).toBe('good')
  }
  expect(await uploads.done(ref.sha256)).toEqual({ is: 'incomplete', missing: [6] })
  await uploads.put(ref.sha256, 6, chunk(6))
  expect(await uploads.done(ref.sha256)).toEqual({ is: 'present' })
  expect(disk.whole.get(ref.sha256)?.bytes).toEqual(Uint8Array.from(bytes))
  expect(await uploads.done(ref.sha256)).toEqual({ is: 'present' })
  expect(await uploads.begin(manifest)).toEqual({ is: 'present' })
})

test('BLOB-12 a wrong chunk is not kept, the good ones are, over starts', async () => {
  const disk = new BlobDisk()
  const { blobs } = await openExample({ disk })
  await blobs.uploads.begin(manifest)
  await blobs.uploads.put(ref.sha256, 3, chunk(3))
  expect(await blobs.uploads.put(ref.sha256, 0, chunk(1))).toBe('wrong')
  expect(await blobs.uploads.put(ref.sha256, 8, chunk(1))).toBe('wrong')
  const next = await openExample({ disk })
  expect(await next.blobs.uploads.put(ref.sha256, 1, chunk(1))).toBe('unknown')
  expect(await next.blobs.uploads.done(ref.sha256)).toEqual({ is: 'unknown' })
  // Chunks before the first one that came are a hole, and no chunk of this blob is all zeros.
  expect(await next.blobs.uploads.begin(manifest)).toEqual({ is: 'begun', missing: [0, 1, 2, 4, 5, 6, 7] })
})

test('BLOB-12 good chunks that are together another blob leave nothing', async () => {
  const { blobs, disk } = await openExample()
  const lie = { ...manifest, sha256: hashOf(Buffer.from('another')) }
  await blobs.uploads.begin(lie)
  for (let index = 0; index < 8; index += 1) await blobs.uploads.put(lie.sha256, index, chunk(index))
  expect(await blobs.uploads.done(lie.sha256)).toEqual({ is: 'wrong' })
  expect([disk.parts.size, disk.whole.size]).toEqual([0, 0])
})

test.each([
  [null],
  [{ ...manifest, size: 61 * 8 }],
  [{ ...manifest, sha256: '../../../../../../../../../etc/passwd......' }],
])('BLOB-12 what is no manifest begins nothing (%#)', async (given) => {
  const { blobs } = await openExample()
  expect(await blobs.uploads.begin(given)).toEqual({ is: 'malformed' })
})

test('BLOB-12 an upload is refused like a download, and so many at a time and no more', async () => {
  const room = (used: number) => ({ free: 100 - used, size: 1000 })
  const { blobs, disk } = await openExample({ hooks: { room }, limits: { reserve: () => 50, uploads: 2 } })
  expect(await blobs.uploads.begin(manifest)).toEqual({ is: 'refused', need: 60, free: 100, reserve: 50 })
  for (const seed of [2, 3]) expect((await blobs.uploads.begin(blobOf(9, seed).manifest)).is).toBe('begun')
  expect(await blobs.uploads.begin(blobOf(9, 4).manifest)).toEqual({ is: 'busy' })
  expect(disk.parts.size).toBe(0)
})

test('BLOB-12 where a fact gives it another size, the upload was wrong', async () => {
  const { blobs, sources, live, disk } = await openExample()
  const wrong = { sha256: ref.sha256, size: 8, chunks: [hashOf(chunk(0))] }
  await blobs.uploads.begin(wrong)
  await blobs.uploads.put(ref.sha256, 0, chunk(0))
  sources.push(sourceOf('keep', example))
  const want = blobs.want(ref)
  await live(10)
  expect(want.state()).toEqual({ is: 'present' })
  expect(disk.whole.get(ref.sha256)?.bytes.length).toBe(60)
})

test('BLOB-12 an upload that meets the download of the same blob shares its part', async () => {
  const { blobs, sources, live } = await openExample()
  sources.push(sourceOf('keep', example, { read: () => ['never'] }))
  const want = blobs.want(ref)
  await live(100)
  expect(await blobs.uploads.begin({ ...manifest, size: 8, chunks: [hashOf(chunk(0))] })).toEqual({
    is: 'malformed',
  })
  await blobs.uploads.begin(manifest)
  for (let index = 0; index < 8; index += 1) await blobs.uploads.put(ref.sha256, index, chunk(index))
  expect(await blobs.uploads.done(ref.sha256)).toEqual({ is: 'present' })
  await live(10)
  expect(want.state()).toEqual({ is: 'present' })
})

test('BLOB-12 who does not go on for a day has gone, and makes place for others', async () => {
  const { blobs, live, disk } = await openExample({ limits: { uploads: 1 } })
  await blobs.uploads.begin(manifest)
  await blobs.uploads.put(ref.sha256, 0, chunk(0))
  await live(25 * 3_600_000, 60_000)
  expect((await blobs.uploads.begin(blobOf(9, 4).manifest)).is).toBe('begun')
  expect(disk.parts.size).toBe(1)
})
